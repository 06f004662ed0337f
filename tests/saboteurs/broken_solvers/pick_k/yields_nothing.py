"""It ends without an answer.

Caught by: `answers`, which says "ended without yielding an answer".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class YieldsNothing(Solver):
    """It ends without an answer."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield from ()
