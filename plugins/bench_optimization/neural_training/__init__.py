"""Training of small neural networks."""
