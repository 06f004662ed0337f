"""AdaGrad: each entry's rate falls with the squares of all its gradients so far.

A step costs b (c_expensive + 2 c_model) calls.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._driver import check, train
from bench_optimization._rules import adagrad as rules
from bench_optimization.expensive_gradient._gradients import WholeGradients
from harness.api import Solver


@dataclass(frozen=True)
class AdaGrad(Solver):
    """Rates by the gradients so far."""

    problem = "expensive_gradient"
    role = "baseline"
    space: ClassVar = {"learning_rate": ("log", 1e-3, 10.0), "batch": ("choice", 25, 125, 625)}

    learning_rate: float = 0.01  # the packages' default
    batch: int = 125  # components of a step; 0 for all

    def __post_init__(self):
        check(self.learning_rate, self.batch)

    def solve(self, oracle, rng):
        yield from train(
            WholeGradients(oracle),
            rng,
            rules.AdaGrad(),
            learning_rate=self.learning_rate,
            batch=self.batch,
        )
