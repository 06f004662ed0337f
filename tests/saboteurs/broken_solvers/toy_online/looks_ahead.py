"""It asks for all events before it decides on any.

Caught by: `answers`, which says "yield a decision on the last event".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class LooksAhead(Solver):
    """It asks for all events before it decides on any."""

    problem = "toy_online"

    def solve(self, events, rng):
        bits = list(events)
        yield from bits
