"""Hamming distances up to a bound."""
