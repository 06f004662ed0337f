"""One by one."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Loop(Solver):
    """One by one."""

    problem = "toy_exact"

    def solve(self, data, rng):
        yield sum(data.bits.tolist())
