"""Randomised Kaczmarz: meet the target of one random row after the other.

    x <- x - (a_i.x - b_i) / |a_i|^2 a_i,    i with a probability in proportion to |a_i|^2,

which is SGD with a step of each component's own. E|x - x*|^2 falls by (1 - mu / mean |a_i|^2) a
step where all targets can be met (Strohmer and Vershynin 2009).

A step costs one call and O(d + log n).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization.least_squares_interpolation import _steps
from harness.api import Solver

_DRAWN_AT_ONCE = 1 << 12


@dataclass(frozen=True)
class Kaczmarz(Solver):
    """Random projections on the solutions of single rows."""

    problem = "least_squares_interpolation"
    role = "baseline"
    space: ClassVar = {"relaxation": ("linear", 0.1, 1.9)}

    relaxation: float = 1.0  # share of the way to the row's solutions, below 2

    def __post_init__(self):
        if not 0 < self.relaxation < 2:
            raise ValueError(f"relaxation = {self.relaxation}; expected a number between 0 and 2")

    def solve(self, oracle, rng):
        shares = np.cumsum(oracle.row_smoothness)
        rates = self.relaxation / oracle.row_smoothness
        drawn = _drawn(rng, shares / shares[-1])
        x = oracle.start
        while True:
            yield x
            for _ in range(_steps.every(oracle, 1)):
                index = next(drawn)
                x = x - rates[index[0]] * oracle.stochastic_gradient(x, index)


def _drawn(rng, shares):
    """Index after index, each as an array, by their cumulated shares."""
    while True:
        found = np.searchsorted(shares, rng.random(_DRAWN_AT_ONCE), side="right")
        yield from np.minimum(found, len(shares) - 1)[:, None]
