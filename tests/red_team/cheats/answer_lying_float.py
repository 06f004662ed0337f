"""Yields a float that is less than every other."""

from dataclasses import dataclass

from harness.api import Solver


class Less(float):
    """A float that is less than everything."""

    def __lt__(self, other):
        return True

    def __sub__(self, other):
        return self

    def __pow__(self, other):
        return 0.0


@dataclass(frozen=True)
class AnswerLyingFloat(Solver):
    """Yields a float that is less than every other."""

    problem = "toy_oracle"

    def solve(self, data, rng):
        yield Less(1e9)
