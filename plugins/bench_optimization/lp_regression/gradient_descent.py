"""Gradient descent: w <- w - eta grad f(w).

A step costs O(n d).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization._driver import train
from bench_optimization._rules.sgd import SGD
from harness.api import Solver


@dataclass(frozen=True)
class GradientDescent(Solver):
    """Constant steps along the gradient."""

    problem = "lp_regression"
    role = "baseline"
    space: ClassVar = {"scale": ("log", 0.01, 30.0)}

    scale: float = 1.0  # the step, in units of 1 / (the largest curvature at the start)

    def __post_init__(self):
        above_zero({"scale": self.scale})

    def solve(self, oracle, rng):
        rate = self.scale / oracle.curvature
        yield from train(oracle, rng, SGD(), learning_rate=rate, batch=0)
