"""SAGA: stochastic gradients, corrected by the last ones that were seen of the same components.

A component's gradient is its slope times its row, so that one number of each is remembered. A step
draws a batch B and takes v = mean over B of (new slope - old slope) row + (mean over all of old
slope * row) + l2 w, an unbiased estimate whose variance goes to 0; then the table and its mean
are brought up to date. It never takes a full gradient: a component in a step costs one gradient,
half of what SVRG pays. Memory O(n + d).

Departs from the paper (Defazio, Bach and Lacoste-Julien, "SAGA: a fast incremental gradient method
with support for non-strongly convex composite objectives", 2014): the table begins with slopes of
0, which keeps the estimate unbiased and saves the first pass; batches; the
rate is a multiple of 1/L of a batch.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._checks import above_zero
from bench_optimization._components import check_whole
from bench_optimization.logistic_regression._batches import independent, pause, smoothness_of
from harness.api import Solver


@dataclass(frozen=True)
class SAGA(Solver):
    """A table of slopes; unbiased."""

    problem = "logistic_regression"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.05, 5.0), "batch": ("log integer", 1, 64)}

    step: float = 1 / 3  # in units of 1/L of a batch, the paper's
    batch: int = 4  # components of a step; 1 is the paper's, and 4 times as slow for a gradient

    def __post_init__(self):
        above_zero({"step": self.step})
        check_whole({"batch": self.batch}, 1)

    def solve(self, oracle, rng):
        rate = self.step / smoothness_of(oracle, self.batch)
        n, shrink, every = oracle.n, 1 - rate * oracle.l2, pause(self.batch)
        x = oracle.start
        slopes, mean = np.zeros(n), np.zeros(oracle.dim)
        yield x
        for step, indices in enumerate(independent(n, self.batch, rng), 1):
            change, slopes[indices] = oracle.slope_change(x, indices, slopes[indices])
            x *= shrink
            x -= rate * mean
            x -= (rate / len(indices)) * change
            change /= n
            mean += change
            if step % every == 0:
                yield x
