"""Batch perceptron: add the mean of what is wrong, over all samples.

theta <- theta + 1/n sum of z over the samples with z . theta <= 0; the first step, from 0, is half
of that. It is what gradient descent on the logistic loss turns into for steps without bound, and
takes at most n R^2 / margin^2 iterations, each a pass.
"""

from dataclasses import dataclass

from bench_optimization.linear_separation._steps import descend
from harness.api import Solver


@dataclass(frozen=True)
class BatchPerceptron(Solver):
    """All wrong samples at once, over n."""

    problem = "linear_separation"
    papers = ("logistic-regression-perceptron-algorithm-exploring",)
    role = "paper"

    def solve(self, oracle, rng):
        yield from descend(
            oracle, "perceptron", lambda step, margins: (0.5 if step == 0 else 1.0) / oracle.n
        )
