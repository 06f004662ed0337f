"""Look at each number, backwards."""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class Backwards(Solver):
    """Look at each number, backwards."""

    problem = "signs"
    growth = {"time": {"n": 1}}

    def solve(self, data, rng):
        yield np.flatnonzero(data.numbers > 0)[::-1].copy()
