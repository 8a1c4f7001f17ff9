"""Comparisons of traces: agreement, accuracy, power."""
