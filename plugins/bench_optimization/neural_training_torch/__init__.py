"""Training of small neural networks whose gradients PyTorch computes."""
