"""The least value, to rounding: Newton's method with a line search, from a good point or the start.

Each step solves (H + shift I) p = -g with the least shift of 0, 1e-3, 4e-3, ... times the size of H
that makes the matrix positive definite, and is halved until the value falls. It ends when the
gradient is rounding or no step helps. O(n dim^2 + dim^3) a step.
"""

import numpy as np

_STEPS = 500
_ROUNDING = 1e-15


def polished(function, x):
    """A local minimum near x, float64[dim]."""
    x = np.array(x, np.float64)
    value = function.value(x)
    for _ in range(_STEPS):
        gradient = function.gradient(x)
        if not np.abs(gradient).max() > 0.0:
            break
        found = _descent(function, x, value, _direction(function.hessian(x), gradient))
        if found is None:
            break
        there, lower = found
        x, before, value = there, value, lower
        if before - lower <= _ROUNDING * abs(lower):
            break
    return x


def _direction(hessian, gradient):
    scale = np.abs(hessian).max() or 1.0
    shift = 0.0
    while True:
        shifted = hessian + shift * scale * np.eye(len(hessian))
        try:
            factor = np.linalg.cholesky(shifted)
        except np.linalg.LinAlgError:
            shift = max(4 * shift, 1e-3)
            continue
        return -np.linalg.solve(factor.T, np.linalg.solve(factor, gradient))


def _descent(function, x, value, direction):
    step = 1.0
    for _ in range(60):
        there = x + step * direction
        found = function.value(there)
        if found < value:
            return there, found
        step /= 2
    return None
