"""U V^T = G (G^T G)^(-1/2), from the eigenvectors of the smaller of G^T G and G G^T.

The eigenvalues are the squares of the singular values, so that half of the digits are lost:
singular values below sqrt(eps) of the largest drown in rounding, and are left out. 4 s^2 l + 9 s^3
operations and more, s and l being the sides; the cheapest of the decompositions.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization.polar_factor._sides import norm, wide
from harness.api import Solver


@dataclass(frozen=True)
class InverseRoot(Solver):
    """Eigenvectors of the squared matrix."""

    problem = "polar_factor"
    growth: ClassVar = {"time": {"n": 3}, "memory": {"n": 2}}

    def solve(self, data, rng):
        matrix, back = wide(data.matrix)
        x = matrix / (norm(matrix) or 1.0)
        values, vectors = np.linalg.eigh(x @ x.T)
        kept = values > max(x.shape) * np.finfo(x.dtype).eps * values[-1]
        vectors = vectors[:, kept]  # none of a matrix of zeros
        yield back((vectors / np.sqrt(values[kept])) @ (vectors.T @ x))
