"""SARAH: stochastic gradients, each the last one corrected.

After a full gradient v come `inner` passes of steps w+ = w - rate v,
v+ = f_B'(w+) - f_B'(w) + v with random batches B. Unlike SVRG's the estimate is biased, but within
a stage its length falls by itself. A component in a step costs two gradients. Memory O(d).

Departs from the paper (Nguyen, Liu, Scheinberg and Takac, "SARAH: a novel method for machine
learning problems using stochastic recursive gradient", 2017): a stage begins at the last point of
the one before (SARAH-plain takes a random one), batches come from shuffled epochs, and the rate is
a multiple of 1/L of a batch.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization._components import check_whole
from bench_optimization.logistic_regression._batches import batches, smoothness_of
from bench_optimization.logistic_regression._recursive import estimates
from harness.api import Solver


@dataclass(frozen=True)
class SARAH(Solver):
    """Recursive estimates of the gradient."""

    problem = "logistic_regression"
    role = "baseline"
    space: ClassVar = {
        "step": ("log", 0.05, 5.0),
        "batch": ("log integer", 1, 256),
        "inner": ("log", 0.25, 4.0),
    }

    step: float = 1.0  # in units of 1/L of a batch; theory's 1/2 is slower on `tuning`
    batch: int = 16  # components of a step
    inner: float = 1.0  # components drawn between full gradients, as a share of n

    def __post_init__(self):
        above_zero({"step": self.step, "inner": self.inner})
        check_whole({"batch": self.batch}, 1)

    def solve(self, oracle, rng):
        rate = self.step / smoothness_of(oracle, self.batch)
        steps = max(1, round(self.inner * oracle.n / self.batch)) + 1
        drawn = batches(oracle.n, self.batch, rng)
        x = oracle.start
        yield x
        while True:
            yield from estimates(oracle, drawn, x, rate, steps, recursive=True)
