"""Gradient descent with the constant step 1/L.

w <- w - step/L f'(w), with L the smoothness of f, which the oracle knows. The gap falls by a factor
1 - l2/L or better each step, which costs a pass.
"""

from dataclasses import dataclass

from bench_optimization._checks import above_zero
from harness.api import Solver


@dataclass(frozen=True)
class GradientDescent(Solver):
    """Full gradients, a constant step."""

    problem = "logistic_regression"
    role = "baseline"

    step: float = 1.0  # in units of 1/L; below 2 it converges

    def __post_init__(self):
        above_zero({"step": self.step})

    def solve(self, oracle, rng):
        rate = self.step / oracle.full_smoothness
        x = oracle.start
        while True:
            yield x
            x -= rate * oracle.gradient(x)
