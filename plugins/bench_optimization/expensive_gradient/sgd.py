"""SGD: steps along the gradients of random batches, at a rate that falls as 1 / sqrt(t).

theta+ = theta - (step / L_b) / sqrt(t) grad f_S(theta), with batches from shuffled epochs and the
smoothness L_b of a batch of b. A step costs b (c_expensive + 2 c_model) calls.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._driver import check, train
from bench_optimization._rules import sgd as rules
from bench_optimization.expensive_gradient._gradients import WholeGradients, batch_smoothness, size
from harness.api import Solver


@dataclass(frozen=True)
class SGD(Solver):
    """Plain stochastic gradients."""

    problem = "expensive_gradient"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.1, 1000.0), "batch": ("choice", 25, 125, 625)}

    step: float = 1.0  # the first, of 1 / L_b
    batch: int = 125  # components of a step; 0 for all
    schedule: str = "inverse_sqrt"  # of the rate

    def __post_init__(self):
        check(self.step, self.batch, self.schedule)

    def solve(self, oracle, rng):
        yield from train(
            WholeGradients(oracle),
            rng,
            rules.SGD(),
            learning_rate=self.step / batch_smoothness(oracle, size(oracle.n, self.batch)),
            batch=self.batch,
            schedule=self.schedule,
        )
