"""It draws from a generator of its own.

Caught by: `repeatable`, which says "two runs differ in answer".
"""

import time
from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class SeedsFromTime(Solver):
    """It draws from a generator of its own."""

    problem = "pick_k"

    def solve(self, data, rng):
        own = np.random.default_rng(time.time_ns())
        yield own.choice(len(data.values), data.k, replace=False).tolist()
