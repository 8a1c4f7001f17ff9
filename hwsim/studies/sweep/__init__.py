"""Sweeps: many chips at many operating points, in jobs whose results outlive an interruption."""
