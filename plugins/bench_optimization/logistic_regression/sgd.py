"""SGD: steps along the gradients of random batches.

w <- w - rate f_B'(w), with batches from shuffled epochs. The rate begins at `step`/L of a batch and
goes to 0 in a straight line, which takes the noise out in the end; with a constant one w soon
wanders around the minimum at a distance that the rate decides. A component costs one gradient.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._driver import check, train
from bench_optimization._rules import sgd as rules
from bench_optimization.logistic_regression._batches import smoothness_of
from harness.api import Solver


@dataclass(frozen=True)
class SGD(Solver):
    """Plain stochastic gradients."""

    problem = "logistic_regression"
    role = "baseline"
    space: ClassVar = {
        "step": ("log", 0.01, 10.0),
        "batch": ("log integer", 1, 256),
    }

    step: float = 0.5  # the first, in units of 1/L of a batch
    batch: int = 16  # components of a step; 0 is all of them
    schedule: str = "linear"  # of the rate, to 0 when the calls are spent

    def __post_init__(self):
        check(self.step, self.batch, self.schedule)

    def solve(self, oracle, rng):
        size = self.batch or oracle.n
        rate = self.step / smoothness_of(oracle, size)
        yield from train(
            oracle,
            rng,
            rules.SGD(),
            learning_rate=rate,
            batch=self.batch,
            schedule=self.schedule,
        )
