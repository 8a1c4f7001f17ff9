"""Tasks, trainer and the torch network."""
