"""SAG: a step along the mean of the last gradients that were seen of all components.

As in SAGA one slope of each component is remembered; a step draws a batch, brings its slopes and
the sum of slope * row up to date, and goes along that sum over the number of different components
seen so far, plus l2 w. The estimate is biased, but has less variance than SAGA's. A component in a
step costs one gradient. Memory O(n + d).

Departs from the paper (Schmidt, Le Roux and Bach, "Minimizing finite sums with the stochastic
average gradient", 2017): batches. The rate is a multiple of 1/L of a component, where 1/(16 L) is
proved and 1/L what its authors use.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._checks import above_zero
from bench_optimization._components import check_whole
from bench_optimization.logistic_regression._batches import independent, pause
from harness.api import Solver


@dataclass(frozen=True)
class SAG(Solver):
    """A table of slopes; biased."""

    problem = "logistic_regression"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.05, 5.0), "batch": ("log integer", 1, 64)}

    step: float = 1.0  # in units of 1/L of a component
    batch: int = 4  # components of a step; 1 is the paper's, and 4 times as slow for a gradient

    def __post_init__(self):
        above_zero({"step": self.step})
        check_whole({"batch": self.batch}, 1)

    def solve(self, oracle, rng):
        rate, every = self.step / oracle.smoothness, pause(self.batch)
        n, shrink, seen = oracle.n, 1 - rate * oracle.l2, 0
        x = oracle.start
        slopes, total = np.zeros(n), np.zeros(oracle.dim)
        yield x
        for step, indices in enumerate(independent(n, self.batch, rng), 1):
            older = slopes[indices]
            change, slopes[indices] = oracle.slope_change(x, indices, older)
            total += change
            if seen < n:  # slopes are 0 until seen, and afterwards only where exp overflows
                seen = min(n, seen + len(older) - np.count_nonzero(older))
            x *= shrink
            x -= (rate / seen) * total
            if step % every == 0:
                yield x
