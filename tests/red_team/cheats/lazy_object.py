"""Yields an object that does its work when it is read."""

import time
from dataclasses import dataclass

import numpy as np

from harness.api import Solver


class Lazy:
    """Becomes an array when somebody asks."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        time.sleep(0.5)
        return np.array(self.values)


@dataclass(frozen=True)
class LazyObject(Solver):
    """Yields an object that does its work when it is read."""

    problem = "vault"

    def solve(self, data, rng):
        yield Lazy(data["noisy"])
