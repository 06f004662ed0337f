"""It never ends where numbers are equal.

Caught by: `runs`, which says "was still busy after".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class HangsOnEquals(Solver):
    """It never ends where numbers are equal."""

    problem = "pick_k"

    def solve(self, data, rng):
        values = data.values.tolist()
        while len(set(values)) < len(values):
            values = sorted(values)
        yield sorted(range(len(values)), key=values.__getitem__)[: data.k]
