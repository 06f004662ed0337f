"""The positive numbers: a problem with items and a normal form."""
