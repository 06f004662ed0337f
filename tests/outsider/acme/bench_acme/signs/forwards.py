"""Look at each number, forwards."""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class Forwards(Solver):
    """Look at each number, forwards."""

    problem = "signs"
    growth = {"time": {"n": 1}}

    def solve(self, data, rng):
        yield np.flatnonzero(data.numbers > 0)
