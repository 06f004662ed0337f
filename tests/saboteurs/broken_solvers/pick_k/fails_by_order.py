"""It fails where Python happens to order a set of strings in one of two ways.

Caught by: `repeatable`, which says "it ended well once, and once it raised ValueError".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class FailsByOrder(Solver):
    """It fails where Python happens to order a set of strings in one of two ways."""

    problem = "pick_k"

    def solve(self, data, rng):
        if next(iter({"left", "right"})) == "left":
            raise ValueError("the wrong turn")
        yield list(range(data.k))
