"""Measurements of single circuits in ngspice, each between ideal sources."""
