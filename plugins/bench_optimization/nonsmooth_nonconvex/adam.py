"""Adam on mini-batches: momentum, with rates by a fading mean of squared gradients.

The rate falls linearly to 0 over the run unless another schedule is named. A step takes one
mini-batch and O(dim).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization import _driver
from bench_optimization._rules.adam import Adam as Rule
from harness.api import Solver


@dataclass(frozen=True)
class Adam(Solver):
    """Momentum, scaled coordinate by coordinate."""

    problem = "nonsmooth_nonconvex"
    role = "baseline"
    space: ClassVar = {
        "learning_rate": ("log", 1e-5, 1e-1),
        "beta1": ("choice", 0.0, 0.9),
        "beta2": ("choice", 0.99, 0.999),
        "batch": ("log integer", 1, 64),
        "schedule": ("choice", "constant", "linear"),
    }

    learning_rate: float = 1e-3  # the peak
    beta1: float = 0.9
    beta2: float = 0.999
    batch: int = 8  # components
    schedule: str = "linear"

    def __post_init__(self):
        _driver.check(self.learning_rate, self.batch, self.schedule)
        Rule(self.beta1, self.beta2)  # refuses what are no shares

    def solve(self, oracle, rng):
        yield from _driver.train(
            oracle,
            rng,
            Rule(self.beta1, self.beta2),
            learning_rate=self.learning_rate,
            batch=self.batch,
            schedule=self.schedule,
        )
