"""What is common to judgements that are means over cases: which cases, and how sure."""

from __future__ import annotations

import math

import numpy as np

DRAWS = 1000


def common(tried: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Solvers and cases (indices) that make a complete table.

    Solvers that were tried on fewer than half of the cases are left out, then the cases on which
    not all of the others were tried.

    Args:
        tried: bool[solvers, cases].
    """
    if not tried.size:
        return np.empty(0, int), np.empty(0, int)
    solvers = np.flatnonzero(tried.mean(axis=1) >= 0.5)
    if not len(solvers):
        return solvers, np.empty(0, int)
    return solvers, np.flatnonzero(tried[solvers].all(axis=0))


def left_out(
    labels: tuple[str, ...], solvers: np.ndarray, kept: int, cases: int
) -> tuple[str, ...]:
    """What a reader must know of `common`: who and how much was left out."""
    said = []
    gone = [label for i, label in enumerate(labels) if i not in solvers]
    if gone:
        said.append(f"Left out, as tried on fewer than half of the cases: {', '.join(gone)}.")
    if kept < cases:
        said.append(
            f"{cases - kept} of {cases} cases are left out, as not every solver was tried on them."
        )
    if kept == 1:
        said.append("There is one case, so that nothing can be said about other cases.")
    elif kept < 10:
        said.append(f"With {kept} cases the intervals are rough, and rather too narrow.")
    return tuple(said)


def redrawn(rng: np.random.Generator, cases: int, draws: int = DRAWS) -> np.ndarray:
    """Bootstrap weights, float[draws, cases]: cases drawn with replacement; each row sums to 1."""
    return rng.multinomial(cases, np.full(cases, 1 / cases), size=draws) / cases


def first(scores: np.ndarray) -> np.ndarray:
    """How often each has the highest score, float[solvers]; those who tie share a draw.

    Args:
        scores: float[draws, solvers]; equal to 9 digits is a tie.
    """
    rounded = np.round(scores, 9)
    best = rounded == rounded.max(axis=1, keepdims=True)
    shared: np.ndarray = (best / best.sum(axis=1, keepdims=True)).mean(axis=0)
    return shared


def bar(value: float, low: float, high: float) -> tuple[float, float, float]:
    """A point of a plot and the ends of its bar, which are the point where there are none."""
    ends = (float(low), float(high))
    known = all(math.isfinite(end) for end in ends)
    return (float(value), *(ends if known else (float(value), float(value))))
