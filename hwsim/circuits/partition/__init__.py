"""A network in parts that are simulated one after the other."""
