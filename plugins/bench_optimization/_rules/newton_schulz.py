"""Newton-Schulz: an odd polynomial applied again and again to the singular values of a matrix.

X = G / (||G||_F + eps), then X = a X + (b P + c P P) X with P = X X^T, on the side of the shorter
dimension. Singular vectors stay, and each singular value s becomes a s + b s^3 + c s^5. With
s = min and l = max of the sides a step takes 4 s^2 l + 2 s^3 operations.

One kernel for all sizes, as there is none at which BLAS wins: called as below, a square matrix of
float32 takes 1/6 of the time of the same iteration by numpy and OpenBLAS 0.3.31 at 16, 2/5 at 64,
and about half from 128 to 2048 (one thread, AMD EPYC with AVX-512, on which OpenBLAS takes its AVX2
kernels; made to take those for AVX-512 it is level with ours from 1024 on). It needs no
multiplication that is fused with an addition, so that its bits are the same on all processors.
"""

from collections.abc import Callable, Sequence

import numpy as np

from harness.api import kernel

QUINTIC = (3.4445, -4.7750, 2.0315)  # steep at 0, and then to and fro around 1
CUBIC = (1.5, -0.5, 0.0)  # Newton-Schulz proper: quadratic convergence to 1
EPSILON = 1e-7  # so that a matrix of zeros stays one

Step = Sequence[float]


def iteration(
    shape: tuple[int, int], dtype: np.dtype | type, steps: Sequence[Step], epsilon: float = EPSILON
) -> Callable[[np.ndarray, np.ndarray], None]:
    """A function `apply(g, out)` for many matrices of one shape; out may be g.

    Args:
        shape: of the matrices, rows and columns.
        dtype: float32 or float64.
        steps: the coefficients (a, b, c) of each step.
        epsilon: is added to the Frobenius norm by which the matrix is first divided.
    """
    rows, cols = shape
    suffix = f"f{8 * np.dtype(dtype).itemsize}"
    functions = kernel("newton_schulz")
    length = getattr(functions, f"ns_workspace_{suffix}")(rows, cols)
    workspace = np.empty(length, dtype)
    iterate = getattr(functions, f"ns_iterate_{suffix}")
    coefficients = np.array(steps, np.float64).reshape(-1, 3)
    count = len(coefficients)

    def apply(g: np.ndarray, out: np.ndarray) -> None:
        if g.shape != shape or out.shape != shape:
            raise ValueError(f"matrices of the shapes {g.shape}, {out.shape}; expected {shape}")
        iterate(g, rows, cols, count, coefficients, epsilon, workspace, out)

    return apply
