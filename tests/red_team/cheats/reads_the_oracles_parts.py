"""Reads the optimum from the private parts of the oracle."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class ReadsTheOraclesParts(Solver):
    """Reads the optimum from the private parts of the oracle."""

    problem = "toy_oracle"

    def solve(self, data, rng):
        yield float(data._centre)
