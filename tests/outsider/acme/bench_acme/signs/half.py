"""Take every second number, without a look."""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class Half(Solver):
    """Take every second number, without a look."""

    problem = "signs"
    growth = {"time": {"n": 0}}

    def solve(self, data, rng):
        yield np.arange(0, len(data.numbers), 2)
