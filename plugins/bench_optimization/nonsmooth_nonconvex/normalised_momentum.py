"""Normalised SGD with momentum: steps of one length along the mean of the last gradients.

    m <- b m + (1 - b) g(x),  x <- x - rate m / |m|.

Averaging before normalising is what keeps it from following the noise of single gradients (Cutkosky
and Mehta, Momentum improves normalized SGD). A step takes one mini-batch and O(dim).

With `decay` the rate falls linearly to 0 over the run; without, it stays.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization.nonsmooth_nonconvex._steps import check, check_share, draws
from harness.api import Solver


@dataclass(frozen=True)
class NormalisedMomentum(Solver):
    """Steps of fixed length along an exponential mean of gradients."""

    problem = "nonsmooth_nonconvex"
    role = "baseline"
    space: ClassVar = {
        "learning_rate": ("log", 1e-5, 1e-1),
        "momentum": ("choice", 0.0, 0.9, 0.99),
        "batch": ("log integer", 1, 64),
    }

    learning_rate: float = 3e-3  # length of a step
    momentum: float = 0.9
    batch: int = 8  # components
    decay: bool = True  # of the rate, linearly to 0

    def __post_init__(self):
        check({"learning_rate": self.learning_rate}, self.batch)
        check_share("momentum", self.momentum)

    def solve(self, oracle, rng):
        x = oracle.start.copy()
        mean = np.zeros_like(x)
        yield x
        batches = draws(rng, oracle.n, self.batch)
        steps = oracle.calls // min(self.batch, oracle.n)
        for step in range(steps):
            mean *= self.momentum
            mean += (1 - self.momentum) * oracle.stochastic_gradient(x, next(batches))
            length = math.sqrt(mean @ mean)
            rate = self.learning_rate * (1 - step / steps if self.decay else 1)
            if length > 0.0:
                x -= (rate / length) * mean
            yield x
