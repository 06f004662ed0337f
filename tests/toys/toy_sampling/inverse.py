"""Invert the distribution function."""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class Inverse(Solver):
    """Invert the distribution function."""

    problem = "toy_sampling"

    def solve(self, data, rng):
        yield np.searchsorted(np.cumsum(data.law), rng.random(data.samples), side="right")
