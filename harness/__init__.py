"""The core of the bench: it measures solvers, and knows no algorithm by name."""

__version__ = "0.1.0"
