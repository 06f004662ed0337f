"""Newton-Schulz proper (Kovarik 1970; Bjorck and Bowie 1971): X = X (3 I - X^T X) / 2.

X starts as G / ||G||_F. A singular value s becomes (3 s - s^3) / 2: small ones grow by 3/2 a step,
and near 1 the error is squared. So log_1.5(||G||_F / s_min) steps and then about five; 4 s^2 l
operations each, s and l the sides. It ends where a step changes X by no more than rounding does.
Of a singular matrix the directions of rounding errors grow as well, 10^16-fold within 91 steps.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization.polar_factor._sides import norm, wide
from harness.api import Solver


@dataclass(frozen=True)
class NewtonSchulzCubic(Solver):
    """Products of matrices only, however many it takes."""

    problem = "polar_factor"
    growth: ClassVar = {"time": {"n": 3}, "memory": {"n": 2}}

    most_steps: int = 100  # beyond them singular values are below 1e-15 of the norm

    def __post_init__(self) -> None:
        if self.most_steps < 1:
            raise ValueError(f"most_steps = {self.most_steps}; expected a number above 0")

    def solve(self, data, rng):
        matrix, back = wide(data.matrix)
        size = norm(matrix)
        x = matrix / (size or 1.0)
        yield back(x)
        rounding = 2 * np.finfo(x.dtype).eps * np.sqrt(len(x))
        for _ in range(self.most_steps if size else 0):
            p = x @ x.T
            p *= -0.5
            p.flat[:: len(p) + 1] += 0.5  # half of I - X X^T
            change = p @ x
            x += change
            yield back(x)
            if norm(change) <= rounding:
                return
