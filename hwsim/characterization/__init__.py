"""Testbenches that measure a circuit template into a datasheet."""
