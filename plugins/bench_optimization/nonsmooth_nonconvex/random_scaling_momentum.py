"""Momentum whose every step is multiplied by an exponential random number.

With s ~ Exp(1) drawn for each step,

    x <- x + s Delta,  Delta <- b / (1 + eta mu) (Delta - eta g(x)),
    xbar <- (b - b^t) / (1 - b^t) xbar + (1 - b) / (1 - b^t) x.

As E[f(x + s Delta) - f(x)] = E <grad f(x + s Delta), Delta>, even at kinks, the gradient at the
very point that is visited tells how far the step went down: mirror descent with discounted losses,
which is momentum, then makes the weighted mean of gradients small around xbar, the weighted mean of
points with the same weights b^(t-i). With s = 1 it is heavy-ball momentum with b' = b / (1 + eta
mu) and the rate eta b'. xbar at a random step is what the theory speaks of.

Given `epsilon`, the parameters are those of the theory for a (c, epsilon)-stationary point: with C
a bound on stochastic gradients and F on f(x0) - inf f, 1 - b = 0.1 (epsilon / C)^2,
D = (1 - b) sqrt(epsilon / c) / 4, mu = 24 c D / (1 - b)^2, eta = 2 D sqrt(1 - b) / C, and
2 F / (D epsilon) steps. Otherwise they are those of ordinary momentum, with mu = 0.

A step takes one mini-batch and O(dim); memory is four vectors, and two more for `output=best`.

Departs from the paper: C is measured at the start, as for o2nc. `output` may be last, or best: the
xbar with the least |weighted mean of gradients| + c weighted variance of points, the measure that
the theory bounds, after the first 1 / (1 - b) steps. The constant 0.1 is chosen here.
"""

import itertools
import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._checks import above_zero
from bench_optimization.nonsmooth_nonconvex._steps import (
    Chosen,
    check,
    check_share,
    draws,
    gradient_size,
)
from harness.api import Solver


@dataclass(frozen=True)
class RandomScalingMomentum(Solver):
    """Exponentiated online-to-non-convex conversion."""

    problem = "nonsmooth_nonconvex"
    papers = ("random-scaling-momentum-non-smooth",)
    role = "paper"
    space: ClassVar = {
        "learning_rate": ("log", 1e-6, 1e-2),
        "momentum": ("choice", 0.9, 0.99, 0.999),
        "batch": ("log integer", 1, 64),
    }

    learning_rate: float = 1e-4  # eta; of momentum, small as gradients here are 1 to 100
    momentum: float = 0.99  # b
    regularisation: float = 0.0  # mu; 0 is the paper's practical mode
    batch: int = 8  # components
    epsilon: float = 0.0  # of the theory, which then sets eta, b and mu; 0: they are as given
    weight: float = 10.0  # c, of the variance of points in the measure
    output: str = "random"  # step whose mean point counts; or last, best
    scaled: bool = True  # False multiplies steps by 1, to see what the random numbers do

    def __post_init__(self):
        positive = {"learning_rate": self.learning_rate, "weight": self.weight}
        check(positive, self.batch, self.output)
        check_share("momentum", self.momentum)
        for name in ("regularisation", "epsilon"):
            if getattr(self, name):
                above_zero({name: getattr(self, name)})

    def solve(self, oracle, rng):
        batches = draws(rng, oracle.n, self.batch)
        chosen = Chosen(self.output, rng, oracle.start)
        yield chosen.point
        rate, momentum, mu = self.learning_rate, self.momentum, self.regularisation
        if self.epsilon:
            size, _ = gradient_size(oracle, batches, min(self.batch, oracle.n))
            momentum, rate, mu, _ = theory(self.epsilon, self.weight, size, 1.0)
        measured = self.output == "best"
        warm = 1.0 / (1.0 - momentum)
        factors = scales(rng) if self.scaled else itertools.repeat(1.0)
        walk = steps(oracle, factors, batches, rate, momentum, mu, measured)
        for step, (mean, gradient, variance) in enumerate(walk):
            measure = math.inf
            if measured and step >= warm:
                measure = math.sqrt(gradient @ gradient) + self.weight * variance
            chosen.offer(mean, measure)
            yield chosen.point


def theory(epsilon, weight, size, drop):
    """b, eta, mu and the number of steps for a (weight, epsilon)-stationary point.

    Raises:
        ValueError: where epsilon is too large for the size of gradients.
    """
    left = 0.1 * (epsilon / size) ** 2  # 1 - b
    if not left < 1.0:
        raise ValueError(f"epsilon = {epsilon}; expected one below {3.16 * size:.3g} here")
    far = left * math.sqrt(epsilon / weight) / 4
    rate = 2 * far * math.sqrt(left) / size
    return 1 - left, rate, 24 * weight * far / left**2, math.ceil(2 * drop / (far * epsilon))


def scales(rng):
    """The random numbers that multiply the steps, without end, from a generator of their own."""
    own = rng.spawn(1)[0]
    while True:
        yield from own.standard_exponential(1024).tolist()


def steps(oracle, factors, batches, rate, momentum, mu, measured=False):
    """Walk without end: the mean of points, and if measured the mean gradient and the variance."""
    x, mean = oracle.start.copy(), oracle.start.copy()
    move, gradients = np.zeros_like(x), np.zeros_like(x)
    shrink = momentum / (1 + rate * mu)
    variance, power = 0.0, 1.0
    for scale in factors:
        x += scale * move
        gradient = oracle.stochastic_gradient(x, next(batches))
        move -= rate * gradient
        move *= shrink
        # Weight of the newest: (1 - b) / (1 - b^t), which is 1 at first.
        power *= momentum
        new = (1 - momentum) / (1 - power)
        off = x - mean
        mean += new * off
        if measured:
            gradients += new * (gradient - gradients)
            variance = (1 - new) * (variance + new * float(off @ off))
        yield mean, gradients, variance
