"""Conjugate gradients on the normal equations: what full gradients can reach at best.

No method that moves along the gradients it saw is ahead of it after as many full ones. A product
with the Hessian is the difference of two gradients, S p = (grad f(x0 + c p) - grad f(x0)) / c, with
c such that rounding is relative to the first step.

A step costs n calls and O(n d), the memory is O(d).
"""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver

_ROUNDING = 1e-14  # of the first gradient; beyond, directions leave the row space


@dataclass(frozen=True)
class ConjugateGradient(Solver):
    """Hestenes and Stiefel's method; ends where the gradient is 0 up to rounding."""

    problem = "least_squares_interpolation"
    role = "baseline"

    def solve(self, oracle, rng):
        x = oracle.start
        yield x
        first = oracle.gradient(x)
        residual = -first
        direction = residual
        length = np.linalg.norm(first) / oracle.smoothness
        square = residual @ residual
        least = _ROUNDING**2 * square
        while square > least:
            c = length / np.linalg.norm(direction)
            product = (oracle.gradient(oracle.start + c * direction) - first) / c
            curvature = direction @ product
            if not curvature > 0:
                return
            step = square / curvature
            x = x + step * direction
            yield x
            residual = residual - step * product
            square, before = residual @ residual, square
            direction = residual + square / before * direction
