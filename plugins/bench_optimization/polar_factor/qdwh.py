"""QDWH (Nakatsukasa, Bai and Gygi 2010): Halley's iteration with weights chosen as it goes.

X = X (a I + b X^T X) (I + c X^T X)^-1, with weights for which the least singular value, known to be
at least l, comes nearest to 1: d = (4 (1 - l^2) / l^4)^(1/3),
a = sqrt(1 + d) + sqrt(8 - 4 d + 8 (2 - l^2) / (l^2 sqrt(1 + d))) / 2, b = (a - 1)^2 / 4,
c = a + b - 1; then l becomes l (a + b l^2) / (1 + c l^2). Six steps at most in double, without an
inverse: by QR of [sqrt(c) X; I] while c > 100, then by Cholesky's decomposition of I + c X^T X.
Backward stable. X starts as G / ||G||_F.

Departs from the paper: l starts as the precision instead of an estimate of the least singular
value, which costs one or two steps. Of a singular matrix the directions of rounding errors grow.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization.polar_factor._sides import norm, wide
from harness.api import Solver

_BY_QR = 100.0  # above such c Cholesky's decomposition would lose too many digits


@dataclass(frozen=True)
class QDWH(Solver):
    """Rational steps of degree three."""

    problem = "polar_factor"
    growth: ClassVar = {"time": {"n": 3}, "memory": {"n": 2}}

    def solve(self, data, rng):
        matrix, back = wide(data.matrix)
        size = norm(matrix)
        x = np.ascontiguousarray(matrix.T) / (size or 1.0)
        precision = float(np.finfo(x.dtype).eps)
        least = precision
        while size and 1 - least > precision:
            a, b, c = weights(least)
            x = (_by_qr if c > _BY_QR else _by_cholesky)(x, a, b, c)
            least = min(1.0, least * (a + b * least**2) / (1 + c * least**2))
        yield back(x.T)


def weights(least: float) -> tuple[float, float, float]:
    """a, b and c for singular values within [least, 1]."""
    square = least**2
    d = (4 * (1 - square) / square**2) ** (1 / 3)
    root = math.sqrt(1 + d)
    a = root + math.sqrt(8 - 4 * d + 8 * (2 - square) / (square * root)) / 2
    b = (a - 1) ** 2 / 4
    return a, b, a + b - 1


def _by_qr(x: np.ndarray, a: float, b: float, c: float) -> np.ndarray:
    rows, cols = x.shape
    q, _ = np.linalg.qr(np.concatenate([math.sqrt(c) * x, np.eye(cols, dtype=x.dtype)]))
    step = q[:rows] @ q[rows:].T
    return b / c * x + (a - b / c) / math.sqrt(c) * step


def _by_cholesky(x: np.ndarray, a: float, b: float, c: float) -> np.ndarray:
    from scipy.linalg import cho_factor, cho_solve

    z = c * (x.T @ x)
    z.flat[:: len(z) + 1] += 1
    step = cho_solve(cho_factor(z, lower=True), x.T).T
    return b / c * x + (a - b / c) * step
