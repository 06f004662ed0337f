"""There are two solvers in the file.

Caught by: `loads`, which says "defines 2 solvers".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class TwoSolvers(Solver):
    """There are two solvers in the file."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield rng.choice(len(data.values), data.k, replace=False).tolist()


@dataclass(frozen=True)
class Another(TwoSolvers):
    """The second one."""
