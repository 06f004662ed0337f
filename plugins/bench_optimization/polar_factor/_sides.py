"""What solvers share: the shorter side first, norms that stay in range, a core without a kernel."""

from collections.abc import Callable

import numpy as np

Back = Callable[[np.ndarray], np.ndarray]


def norm(matrix: np.ndarray) -> float:
    """The Frobenius norm, also where squares would leave the range of the type."""
    most = float(np.abs(matrix).max())
    return most * float(np.linalg.norm(matrix / matrix.dtype.type(most))) if most else 0.0


def wide(matrix: np.ndarray) -> tuple[np.ndarray, Back]:
    """The matrix with no more rows than columns, C-contiguous, and the way back."""
    rows, cols = matrix.shape
    if rows <= cols:
        return matrix, lambda x: x
    return np.ascontiguousarray(matrix.T), lambda x: x.T


def core(matrix: np.ndarray) -> tuple[np.ndarray, Back]:
    """A regular square matrix whose polar factor, taken back, is that of the given one.

    A square matrix is its own core, of a tall one it is the R of a QR decomposition, and of one
    whose rank is not full, by a QR decomposition with pivots, the middle of Q T Z^T with T regular.

    Returns:
        the core, 0 x 0 of a matrix of zeros, and the way back.
    """
    rows, cols = matrix.shape
    if rows < cols:
        inner, back = core(np.ascontiguousarray(matrix.T))
        return inner, lambda x: back(x).T
    q, r = np.linalg.qr(matrix) if rows > cols else (None, matrix)
    if _regular(r):
        return r, (lambda x: x) if q is None else (lambda x: q @ x)
    return _without_kernel(matrix)


def _regular(square: np.ndarray) -> bool:
    """Whether its condition, in the norm of rows, is one that its precision can tell."""
    try:
        inverse = np.linalg.inv(square)
    except np.linalg.LinAlgError:
        return False
    condition = np.linalg.norm(square, np.inf) * np.linalg.norm(inverse, np.inf)
    return bool(condition * np.finfo(square.dtype).eps < 1 / 4)


def _without_kernel(matrix: np.ndarray) -> tuple[np.ndarray, Back]:
    from scipy.linalg import qr

    q, r, order = qr(matrix, mode="economic", pivoting=True)
    sizes = np.abs(np.diag(r))
    rank = int((sizes > sizes[0] * max(matrix.shape) * np.finfo(matrix.dtype).eps).sum())
    z, t = np.linalg.qr(r[:rank].T)
    z = z[np.argsort(order)]
    return np.ascontiguousarray(t.T), lambda x: q[:, :rank] @ x @ z.T
