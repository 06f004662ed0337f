"""It goes on without the oracle when its calls are spent.

Caught by: `calls_spent`, which says "it went on after its".
"""

import contextlib
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class GoesOnWithout(Solver):
    """It goes on without the oracle when its calls are spent."""

    problem = "toy_oracle"

    def solve(self, oracle, rng):
        while True:
            x = float(rng.normal())
            with contextlib.suppress(Exception):
                oracle.value(x)
            yield x
