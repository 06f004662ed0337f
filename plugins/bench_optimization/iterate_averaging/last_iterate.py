"""The last iterate of constant steps.

It forgets the start like (1 - step lambda)^t in each direction, and ends at a noise that is in
proportion to the step.

A step costs O(d).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.iterate_averaging._descent import check, descend
from harness.api import Solver


@dataclass(frozen=True)
class LastIterate(Solver):
    """Stochastic gradient descent with constant steps."""

    problem = "iterate_averaging"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.01, 0.9)}

    step: float = 0.25  # share of the stable step

    def __post_init__(self):
        check(self.step)

    def solve(self, oracle, rng):
        yield from descend(oracle, rng, step=self.step)
