"""Normalised SGD, with momentum if wanted: steps of one length along a mean of gradients.

    m <- b m + (1 - b) g(x),  x <- x - gamma m / |m|.

With b = 0 these are the last gradients alone. With `decay` the length falls linearly to 0 over the
steps that the calls pay for. A step takes one mini-batch and O(dim). Where gamma is 0, it is chosen
by the scale of the problem, measured at the start on 256 components.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization.generalised_smooth._steps import check, check_share, draws, norm, scale_of
from harness.api import Solver


@dataclass(frozen=True)
class NormalisedSGD(Solver):
    """Steps of a given length along an exponential mean of gradients."""

    problem = "generalised_smooth"
    role = "baseline"
    space: ClassVar = {
        "first": ("log", 1e-4, 1.0),
        "momentum": ("choice", 0.0, 0.9, 0.99),
        "batch": ("log integer", 1, 200),
    }

    gamma: float = 0.0  # length of a step; 0: by `first`
    first: float = 0.03  # the same in units of gradient descent's first step
    momentum: float = 0.9  # b
    batch: int = 50  # components
    decay: bool = True  # of the length, linearly to 0

    def __post_init__(self):
        check({"first": self.first}, {"gamma": self.gamma}, self.batch)
        check_share("momentum", self.momentum)

    def solve(self, oracle, rng):
        x = oracle.start.copy()
        yield x
        gamma, calls = self.gamma, oracle.calls
        if not gamma:
            scale = scale_of(oracle, rng)
            gamma, calls = self.first * scale.length, calls - scale.calls
        mean, steps = np.zeros_like(x), calls // min(self.batch, oracle.n)
        batches = draws(rng, oracle.n, self.batch)
        for step in range(steps):
            mean *= self.momentum
            mean += (1 - self.momentum) * oracle.stochastic_gradient(x, next(batches))
            size = norm(mean)
            if size > 0.0:
                x -= (gamma * (1 - step / steps if self.decay else 1) / size) * mean
            yield x
