"""SVRG: stochastic gradients, corrected by a full gradient that is taken now and then.

At an anchor u, f'(u) is computed, for a pass. Then come `inner` passes of steps
w <- w - rate (f_B'(w) - f_B'(u) + f'(u)) with random batches B, after which w is the next anchor.
As w and u near the minimum the variance goes to 0, so that the rate can stay constant, and the
convergence is linear. A component in a step costs two gradients. Memory O(d).

Departs from the paper (Johnson and Zhang, "Accelerating stochastic gradient descent using
predictive variance reduction", 2013): batches, from shuffled epochs; the rate is a multiple of 1/L
of a batch.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization._components import check_whole
from bench_optimization.logistic_regression._batches import batches, smoothness_of
from bench_optimization.logistic_regression._recursive import estimates
from harness.api import Solver


@dataclass(frozen=True)
class SVRG(Solver):
    """Steps anchored at a full gradient."""

    problem = "logistic_regression"
    role = "baseline"
    space: ClassVar = {
        "step": ("log", 0.05, 5.0),
        "batch": ("log integer", 1, 256),
        "inner": ("log", 0.25, 4.0),
    }

    step: float = 1.0  # in units of 1/L of a batch; theory's 1/10 to 1/4 is slower on `tuning`
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
            yield from estimates(oracle, drawn, x, rate, steps, recursive=False)
