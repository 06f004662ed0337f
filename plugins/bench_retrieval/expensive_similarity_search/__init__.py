"""Expensive similarity search: the most similar items for few calls of a dear similarity."""
