"""The file takes the process down when it is imported.

Caught by: `loads`, which says "crashed: the process was ended by SIGABRT".
"""

import os
from dataclasses import dataclass

from harness.api import Solver

os.abort()


@dataclass(frozen=True)
class CrashesAtImport(Solver):
    """The file takes the process down when it is imported."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield rng.choice(len(data.values), data.k, replace=False).tolist()
