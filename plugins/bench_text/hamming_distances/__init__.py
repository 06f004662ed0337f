"""Hamming distances between a pattern and every window of a text."""
