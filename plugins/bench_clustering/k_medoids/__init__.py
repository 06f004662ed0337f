"""k-medoids: choose k of n objects so that all objects are near one of the chosen."""
