"""The file raises when it is imported.

Caught by: `loads`, which says "fails when it is imported: ZeroDivisionError".
"""

from dataclasses import dataclass

from harness.api import Solver

SHARE = 1 / 0


@dataclass(frozen=True)
class FailsAtImport(Solver):
    """The file raises when it is imported."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield rng.choice(len(data.values), data.k, replace=False).tolist()
