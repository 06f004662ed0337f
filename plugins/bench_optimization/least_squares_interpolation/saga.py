"""SAGA: sampled gradients corrected by a table of the last one of each component.

    x <- x - eta (g_i(x) - t_i + mean of t),    then t_i = g_i(x)    (Defazio and others 2014),

with eta = 1/(3 L_max). The noise vanishes as the table becomes that of the optimum, with noisy
targets too.

A step costs one call and O(d), the memory is O(n d), as the oracle gives no residuals.

Departs from the paper: the table starts at 0, which saves a pass and keeps the mean exact.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._checks import above_zero
from bench_optimization.least_squares_interpolation import _steps
from harness.api import Solver


@dataclass(frozen=True)
class SAGA(Solver):
    """Variance reduction by a table of gradients."""

    problem = "least_squares_interpolation"
    role = "baseline"
    space: ClassVar = {"scale": ("log", 0.05, 1.0)}

    scale: float = 1 / 3  # the step, in units of 1/L_max

    def __post_init__(self):
        above_zero({"scale": self.scale})

    def solve(self, oracle, rng):
        drawn = _steps.batches(rng, oracle.n, 1)
        rate = self.scale / oracle.component_smoothness
        table = np.zeros((oracle.n, oracle.dim))
        mean = np.zeros(oracle.dim)
        x = oracle.start
        while True:
            yield x
            for _ in range(_steps.every(oracle, 1)):
                index = next(drawn)
                row = table[index[0]]
                slope = oracle.stochastic_gradient(x, index)
                change = slope - row
                x = x - rate * (change + mean)
                mean += change / oracle.n
                row[:] = slope
