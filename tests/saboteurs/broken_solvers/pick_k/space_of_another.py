"""It declares a space of a parameter that it does not have.

Caught by: `space`, which says "with which it can't be made".
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class SpaceOfAnother(Solver):
    """It declares a space of a parameter that it does not have."""

    problem = "pick_k"
    space: ClassVar = {"rounding": ("log", 1e-3, 1.0)}

    step: float = 0.1

    def solve(self, data, rng):
        yield np.argsort(data.values, kind="stable")[: data.k].tolist()
