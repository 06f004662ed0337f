"""Gradient descent on the logistic loss, with a constant and possibly huge step.

theta <- theta + step/n sum of sigma(-z . theta) z. With step below 1/L the loss falls all the time,
but the direction turns slowly; the larger the step, the more each iteration is that of the batch
perceptron, which it becomes in the limit, after theta is divided by the step: the samples on the
wrong side, all with weight 1. That takes O(n R^2 / margin^2) iterations at worst, and n are needed
where one sample stands against all others. An iteration is a pass.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization.linear_separation._steps import descend
from harness.api import Solver


@dataclass(frozen=True)
class LogisticGD(Solver):
    """Large steps on the logistic loss."""

    problem = "linear_separation"
    papers = ("logistic-regression-perceptron-algorithm-exploring",)
    role = "paper"
    space: ClassVar = {"step": ("log", 0.1, 1e6)}

    step: float = 100.0  # the authors try 0.001 to 100 and advise large ones

    def __post_init__(self):
        above_zero({"step": self.step})

    def solve(self, oracle, rng):
        yield from descend(oracle, "logistic", lambda step, margins: self.step / oracle.n)
