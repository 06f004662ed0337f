"""The file prints when it is imported.

Caught by: `loads`, which says "prints".
"""

from dataclasses import dataclass

from harness.api import Solver

print("Welcome!")


@dataclass(frozen=True)
class PrintsAtImport(Solver):
    """The file prints when it is imported."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield rng.choice(len(data.values), data.k, replace=False).tolist()
