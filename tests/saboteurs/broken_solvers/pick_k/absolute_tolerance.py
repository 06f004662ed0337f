"""It takes numbers for equal that differ by less than 0.5.

Caught by: `strict_symmetries`, which says "tolerance must be relative".
"""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class AbsoluteTolerance(Solver):
    """It takes numbers for equal that differ by less than 0.5."""

    problem = "pick_k"

    def solve(self, data, rng):
        rounded = np.floor(data.values / 0.5)
        yield np.argsort(rounded, kind="stable")[: data.k].tolist()
