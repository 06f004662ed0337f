"""It uses the global generator of Python.

Caught by: `global_random`, which says "the global generator of random".
"""

import random
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class PythonRandom(Solver):
    """It uses the global generator of Python."""

    problem = "pick_k"

    def solve(self, data, rng):
        random.seed(7)
        yield random.sample(range(len(data.values)), data.k)
