"""It yields a decision before it has seen the event.

Caught by: `answers`, which says "while no event was open".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class DecidesBeforeSeeing(Solver):
    """It yields a decision before it has seen the event."""

    problem = "toy_online"

    def solve(self, events, rng):
        yield 0
        for bit in events:
            yield 1 - bit
