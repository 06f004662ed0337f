"""Heavy-ball momentum, m <- b m + g(x), x <- x - rate m, on mini-batches.

This is what random scaling is added to in random_scaling_momentum, whose rate is 1 / b times the
one here. The rate falls linearly to 0 over the run unless another schedule is named. A step takes
one mini-batch and O(dim).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization import _driver
from bench_optimization._rules.momentum import Momentum as Rule
from harness.api import Solver


@dataclass(frozen=True)
class Momentum(Solver):
    """Steps against a fading sum of gradients."""

    problem = "nonsmooth_nonconvex"
    role = "baseline"
    space: ClassVar = {
        "learning_rate": ("log", 1e-6, 1e-2),
        "momentum": ("choice", 0.9, 0.99),
        "batch": ("log integer", 1, 64),
        "schedule": ("choice", "constant", "linear"),
    }

    learning_rate: float = 3e-4  # the peak
    momentum: float = 0.9  # b
    batch: int = 8  # components
    schedule: str = "linear"

    def __post_init__(self):
        _driver.check(self.learning_rate, self.batch, self.schedule)
        Rule(momentum=self.momentum)  # refuses what is no share

    def solve(self, oracle, rng):
        yield from _driver.train(
            oracle,
            rng,
            Rule(momentum=self.momentum),
            learning_rate=self.learning_rate,
            batch=self.batch,
            schedule=self.schedule,
        )
