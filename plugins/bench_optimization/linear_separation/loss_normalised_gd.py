"""Gradient descent on the logistic loss, each step over the loss.

theta <- theta + step/n * (sum of p z) / (mean of log(1 + exp(-z . theta))): as the loss falls the
steps grow, which makes the direction converge fast once the samples are separated. Where a few
samples are wrong by much, the loss is large while the gradient is not, and it loses to the steps
over the mean weight. An iteration is a pass.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._checks import above_zero
from bench_optimization.linear_separation._steps import descend
from harness.api import Solver


@dataclass(frozen=True)
class LossNormalisedGD(Solver):
    """Steps over the loss."""

    problem = "linear_separation"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.1, 1e6)}

    step: float = 10.0  # as that of the steps over the mean weight

    def __post_init__(self):
        above_zero({"step": self.step})

    def solve(self, oracle, rng):
        def length(step, margins):
            loss = float(np.logaddexp(0.0, -margins).sum())
            return self.step / loss if loss > 0 else 0.0

        yield from descend(oracle, "logistic", length)
