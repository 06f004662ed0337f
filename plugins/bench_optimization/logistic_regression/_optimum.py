"""The minimum of f by Newton's method, which no solver of this board is, and curvatures of f.

A strongly convex f says by itself how far it can still fall: f(w) - f* <= |f'(w)|^2 / (2 l2). The
search ends when that is below 1e-13 of what it fell from the start, far below what costs resolve.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from bench_optimization.logistic_regression._families import squares
from harness.api import InvalidCase

_SMALL = 1e-13  # of the fall from the start
_DIRECT = 1500  # features up to which the Hessian is factorised
_STEPS = 200


@dataclass(frozen=True)
class Minimum:
    """The point, its value, and the value at the start, 0."""

    point: np.ndarray
    value: float
    start: float


def value_and_gradient(
    features: Any, labels: np.ndarray, l2: float, point: np.ndarray
) -> tuple[float, np.ndarray]:
    """f and its gradient."""
    margins = labels * (features @ point)
    value = float(np.logaddexp(0.0, -margins).mean()) + l2 / 2 * float(point @ point)
    slopes = -labels * _sigmoid(-margins)
    return value, features.T @ slopes / len(labels) + l2 * point


def minimise(features: Any, labels: np.ndarray, l2: float) -> Minimum:
    """The minimum, to far more digits than costs show.

    Raises:
        InvalidCase: where it is not reached, or the start is the minimum.
    """
    point = np.zeros(features.shape[1])
    value, gradient = value_and_gradient(features, labels, l2, point)
    start = value
    if not gradient.any():
        raise InvalidCase(
            "the gradient at 0 is 0, so that there is nothing to minimise: draw it anew, or choose "
            "a larger n"
        )
    for _ in range(_STEPS):
        if gradient @ gradient / (2 * l2) <= _SMALL * (start - value):
            return Minimum(point, value, start)
        step = _newton_step(features, labels, l2, point, gradient)
        length = 1.0
        while True:
            next_value, next_gradient = value_and_gradient(
                features, labels, l2, point + length * step
            )
            # Close to the minimum values are all rounding, but the gradient still falls.
            falls = next_value <= value + 1e-4 * length * float(gradient @ step)
            if falls or next_gradient @ next_gradient < 0.25 * (gradient @ gradient):
                break
            length /= 2
            if length < 1e-12:
                raise InvalidCase(_FAILED)
        point, value, gradient = point + length * step, next_value, next_gradient
    raise InvalidCase(_FAILED)


_FAILED = "the minimum was not reached to 13 digits: choose a larger regularisation"


def largest_row(features: Any) -> float:
    """The largest squared length of a row."""
    return float(squares(features).max())


def largest_curvature(features: Any) -> float:
    """The largest eigenvalue of X'X / n."""
    n, dim = features.shape
    if min(n, dim) <= _DIRECT:
        gram = features.T @ features if dim <= n else features @ features.T
        return float(np.linalg.eigvalsh(_full(gram))[-1]) / n
    from scipy.sparse.linalg import LinearOperator, eigsh

    product = LinearOperator((dim, dim), matvec=lambda v: features.T @ (features @ v), dtype=float)
    return float(eigsh(product, k=1, v0=np.ones(dim), return_eigenvectors=False)[0]) / n


def _newton_step(
    features: Any, labels: np.ndarray, l2: float, point: np.ndarray, gradient: np.ndarray
) -> np.ndarray:
    n, dim = features.shape
    weights = _sigmoid(features @ point)
    weights = weights * (1.0 - weights) / n
    if dim <= _DIRECT:
        from scipy.linalg import cho_factor, cho_solve

        if isinstance(features, np.ndarray):
            hessian = features.T @ (weights[:, None] * features)
        else:
            hessian = _full(features.T @ features.multiply(weights[:, None]).tocsr())
        hessian[np.diag_indices(dim)] += l2
        return -cho_solve(cho_factor(hessian), gradient)
    from scipy.sparse.linalg import LinearOperator, cg

    squared = features * features if isinstance(features, np.ndarray) else features.power(2)
    diagonal = squared.T @ weights + l2
    product = LinearOperator(
        (dim, dim),
        matvec=lambda v: features.T @ (weights * (features @ v)) + l2 * v,
        dtype=float,
    )
    inverse = LinearOperator((dim, dim), matvec=lambda v: v / diagonal, dtype=float)
    step, _ = cg(product, -gradient, rtol=1e-8, maxiter=10 * dim, M=inverse)
    return step


def _full(matrix: Any) -> np.ndarray:
    return matrix if isinstance(matrix, np.ndarray) else matrix.toarray()


def _sigmoid(values: np.ndarray) -> np.ndarray:
    from scipy.special import expit

    return expit(values)
