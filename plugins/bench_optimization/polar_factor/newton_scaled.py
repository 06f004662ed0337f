"""Newton's method for the polar factor (Higham 1986): X = (m X + X^-T / m) / 2.

A singular value s becomes (m s + 1 / (m s)) / 2, and near 1 the error is squared.
m^4 = ||X^-1||_1 ||X^-1||_inf / (||X||_1 ||X||_inf) brings large and small values together, so that
seven to nine steps suffice even at a condition of 1e15; it is dropped once X hardly changes. Each
step is an inverse, 2 n^3 operations. Matrices that are not square or not regular are first reduced
to their core by QR.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization.polar_factor._sides import core, norm
from harness.api import Solver

_SETTLED = 0.01  # relative change of X from which on it is not scaled
_MOST_STEPS = 50  # seven to nine are usual


@dataclass(frozen=True)
class NewtonScaled(Solver):
    """Inverses, scaled."""

    problem = "polar_factor"
    growth: ClassVar = {"time": {"n": 3}, "memory": {"n": 2}}

    def solve(self, data, rng):
        yield data.matrix / (norm(data.matrix) or 1.0)
        x, back = core(data.matrix)
        enough = len(x) * np.finfo(x.dtype).eps
        scaled = True
        for _ in range(_MOST_STEPS if x.size else 0):
            inverse = np.linalg.inv(x)
            factor = _scale(x, inverse) if scaled else x.dtype.type(1)
            following = (factor * x + inverse.T / factor) / 2
            change = np.linalg.norm(following - x) / np.linalg.norm(following)
            x, scaled = following, scaled and change > _SETTLED
            yield back(x)
            # The error is squared: a change of sqrt(eps) is followed by one of eps.
            if change <= enough or (not scaled and change <= np.sqrt(enough) / 10):
                return
        if not x.size:
            yield np.zeros_like(data.matrix)


def _scale(x: np.ndarray, inverse: np.ndarray) -> np.floating:
    sizes = [np.linalg.norm(a, order) for a in (inverse, x) for order in (1, np.inf)]
    ratio = np.sqrt(sizes[0] / sizes[2]) * np.sqrt(sizes[1] / sizes[3])
    return x.dtype.type(np.sqrt(ratio))
