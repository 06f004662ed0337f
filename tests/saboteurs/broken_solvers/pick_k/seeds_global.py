"""It seeds and uses the global generator of numpy.

Caught by: `global_random`, which says "numpy.random".
"""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class SeedsGlobal(Solver):
    """It seeds and uses the global generator of numpy."""

    problem = "pick_k"

    def solve(self, data, rng):
        np.random.seed(7)
        yield np.random.permutation(len(data.values))[: data.k].tolist()
