"""Trained networks on disk: safetensors with a JSON header."""
