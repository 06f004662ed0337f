"""Interpolated normalised gradient descent: momentum of gradients drawn on the last step.

    y = (1 - s) x_old + s x with s ~ U[0, 1],  m <- b m + (1 - b) g(y),
    x <- x - step m / (|m| + 4 G),  step = delta (1 - b) / ln(16 G / eps),  eps = 8 G sqrt(1 - b).

The gradient at a random point of a step tells how far that step went down. A step is short enough
for all points that still count in m, about ln(16 G / eps) / (1 - b) of them, to lie within delta,
so that |m| bounds the Goldstein stationarity (Zhang, Lin, Jegelka, Sra and Jadbabaie, Complexity of
finding stationary points of nonconvex nonsmooth functions). A step takes one mini-batch, O(dim).

Departs from the paper: the weight b of the old is a parameter, from which eps follows, instead of
the other way round; G, a bound on stochastic gradients, is measured at the start; the last point
counts, not one at random.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.nonsmooth_nonconvex._steps import (
    check,
    check_share,
    draws,
    gradient_size,
)
from harness.api import Solver


@dataclass(frozen=True)
class INGD(Solver):
    """Stochastic INGD."""

    problem = "nonsmooth_nonconvex"
    role = "baseline"
    space: ClassVar = {
        "radius": ("log", 0.1, 100.0),
        "momentum": ("choice", 0.9, 0.99, 0.999),
        "batch": ("log integer", 1, 64),
    }

    momentum: float = 0.9  # b; the paper's 1 - (eps / 8 G)^2 would hardly move within the calls
    radius: float = 1.0  # in units of the problem's delta
    batch: int = 8  # components

    def __post_init__(self):
        check({"radius": self.radius}, self.batch)
        check_share("momentum", self.momentum)

    def solve(self, oracle, rng):
        x = oracle.start.copy()
        yield x
        batches = draws(rng, oracle.n, self.batch)
        size, _ = gradient_size(oracle, batches, min(self.batch, oracle.n))
        new = 1 - self.momentum
        most = self.radius * oracle.delta * new / max(1.0, math.log(2 / math.sqrt(new)))
        mean = oracle.stochastic_gradient(x, next(batches))
        while True:
            for share in rng.random(1024):
                move = mean * (-most / (math.sqrt(mean @ mean) + 4 * size))
                mean *= self.momentum
                mean += new * oracle.stochastic_gradient(x + share * move, next(batches))
                x += move
                yield x
