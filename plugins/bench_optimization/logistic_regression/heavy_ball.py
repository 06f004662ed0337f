"""Polyak's heavy ball, with the step and momentum that are optimal for quadratics.

w+ = w - rate f'(w) + momentum (w - w before), rate = 4/(sqrt L + sqrt l2)^2 and momentum =
((sqrt L - sqrt l2)/(sqrt L + sqrt l2))^2. What is proved of it for quadratics is not for
other functions; where the curvature falls away from the minimum it may overshoot far at first. A
step costs a pass.
"""

import math
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class HeavyBall(Solver):
    """Full gradients with inertia."""

    problem = "logistic_regression"
    role = "baseline"

    def solve(self, oracle, rng):
        high, low = math.sqrt(oracle.full_smoothness), math.sqrt(oracle.strong_convexity)
        rate, momentum = 4 / (high + low) ** 2, ((high - low) / (high + low)) ** 2
        x = before = oracle.start
        while True:
            yield x
            following = x - rate * oracle.gradient(x) + momentum * (x - before)
            before, x = x, following
