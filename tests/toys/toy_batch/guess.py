"""Guess a few times and keep the best."""

from dataclasses import dataclass
from typing import ClassVar

from harness.api import Solver


@dataclass(frozen=True)
class Guess(Solver):
    """Guess a few times and keep the best."""

    problem = "toy_batch"
    space: ClassVar = {"guesses": ("integer", 1, 20)}

    guesses: int = 5

    def solve(self, data, rng):
        values = data["values"]
        best = 0
        for guess in rng.integers(len(values), size=self.guesses):
            if values[guess] <= values[best]:
                best = int(guess)
            yield best
