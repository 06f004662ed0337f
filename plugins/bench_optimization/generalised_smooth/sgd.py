"""Stochastic gradient descent, x <- x - rate g(x), on mini-batches.

The rate is constant; by default a share of 1 / L, with the curvature L measured at the start on 256
components. A step takes one mini-batch and O(dim).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.generalised_smooth._steps import check, draws, scale_of
from harness.api import Solver


@dataclass(frozen=True)
class SGD(Solver):
    """Steps against the gradients of mini-batches."""

    problem = "generalised_smooth"
    role = "baseline"
    space: ClassVar = {"factor": ("log", 1e-3, 100.0), "batch": ("log integer", 1, 200)}

    learning_rate: float = 0.0  # 0: by `factor`
    factor: float = 0.5  # the rate in units of 1 / L at the start, half for the batches
    batch: int = 50  # components

    def __post_init__(self):
        check({"factor": self.factor}, {"learning_rate": self.learning_rate}, self.batch)

    def solve(self, oracle, rng):
        x = oracle.start.copy()
        yield x
        rate = self.learning_rate or self.factor / scale_of(oracle, rng).curvature
        for indices in draws(rng, oracle.n, self.batch):
            x -= rate * oracle.stochastic_gradient(x, indices)
            yield x
