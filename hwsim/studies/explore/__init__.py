"""The design space of a network: energy of an inference against accuracy over chips."""
