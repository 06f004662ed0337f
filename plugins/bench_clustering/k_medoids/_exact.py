"""The least cost of a small instance, found without the kernels."""

import itertools
import math

import numpy as np

_MOST_CHOICES = 20_000  # of medoids, that brute force goes through
_LARGEST_PROGRAM = 40  # objects in an integer program


def least_cost(matrix: np.ndarray, k: int) -> float | None:
    """The optimum by brute force or an integer program; None where both would take long.

    Args:
        matrix: float64[n, n], the dissimilarities.
        k: number of medoids.
    """
    n = len(matrix)
    if math.comb(n, k) <= _MOST_CHOICES:
        choices = itertools.combinations(range(n), k)
        return min(float(matrix[:, choice].min(axis=1).sum()) for choice in choices)
    return by_program(matrix, k) if n <= _LARGEST_PROGRAM else None


def by_program(matrix: np.ndarray, k: int) -> float | None:
    """The optimum from an integer program: which object is served by which, which is open."""
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    n = len(matrix)
    scale = matrix.max() or 1.0
    one, ones = sparse.eye_array(n), np.ones((1, n))
    no_serving = sparse.csr_array((1, n * n))
    result = milp(
        np.concatenate([matrix.ravel() / scale, np.zeros(n)]),
        integrality=np.concatenate([np.zeros(n * n), np.ones(n)]),
        bounds=Bounds(0, 1),
        constraints=[
            # each object is served once
            LinearConstraint(
                sparse.hstack([sparse.kron(one, ones), sparse.csr_array((n, n))]), 1, 1
            ),
            # by an open one
            LinearConstraint(
                sparse.hstack([sparse.eye_array(n * n), -sparse.kron(ones.T, one)]), -np.inf, 0
            ),
            LinearConstraint(sparse.hstack([no_serving, sparse.csr_array(ones)]), k, k),
        ],
        options={"mip_rel_gap": 0.0},
    )
    if not result.success:
        return None
    medoids = np.flatnonzero(result.x[n * n :] > 0.5)
    return float(matrix[:, medoids].min(axis=1).sum())
