"""Look at every number."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Scan(Solver):
    """Look at every number."""

    problem = "toy_batch"
    papers = ("toy-paper",)
    role = "paper"

    def solve(self, data, rng):
        yield 0
        yield int(data.values.argmin())
