"""It raises something else when its calls are spent.

Caught by: `calls_spent`, which says "it raised RuntimeError: no value".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class BreaksAtTheEnd(Solver):
    """It raises something else when its calls are spent."""

    problem = "toy_oracle"

    def solve(self, oracle, rng):
        while True:
            x = float(rng.normal())
            try:
                oracle.value(x)
            except Exception:
                raise RuntimeError("no value") from None
            yield x
