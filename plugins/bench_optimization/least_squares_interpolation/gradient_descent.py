"""Gradient descent: x <- x - grad f(x) / L, at the rate (1 - mu/L)^k.

A step costs n calls and O(n d).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from harness.api import Solver


@dataclass(frozen=True)
class GradientDescent(Solver):
    """Constant steps along full gradients."""

    problem = "least_squares_interpolation"
    role = "baseline"
    space: ClassVar = {"scale": ("linear", 0.2, 1.9)}

    scale: float = 1.0  # the step, in units of 1/L; from 2 on it diverges

    def __post_init__(self):
        above_zero({"scale": self.scale})

    def solve(self, oracle, rng):
        x = oracle.start
        while True:
            yield x
            x = x - self.scale / oracle.smoothness * oracle.gradient(x)
