"""SGD with Armijo's line search on each batch's own loss (Vaswani et al. 2019).

From the last step, enlarged by 2^(b/n), the step t shrinks by 0.9 until

    f_S(theta - t g) <= f_S(theta) - c t |g|^2,    g = grad f_S(theta).

Each try costs b (c_expensive + c_model) calls more. It converges as fast as gradient descent where
one theta suits all components; elsewhere noise keeps it at a distance.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._checks import above_zero
from bench_optimization._components import check_whole
from bench_optimization._driver import batches
from bench_optimization.expensive_gradient._gradients import size
from harness.api import Solver

_TRIES = 100


@dataclass(frozen=True)
class SLS(Solver):
    """Stochastic line search."""

    problem = "expensive_gradient"
    role = "baseline"
    space: ClassVar = {"c": ("linear", 0.05, 0.8), "batch": ("choice", 0, 25, 125, 625)}

    c: float = 0.5  # of the decrease that the slope promises; convex theory needs as much
    batch: int = 125  # components; 0 for all
    first: float = 1.0  # step of the first try
    enlarge: float = 2.0  # in an epoch, as published
    shrink: float = 0.9  # by a try, as published

    def __post_init__(self):
        above_zero(
            {"c": self.c, "first": self.first, "enlarge": self.enlarge, "shrink": self.shrink}
        )
        check_whole({"batch": self.batch}, least=0)
        if self.shrink >= 1:
            raise ValueError(f"shrink = {self.shrink}; expected a number below 1")

    def solve(self, oracle, rng):
        theta, step, l2 = oracle.start, self.first, oracle.l2
        yield theta
        enlarge = self.enlarge ** (size(oracle.n, self.batch) / oracle.n)
        for number, indices in enumerate(batches(oracle.n, self.batch, rng)):
            losses, slopes = oracle.evaluate(oracle.targets(theta, indices), indices)
            gradient = oracle.model_vjp(theta, slopes / len(slopes), indices) + l2 * theta
            value, square = losses.mean() + l2 / 2 * (theta @ theta), gradient @ gradient
            step *= enlarge if number else 1.0
            for _ in range(_TRIES):
                trial = theta - step * gradient
                losses, _ = oracle.evaluate(oracle.targets(trial, indices), indices)
                found = losses.mean() + l2 / 2 * (trial @ trial)
                if np.isfinite(found) and found <= value - self.c * step * square:
                    theta = trial
                    break
                step *= self.shrink
            yield theta
