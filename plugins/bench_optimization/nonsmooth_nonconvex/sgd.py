"""Stochastic gradient descent, x <- x - rate g(x), on mini-batches.

The rate falls linearly to 0 over the run unless another schedule is named. A step takes one
mini-batch and O(dim).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization import _driver
from bench_optimization._rules import sgd
from harness.api import Solver


@dataclass(frozen=True)
class SGD(Solver):
    """Steps against the gradients of mini-batches."""

    problem = "nonsmooth_nonconvex"
    role = "baseline"
    space: ClassVar = {
        "learning_rate": ("log", 1e-5, 1e-1),
        "batch": ("log integer", 1, 64),
        "schedule": ("choice", "constant", "linear"),
    }

    learning_rate: float = 3e-3  # the peak
    batch: int = 8  # components
    schedule: str = "linear"

    def __post_init__(self):
        _driver.check(self.learning_rate, self.batch, self.schedule)

    def solve(self, oracle, rng):
        yield from _driver.train(
            oracle,
            rng,
            sgd.SGD(),
            learning_rate=self.learning_rate,
            batch=self.batch,
            schedule=self.schedule,
        )
