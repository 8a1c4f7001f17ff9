"""Transistor-level simulation part by part: recorded lines, kept runs, a pipeline of parts."""
