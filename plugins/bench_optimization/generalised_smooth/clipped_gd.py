"""Clipped gradient descent: the gradient counts with length c at most.

    x <- x - gamma g / max(|g|, c).

Far away the steps have the length gamma; near the end, where |g| < c, it is gradient descent with
the step gamma / c, and so needs no smaller steps to converge, as normalised steps do.

A step takes one full gradient and O(dim). Where gamma or c is 0, it is chosen by the scale of the
problem, measured at the start by four gradients.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.generalised_smooth._steps import check, norm, scale_of
from harness.api import Solver


@dataclass(frozen=True)
class ClippedGD(Solver):
    """Gradient descent with clipped gradients."""

    problem = "generalised_smooth"
    role = "baseline"
    space: ClassVar = {"first": ("log", 1e-3, 1.0), "share": ("log", 1e-6, 1.0)}

    gamma: float = 0.0  # length of the steps far away; 0: by `first`
    clip: float = 0.0  # c; 0: by `share`
    first: float = 0.1  # gamma in units of gradient descent's first step
    share: float = 1e-3  # c in units of the gradient at the start

    def __post_init__(self):
        check({"first": self.first, "share": self.share}, {"gamma": self.gamma, "clip": self.clip})

    def solve(self, oracle, rng):
        x = oracle.start.copy()
        yield x
        gamma, clip = self.gamma, self.clip
        if not gamma or not clip:
            scale = scale_of(oracle)
            gamma = gamma or self.first * scale.length
            clip = clip or self.share * scale.gradient
        while True:
            gradient = oracle.gradient(x)
            x -= (gamma / max(norm(gradient), clip)) * gradient
            yield x
