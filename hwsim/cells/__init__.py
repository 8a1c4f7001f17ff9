"""The mathematics of each recurrent unit: the NumPy definition and, beside it, the torch form."""
