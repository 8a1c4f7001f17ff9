"""The study of the cells: convergence, initialisation, gradients through time, and what is left."""
