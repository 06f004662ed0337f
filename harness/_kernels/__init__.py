"""The compiled kernels; built from cext/ when the package is installed."""
