"""The constants of least squares by which the theory sets steps, from one decomposition.

Rows a_i of A = U diag(s) V', Hessian S = A'A/n; on the row space, z_i = S^(-1/2) a_i = sqrt(n) u_i.
Each constant is a least c with a mean of rank-one matrices below c times the identity:

    rho (strong growth)                mean |a_i|^2 (S^-1 a_i)(S^-1 a_i)'
    L_1 (second-moment smoothness)     mean |a_i|^2 z_i z_i'
    kappa~ (statistical condition)     mean |z_i|^2 z_i z_i'

rho is exact for targets that can all be met: E|g_i|^2 <= rho |grad f|^2 at every point.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Decomposition:
    """The row space: left vectors u (n x rank), singular values s (rank), right vectors v."""

    u: np.ndarray
    s: np.ndarray
    v: np.ndarray


def decompose(rows: np.ndarray) -> Decomposition:
    """The singular values above rounding, with their vectors."""
    u, s, v = np.linalg.svd(rows, full_matrices=False)
    rank = int(np.count_nonzero(s > s[:1] * max(rows.shape) * np.finfo(float).eps))
    return Decomposition(u[:, :rank], s[:rank], v[:rank])


def constants(rows: np.ndarray, parts: Decomposition) -> dict[str, float]:
    """What the theory of every method here needs; `rows` without zero rows."""
    n = len(rows)
    squares = np.einsum("ij,ij->i", rows, rows)
    whitened = np.sqrt(n) * parts.u
    back = n * parts.u / parts.s
    normalised = np.linalg.svd(rows / np.sqrt(squares)[:, None], compute_uv=False)
    return {
        "smoothness": float(parts.s[0] ** 2 / n),
        "strong_convexity": float(parts.s[-1] ** 2 / n),
        "component_smoothness": float(squares.max()),
        "growth": _largest(back, squares),
        "second_moment_smoothness": _largest(whitened, squares),
        "statistical_condition": _largest(whitened, np.einsum("ij,ij->i", whitened, whitened)),
        "row_convexity": float(normalised[len(parts.s) - 1] ** 2),
    }


def _largest(rows: np.ndarray, weights: np.ndarray) -> float:
    """The largest eigenvalue of the mean of weights_i rows_i rows_i'."""
    return float(np.linalg.eigvalsh((rows * (weights / len(rows))[:, None]).T @ rows)[-1])
