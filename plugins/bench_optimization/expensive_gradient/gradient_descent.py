"""Gradient descent: theta+ = theta - (step / L) grad f(theta).

L is the smoothness of the objective in theta; for step < 2 every step lowers f. A step costs
n (c_expensive + 2 c_model) calls.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from harness.api import Solver


@dataclass(frozen=True)
class GradientDescent(Solver):
    """Full gradients, constant step."""

    problem = "expensive_gradient"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.1, 100.0)}

    step: float = 1.0  # of 1 / L

    def __post_init__(self):
        above_zero({"step": self.step})

    def solve(self, oracle, rng):
        theta, rate = oracle.start, self.step / oracle.smoothness
        while True:
            yield theta
            theta = theta - rate * oracle.gradient(theta)
