"""Logistic curves of one variable, many at once, with a penalty on their slope."""

from __future__ import annotations

import math

import numpy as np

_FLAT = 1e-9  # a slope of which the sign is rounding


def fit(
    x: np.ndarray,
    weight: np.ndarray,
    solved: np.ndarray,
    ridge: float,
    start: np.ndarray | None = None,
) -> np.ndarray:
    """Logistic curves by Newton's method, float[fits, 2]: a and b; NaN where it does not converge.

    The step is shortened to ln(1 + s) / s, s its largest change of a logit, with which the
    likelihood never falls.

    Args:
        x: float[points]; two at least must differ.
        weight: float[fits, points].
        solved: float[fits, points]: of that weight, what was solved, 0 <= solved <= weight.
        ridge: lambda; positive, unless successes and failures overlap in x.
        start: float[2], a and b to begin with.
    """
    middle = float(x.mean())
    z = x - middle  # the intercept is free of penalty, so that this changes b in nothing
    powers = np.stack([np.ones_like(z), z, z * z], axis=1)
    found = np.zeros((len(weight), 2))
    if start is not None:
        found += start[0] + start[1] * middle, start[1]
    active = np.arange(len(weight))
    for _ in range(200):
        a, b = found[active].T
        w = weight[active]
        p = 0.5 * (1.0 + np.tanh((a[:, None] + b[:, None] * z) / 2))
        miss, curvature = solved[active] - w * p, w * p * (1 - p)
        slope_a, slope_b = (miss @ powers[:, :2]).T
        slope_b = slope_b - ridge * b
        aa, ab, bb = (curvature @ powers).T
        bb = bb + ridge
        det = np.maximum(aa * bb - ab * ab, 1e-300)
        step_a, step_b = (bb * slope_a - ab * slope_b) / det, (aa * slope_b - ab * slope_a) / det
        size = np.abs(step_a[:, None] + step_b[:, None] * z).max(axis=1)
        damping = np.where(size > 1e-9, np.log1p(size) / np.maximum(size, 1e-9), 1.0)
        found[active, 0] += damping * step_a
        found[active, 1] += damping * step_b
        active = active[size > 1e-8]
        if not len(active):
            break
    found[active] = np.nan
    found[:, 0] -= found[:, 1] * middle
    return found


def horizon(curves: np.ndarray, share: float = 0.5) -> np.ndarray:
    """The x that is solved with that chance, float[fits]; NaN where the curve does not fall."""
    a, b = curves.T
    falls = b < -_FLAT
    logit = math.log(share / (1 - share))
    return np.where(falls, (logit - a) / np.where(falls, b, -1.0), np.nan)
