"""Stochastic gradient descent: x <- x - eta g(x), with g the mean gradient of a random batch.

Where all targets can be met, eta = 1/L_B converges at the rate (1 - mu/L_B)^k; on rows of one
length and batches of 1 these are the steps of Kaczmarz. Else it stalls at a ball of noise.

A step costs B calls and O(B d), the memory is O(d).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization.least_squares_interpolation import _steps
from harness.api import Solver


@dataclass(frozen=True)
class SGD(Solver):
    """Constant steps along sampled gradients."""

    problem = "least_squares_interpolation"
    role = "baseline"
    space: ClassVar = {"batch": ("log integer", 1, 256), "scale": ("log", 0.1, 10.0)}

    batch: int = 1  # components of a step; 0 for all
    scale: float = 1.0  # the step, in units of 1/L_B

    def __post_init__(self):
        _steps.check(self.batch)
        above_zero({"scale": self.scale})

    def solve(self, oracle, rng):
        gradient = _steps.gradients(oracle, rng, self.batch)
        rate = self.scale / _steps.smoothness(oracle, self.batch)
        x = oracle.start
        while True:
            yield x
            for _ in range(_steps.every(oracle, self.batch)):
                x = x - rate * gradient(x)
