"""Normalised gradient descent on the logistic loss: steps that many right samples do not shorten.

theta <- theta + step * (sum of p z) / (sum of p), with p = sigma(-z . theta): the gradient over the
mean of the p, not over its own length or the loss. A single sample on the wrong side moves theta by
all of the step, however many are right, so that the bound R^2/margin^2 + 2 log(2n - 1)/(step
margin^2) on the iterations hardly depends on n. On balanced data it takes more iterations than the
plain step. An iteration is a pass.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization.linear_separation._steps import descend
from harness.api import Solver


@dataclass(frozen=True)
class NormalizedLogisticGD(Solver):
    """Steps over the mean weight."""

    problem = "linear_separation"
    papers = ("logistic-regression-perceptron-algorithm-exploring",)
    role = "paper"
    space: ClassVar = {"step": ("log", 0.1, 1e6)}

    step: float = 10.0  # the authors advise large ones; from 10 on little changes

    def __post_init__(self):
        above_zero({"step": self.step})

    def solve(self, oracle, rng):
        from scipy.special import expit

        def length(step, margins):
            total = float(expit(-margins).sum())
            return self.step / total if total > 0 else 0.0

        yield from descend(oracle, "logistic", length)
