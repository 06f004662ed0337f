"""L-BFGS: Newton's direction from the last `memory` changes of the gradient.

The two-loop recursion makes a direction p from pairs (s, y) of steps and changes of the gradient,
in 4 memory d operations. The step along p satisfies the weak Wolfe conditions, sought by bisection;
a trial costs a pass, which gives the value and the gradient, and 1 is tried first and nearly always
taken. The search ends where rounding hides that the value falls.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._components import check_whole
from harness.api import Solver

_FALL, _CURVATURE = 1e-4, 0.9  # of the weak Wolfe conditions, as is usual for quasi-Newton steps
_TRIALS = 40


@dataclass(frozen=True)
class LBFGS(Solver):
    """Quasi-Newton steps from full gradients."""

    problem = "logistic_regression"
    role = "baseline"
    space: ClassVar = {"memory": ("integer", 3, 50)}

    memory: int = 10  # pairs; 5 to 20 are usual

    def __post_init__(self):
        check_whole({"memory": self.memory}, 1)

    def solve(self, oracle, rng):
        x, pairs = oracle.start, []
        yield x
        value, gradient = oracle.value_and_gradient(x)
        while gradient.any():
            p = _direction(gradient, pairs)
            if not pairs:
                p /= oracle.full_smoothness
            found = _wolfe(oracle, x, p, value, float(p @ gradient))
            if found is None:
                return
            length, value, following = found
            step, change = length * p, following - gradient
            x, gradient = x + step, following
            if step @ change > 0:
                pairs = (
                    [*pairs[1 - self.memory :], (step, change)]
                    if self.memory > 1
                    else [(step, change)]
                )
            yield x


def _direction(gradient, pairs):
    """Minus the approximate inverse Hessian times the gradient."""
    p, shares = -gradient, []
    for s, y in reversed(pairs):
        shares.append(s @ p / (s @ y))
        p -= shares[-1] * y
    if pairs:
        s, y = pairs[-1]
        p *= s @ y / (y @ y)
    for (s, y), share in zip(pairs, reversed(shares), strict=True):
        p += (share - y @ p / (s @ y)) * s
    return p


def _wolfe(oracle, x, p, value, slope):
    """A step that lowers the value and the slope enough, with value and gradient; None if lost."""
    low, high, length = 0.0, np.inf, 1.0
    for _ in range(_TRIALS):
        there, gradient = oracle.value_and_gradient(x + length * p)
        if not there <= value + _FALL * length * slope:
            high = length
        elif gradient @ p < _CURVATURE * slope:
            low = length
        else:
            return length, there, gradient
        length = 2 * low if high == np.inf else (low + high) / 2
    return None
