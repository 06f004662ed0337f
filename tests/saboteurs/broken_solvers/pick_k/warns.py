"""It warns on the error output.

Caught by: `quiet`, which says "printed".
"""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class Warns(Solver):
    """It warns on the error output."""

    problem = "pick_k"

    def solve(self, data, rng):
        np.zeros(2) / np.zeros(2)
        yield rng.choice(len(data.values), data.k, replace=False).tolist()
