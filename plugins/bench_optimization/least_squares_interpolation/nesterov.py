"""Nesterov's accelerated gradient, constant momentum for strong convexity.

    x_{k+1} = y_k - eta g(y_k),    y_{k+1} = x_{k+1} + m (x_{k+1} - x_k),
    m = (1 - sqrt(mu eta)) / (1 + sqrt(mu eta)),

at the rate 1 - sqrt(mu/L) with full gradients and eta = 1/L. With sampled ones, eta = 1/L_B, it is
safe only while their noise is less than the signal (rho_B < 2), and may diverge beyond.

A step costs B calls (n by default) and O(B d), the memory is O(d).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.least_squares_interpolation import _steps
from harness.api import Solver


@dataclass(frozen=True)
class Nesterov(Solver):
    """Accelerated gradient descent."""

    problem = "least_squares_interpolation"
    role = "baseline"
    space: ClassVar = {"batch": ("choice", 0, 64, 256, 1024), "scale": ("log", 0.1, 1.0)}

    batch: int = 0  # components of a step; 0 for all
    scale: float = 1.0  # the step, in units of 1/L_B, at most 1

    def __post_init__(self):
        _steps.check(self.batch)
        if not 0 < self.scale <= 1:
            raise ValueError(f"scale = {self.scale}; expected a number above 0, at most 1")

    def solve(self, oracle, rng):
        gradient = _steps.gradients(oracle, rng, self.batch)
        rate = self.scale / _steps.smoothness(oracle, self.batch)
        root = (oracle.strong_convexity * rate) ** 0.5
        momentum = (1 - root) / (1 + root)
        x = y = oracle.start
        while True:
            yield x
            for _ in range(_steps.every(oracle, self.batch)):
                x, before = y - rate * gradient(y), x
                y = x + momentum * (x - before)
