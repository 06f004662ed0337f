"""More solvers for k-medoids."""
