"""Expensive gradients: a dear loss of the outputs of a cheap model."""
