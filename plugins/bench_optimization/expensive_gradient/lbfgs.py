"""L-BFGS: steps along a Hessian that the last few gradients tell, with halved steps.

The two-loop recursion (Nocedal 1980) applies the inverse Hessian of `memory` pairs of changes of
theta and of the gradient; pairs without positive curvature are left out. A step is halved until
Armijo's rule holds, which nearly always the first try does. A try costs n (c_expensive + 2 c_model)
calls, as value and gradient come together.
"""

from collections import deque
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._components import check_whole
from harness.api import Solver

_TRIES = 40
_SHARE = 1e-4  # of the decrease that the slope promises


@dataclass(frozen=True)
class LBFGS(Solver):
    """Limited-memory BFGS with full gradients."""

    problem = "expensive_gradient"
    role = "baseline"
    space: ClassVar = {"memory": ("integer", 3, 30)}

    memory: int = 10  # pairs

    def __post_init__(self):
        check_whole({"memory": self.memory}, least=1)

    def solve(self, oracle, rng):
        theta = oracle.start
        yield theta
        value, gradient = oracle.value_and_gradient(theta)
        pairs = deque(maxlen=self.memory)
        while True:
            # Before there is any pair, the step of gradient descent.
            direction = -gradient / oracle.smoothness if not pairs else -_applied(pairs, gradient)
            slope, length = float(direction @ gradient), 1.0
            if not slope < 0:
                return  # solved, to rounding
            for _ in range(_TRIES):
                trial = theta + length * direction
                trial_value, trial_gradient = oracle.value_and_gradient(trial)
                if trial_value <= value + _SHARE * length * slope:
                    break
                length /= 2
            else:
                return
            moved, bent = trial - theta, trial_gradient - gradient
            if moved @ bent > 1e-12 * np.linalg.norm(moved) * np.linalg.norm(bent):
                pairs.append((moved, bent, 1 / float(moved @ bent)))
            theta, value, gradient = trial, trial_value, trial_gradient
            yield theta


def _applied(pairs, gradient):
    """The inverse Hessian of the pairs, times a gradient."""
    found, shares = gradient.copy(), []
    for moved, bent, weight in reversed(pairs):
        shares.append(weight * float(moved @ found))
        found -= shares[-1] * bent
    moved, bent, _ = pairs[-1]
    found *= float(moved @ bent) / float(bent @ bent)
    for (moved, bent, weight), share in zip(pairs, reversed(shares), strict=True):
        found += (share - weight * float(bent @ found)) * moved
    return found
