"""It asks for 16 GiB.

Caught by: `runs`, which says "ran out of memory".
"""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class EatsMemory(Solver):
    """It asks for 16 GiB."""

    problem = "pick_k"

    def solve(self, data, rng):
        room = np.empty(1 << 31)
        yield list(range(data.k))[: len(room)]
