"""Its answer depends on the process.

Caught by: `repeatable`, which says "two runs differ in answer".
"""

import os
from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class ProcessId(Solver):
    """Its answer depends on the process."""

    problem = "pick_k"

    def solve(self, data, rng):
        own = np.random.default_rng(os.getpid())
        yield own.choice(len(data.values), data.k, replace=False).tolist()
