"""Normalised batch perceptron: add the mean of what is wrong, over the wrong samples.

theta <- theta + 1/|S| sum of z over the set S of the samples with z . theta <= 0: the limit of
normalised gradient descent for steps without bound. It takes at most R^2 / margin^2 iterations,
each a pass, whatever n is.
"""

from dataclasses import dataclass

import numpy as np

from bench_optimization.linear_separation._steps import descend
from harness.api import Solver


@dataclass(frozen=True)
class NormalizedBatchPerceptron(Solver):
    """All wrong samples at once, over their number."""

    problem = "linear_separation"
    papers = ("logistic-regression-perceptron-algorithm-exploring",)
    role = "paper"

    def solve(self, oracle, rng):
        yield from descend(
            oracle, "perceptron", lambda step, margins: 1.0 / np.count_nonzero(~(margins > 0))
        )
