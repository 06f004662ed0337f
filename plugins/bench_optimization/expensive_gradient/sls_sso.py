"""Surrogate steps whose length in the outputs is found by a line search on the true loss.

As in sso, but eta is sought for each batch: from the last one, enlarged by 1.8^(b/n), it shrinks
by 0.9 until

    mean_S l(z - eta G) <= mean_S l(z) - eta/2 mean_S |G|^2.

No smoothness need be known, but each try evaluates the dear loss at the batch, as dear as the
gradient itself. Then m inner steps lower the surrogate with that eta.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._checks import above_zero
from bench_optimization._components import check_whole
from bench_optimization._driver import batches
from bench_optimization.expensive_gradient._gradients import size
from bench_optimization.expensive_gradient._surrogate import Armijo, Surrogate
from harness.api import Solver

_TRIES = 100


@dataclass(frozen=True)
class SLSSSO(Solver):
    """Surrogate optimisation with a search in the outputs."""

    problem = "expensive_gradient"
    papers = ("target-based-surrogates-stochastic-optimization",)
    role = "paper"
    space: ClassVar = {"m": ("log integer", 1, 100), "batch": ("choice", 0, 25, 125, 625)}

    m: int = 10  # inner steps
    batch: int = 125  # components; 0 for all
    first: float = 10.0  # eta of the first try
    enlarge: float = 1.8  # in an epoch, as published
    shrink: float = 0.9  # by a try, as published

    def __post_init__(self):
        above_zero({"first": self.first, "enlarge": self.enlarge, "shrink": self.shrink})
        check_whole({"m": self.m}, least=1)
        check_whole({"batch": self.batch}, least=0)
        if self.shrink >= 1:
            raise ValueError(f"shrink = {self.shrink}; expected a number below 1")

    def solve(self, oracle, rng):
        theta, eta, search = oracle.start, self.first, Armijo()
        yield theta
        enlarge = self.enlarge ** (size(oracle.n, self.batch) / oracle.n)
        for number, indices in enumerate(batches(oracle.n, self.batch, rng)):
            z = oracle.targets(theta, indices)
            losses, slopes = oracle.evaluate(z, indices)
            value, square = losses.mean(), np.vdot(slopes, slopes) / len(slopes)
            eta *= enlarge if number else 1.0
            for _ in range(_TRIES):
                trial = oracle.evaluate(z - eta * slopes, indices)[0].mean()
                if trial <= value - 0.5 * eta * square:
                    break
                eta *= self.shrink
            theta = Surrogate(oracle, z, slopes, eta, indices).descend(theta, self.m, search)
            yield theta
