"""Its answer depends on what it solved before.

Caught by: `repeatable`, which says "two runs differ in answer".
"""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver

SEEN = []


@dataclass(frozen=True)
class Remembers(Solver):
    """Its answer depends on what it solved before."""

    problem = "pick_k"

    def solve(self, data, rng):
        SEEN.append(len(data.values))
        own = np.random.default_rng(len(SEEN))
        yield own.choice(len(data.values), data.k, replace=False).tolist()
