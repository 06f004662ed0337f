"""SGD on the randomly smoothed objective: gradients at points drawn around the current one.

    x <- x - rate g(x + delta u),  u uniform in the unit ball,

is SGD on the mean of f over the ball of radius delta, which is smooth with constant
O(G sqrt(dim) / delta), and whose gradient at x is a mean of gradients within delta of x: a point
where it vanishes is Goldstein stationary for f. A step takes one mini-batch and O(dim).

With `decay` the rate falls linearly to 0 over the run; without, it stays.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.nonsmooth_nonconvex._goldstein import ball
from bench_optimization.nonsmooth_nonconvex._steps import check, draws
from harness.api import Solver


@dataclass(frozen=True)
class SmoothedSGD(Solver):
    """Randomised smoothing, then SGD."""

    problem = "nonsmooth_nonconvex"
    role = "baseline"
    space: ClassVar = {
        "learning_rate": ("log", 1e-5, 1e-1),
        "radius": ("log", 0.1, 1.0),
        "batch": ("log integer", 1, 64),
    }

    learning_rate: float = 3e-3
    radius: float = 1.0  # of the ball, in units of the problem's delta
    batch: int = 8  # components
    decay: bool = True  # of the rate, linearly to 0

    def __post_init__(self):
        check({"learning_rate": self.learning_rate, "radius": self.radius}, self.batch)

    def solve(self, oracle, rng):
        x = oracle.start.copy()
        yield x
        batches = draws(rng, oracle.n, self.batch)
        steps = oracle.calls // min(self.batch, oracle.n)
        for first in range(0, steps, 256):
            shifts = self.radius * oracle.delta * ball(rng, 256, len(x))
            for step, shift in enumerate(shifts[: steps - first], first):
                rate = self.learning_rate * (1 - step / steps if self.decay else 1)
                x -= rate * oracle.stochastic_gradient(x + shift, next(batches))
                yield x
