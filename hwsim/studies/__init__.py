"""Comparisons of traces: agreement, accuracy, power; sweeps of them over many chips."""
