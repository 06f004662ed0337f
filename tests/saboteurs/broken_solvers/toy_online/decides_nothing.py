"""It ends before it has decided anything.

Caught by: `answers`, which says "ended without yielding an answer".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class DecidesNothing(Solver):
    """It ends before it has decided anything."""

    problem = "toy_online"

    def solve(self, events, rng):
        yield from ()
