"""Its last answer is its worst.

Caught by: `improves`, which says "keep the best so far".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Worsens(Solver):
    """Its last answer is its worst."""

    problem = "pick_k"

    def solve(self, data, rng):
        order = data.values.argsort(kind="stable").tolist()
        yield order[: data.k]
        yield order[len(order) - data.k :]
