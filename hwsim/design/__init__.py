"""The hardware description and the compiler that makes it from a checkpoint."""
