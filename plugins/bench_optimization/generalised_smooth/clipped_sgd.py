"""Clipped SGD: the gradient of a mini-batch counts with length c at most.

    x <- x - gamma g / max(|g|, c).

A step takes one mini-batch and O(dim). Where gamma or c is 0, it is chosen by the scale of the
problem, measured at the start on 256 components.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.generalised_smooth._steps import check, draws, norm, scale_of
from harness.api import Solver


@dataclass(frozen=True)
class ClippedSGD(Solver):
    """SGD with clipped gradients."""

    problem = "generalised_smooth"
    role = "baseline"
    space: ClassVar = {
        "first": ("log", 1e-4, 1.0),
        "share": ("log", 1e-6, 1.0),
        "batch": ("log integer", 1, 200),
    }

    gamma: float = 0.0  # length of the steps far away; 0: by `first`
    clip: float = 0.0  # c; 0: by `share`
    first: float = 0.1  # gamma in units of gradient descent's first step
    share: float = 1e-3  # c in units of the gradient at the start
    batch: int = 50  # components

    def __post_init__(self):
        check(
            {"first": self.first, "share": self.share},
            {"gamma": self.gamma, "clip": self.clip},
            self.batch,
        )

    def solve(self, oracle, rng):
        x = oracle.start.copy()
        yield x
        gamma, clip = self.gamma, self.clip
        if not gamma or not clip:
            scale = scale_of(oracle, rng)
            gamma = gamma or self.first * scale.length
            clip = clip or self.share * scale.gradient
        for indices in draws(rng, oracle.n, self.batch):
            gradient = oracle.stochastic_gradient(x, indices)
            x -= (gamma / max(norm(gradient), clip)) * gradient
            yield x
