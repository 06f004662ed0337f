"""Yields integers of a hundred thousand digits."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class AnswerHugeIntegers(Solver):
    """Yields integers of a hundred thousand digits."""

    problem = "nearest"

    def solve(self, data, rng):
        yield [10**100_000 + i for i in range(10)]
