"""Descent by blocks of coordinates: smooth convex losses, also with a penalty or constraints."""
