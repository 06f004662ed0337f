"""f(w) = (1/n) sum_i |x_i.w - y_i|^p / p: its derivatives, and its least value by Newton."""

import numpy as np


def value(rows: np.ndarray, targets: np.ndarray, p: float, w: np.ndarray) -> float:
    """f."""
    residual = rows @ w - targets
    return float(np.sum(np.abs(residual) ** p)) / (p * len(rows))


def gradient(rows: np.ndarray, targets: np.ndarray, p: float, w: np.ndarray) -> np.ndarray:
    """Its gradient."""
    residual = rows @ w - targets
    return np.asarray(slopes(residual, p) @ rows / len(rows))


def slopes(residual: np.ndarray, p: float) -> np.ndarray:
    """|r|^(p-1) sign(r), without powers where p is 2 or 4."""
    if p == 2:
        return residual
    if p == 4:
        return residual * residual * residual
    return np.asarray(np.abs(residual) ** (p - 2) * residual)


def hessian(rows: np.ndarray, targets: np.ndarray, p: float, w: np.ndarray) -> np.ndarray:
    """Its second derivatives."""
    weights = (p - 1) * np.abs(rows @ w - targets) ** (p - 2)
    return np.asarray((rows * weights[:, None]).T @ rows / len(rows))


def minimise(
    rows: np.ndarray, targets: np.ndarray, p: float, most: int = 500
) -> tuple[np.ndarray, float]:
    """The point of least f, and f there, by Newton's method with halved steps, from least squares.

    Where f is 0 at the optimum and p > 2, steps shrink by a constant factor only; `most` of them
    are enough for that too.
    """
    w = np.linalg.lstsq(rows, targets)[0]
    least = value(rows, targets, p, w)
    for _ in range(most):
        slope = gradient(rows, targets, p, w)
        step = np.linalg.lstsq(hessian(rows, targets, p, w), slope)[0]
        share = 1.0
        while share > 1e-12:
            found = value(rows, targets, p, w - share * step)
            if found < least:
                break
            share /= 2
        else:
            return w, least
        w, least = w - share * step, found
    return w, least
