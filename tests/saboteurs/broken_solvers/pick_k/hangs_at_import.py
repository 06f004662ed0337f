"""The file never ends when it is imported.

Caught by: `loads`, which says "was still busy after".
"""

from dataclasses import dataclass

from harness.api import Solver

while Solver:
    pass


@dataclass(frozen=True)
class HangsAtImport(Solver):
    """The file never ends when it is imported."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield rng.choice(len(data.values), data.k, replace=False).tolist()
