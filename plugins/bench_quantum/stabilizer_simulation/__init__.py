"""Stabilizer simulation: the first sample of a Clifford circuit."""
