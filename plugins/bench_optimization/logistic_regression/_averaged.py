"""Polynomial-decay averaging, with which DoG's points are shown."""

import numpy as np


class DecayingMean:
    """mean += 9/(t + 9) (x - mean): the weight of old points falls as a power of their age."""

    def __init__(self, x: np.ndarray) -> None:
        self.value = x.copy()
        self._count = 0

    def add(self, x: np.ndarray) -> None:
        """Take the next point in; the first replaces the start."""
        self.value += 9.0 / (self._count + 9.0) * (x - self.value)
        self._count += 1
