"""Adam (Kingma and Ba 2015): momentum, and steps by a fading mean of squared gradients.

A step costs O(n d), the memory is 2 O(d) more.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization._driver import train
from bench_optimization._rules.adam import Adam
from harness.api import Solver


@dataclass(frozen=True)
class AdamSolver(Solver):
    """Momentum, scaled weight by weight."""

    problem = "lp_regression"
    role = "baseline"
    space: ClassVar = {"learning_rate": ("log", 0.0001, 3.0)}

    learning_rate: float = 0.01  # weight units; about the length of a step

    def __post_init__(self):
        above_zero({"learning_rate": self.learning_rate})

    def solve(self, oracle, rng):
        rate = self.learning_rate
        yield from train(oracle, rng, Adam(), learning_rate=rate, batch=0)
