"""Adam: steps along decaying means of gradients, each entry scaled by those of its square.

The rate is constant but for the schedule. A step costs b (c_expensive + 2 c_model) calls.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._driver import check, train
from bench_optimization._rules import adam as rules
from bench_optimization.expensive_gradient._gradients import WholeGradients
from harness.api import Solver


@dataclass(frozen=True)
class Adam(Solver):
    """Momentum, and rates by recent gradients."""

    problem = "expensive_gradient"
    role = "baseline"
    space: ClassVar = {"learning_rate": ("log", 1e-4, 1.0), "batch": ("choice", 25, 125, 625)}

    learning_rate: float = 0.001  # the authors' default
    batch: int = 125  # components of a step; 0 for all
    schedule: str = "constant"  # of the rate

    def __post_init__(self):
        check(self.learning_rate, self.batch, self.schedule)

    def solve(self, oracle, rng):
        yield from train(
            WholeGradients(oracle),
            rng,
            rules.Adam(),
            learning_rate=self.learning_rate,
            batch=self.batch,
            schedule=self.schedule,
        )
