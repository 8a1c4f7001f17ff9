"""Labelled sequences and where they come from."""
