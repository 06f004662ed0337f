"""Hamming distances within a factor of 1 + epsilon."""
