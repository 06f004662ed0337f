"""AdaGrad (Duchi, Hazan and Singer 2011): each weight's step falls with its squared gradients.

A step costs O(n d), the memory is O(d) more.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization._driver import train
from bench_optimization._rules.adagrad import AdaGrad
from harness.api import Solver


@dataclass(frozen=True)
class Adagrad(Solver):
    """Steps by the sum of squared gradients."""

    problem = "lp_regression"
    role = "baseline"
    space: ClassVar = {"learning_rate": ("log", 0.001, 30.0)}

    learning_rate: float = 0.1  # weight units; the first step of each weight

    def __post_init__(self):
        above_zero({"learning_rate": self.learning_rate})

    def solve(self, oracle, rng):
        rate = self.learning_rate
        yield from train(oracle, rng, AdaGrad(), learning_rate=rate, batch=0)
