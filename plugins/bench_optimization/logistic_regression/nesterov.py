"""Nesterov's accelerated gradient method, in the form for strongly convex functions.

w <- y - f'(y)/L, then y <- w + momentum (w - w before), with momentum (1 - q)/(1 + q) and
q = sqrt(l2/L): the gap falls like (1 - q)^t, against (1 - q^2)^t of gradient descent. With
`convex` the momentum is instead that of FISTA, (a - 1)/a+ with a+ = (1 + sqrt(1 + 4 a^2))/2, which
needs no l2 and is better for few steps. A step costs a pass.
"""

import math
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Nesterov(Solver):
    """Full gradients, taken ahead of the point."""

    problem = "logistic_regression"
    role = "baseline"

    convex: bool = False  # whether the momentum leaves strong convexity out of account

    def solve(self, oracle, rng):
        rate = 1.0 / oracle.full_smoothness
        q = math.sqrt(oracle.strong_convexity / oracle.full_smoothness)
        x = y = oracle.start
        a = 1.0
        while True:
            yield x
            following = y - rate * oracle.gradient(y)
            grown = (1 + math.sqrt(1 + 4 * a * a)) / 2
            momentum = (a - 1) / grown if self.convex else (1 - q) / (1 + q)
            y = following + momentum * (following - x)
            x, a = following, grown
