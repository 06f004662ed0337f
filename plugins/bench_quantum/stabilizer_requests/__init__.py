"""Stabilizer sampling on request: a circuit is prepared once, and then shots are asked for."""
