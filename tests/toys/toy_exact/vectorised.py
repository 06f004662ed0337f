"""All at once."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Vectorised(Solver):
    """All at once."""

    problem = "toy_exact"

    def solve(self, data, rng):
        yield int(data.bits.sum())
