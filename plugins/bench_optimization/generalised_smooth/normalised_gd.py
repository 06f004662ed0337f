"""Normalised gradient descent with steps that shrink: x <- x - gamma (1 - t / T) g / |g|.

As beta_gd with beta = 1, but the length falls linearly to 0 over the T steps that the calls pay
for, so that it does not go back and forth at the end. A step takes one full gradient, O(dim).
Where gamma is 0, it is chosen by the scale of the problem, measured by four gradients.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.generalised_smooth._steps import check, norm, scale_of
from harness.api import Solver


@dataclass(frozen=True)
class NormalisedGD(Solver):
    """Steps of a given length, which falls to 0."""

    problem = "generalised_smooth"
    role = "baseline"
    space: ClassVar = {"first": ("log", 1e-3, 3.0)}

    gamma: float = 0.0  # length of the first step; 0: by `first`
    first: float = 0.3  # the same in units of gradient descent's

    def __post_init__(self):
        check({"first": self.first}, {"gamma": self.gamma})

    def solve(self, oracle, rng):
        x = oracle.start.copy()
        yield x
        gamma, calls = self.gamma, oracle.calls
        if not gamma:
            scale = scale_of(oracle)
            gamma, calls = self.first * scale.length, calls - scale.calls
        steps = calls // oracle.n
        for step in range(steps):
            gradient = oracle.gradient(x)
            size = norm(gradient)
            if not size > 0.0:
                return
            x -= (gamma * (1 - step / steps) / size) * gradient
            yield x
