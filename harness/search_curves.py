"""Runs of a search as curves of cost, and how long they take to a target: arithmetic of claims.

A curve is (moments, how far above the reference from then on, end); one without moments never had
an answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from harness import intervals
from harness.intervals import Interval

Curve = tuple[np.ndarray, np.ndarray, float]
_GRID = 50  # points of a curve
_FEWEST = 5  # runs that are drawn again


def expected(lengths: np.ndarray, reached: np.ndarray) -> float:
    """Expected length until the first success, with runs started again; infinite without one."""
    return float(lengths.sum() / reached.sum()) if reached.any() else math.inf


def drawn(
    lengths: np.ndarray, reached: np.ndarray, rng: np.random.Generator, draws: int
) -> np.ndarray:
    """Draws of that: Jeffreys' law for the chance of success, lengths drawn again, float[draws].

    A bootstrap over runs fails where few fail or few succeed. Where none succeeded, these are draws
    of how long it takes at least: as long as the chance that so few runs leave it says.
    """
    good, bad = lengths[reached], lengths[~reached]
    chance = rng.beta(len(good) + 0.5, len(bad) + 0.5, draws)
    success = _mean_again(good, rng, draws) if len(good) else np.zeros(draws)
    failure = _mean_again(bad if len(bad) else good, rng, draws)
    found: np.ndarray = success + (1 - chance) / chance * failure
    return found


def _mean_again(values: np.ndarray, rng: np.random.Generator, draws: int) -> np.ndarray:
    found: np.ndarray = rng.choice(values, (draws, len(values))).mean(axis=1)
    return found


def log_ratio(above: Any, below: Any) -> Any:
    """log(above / below); NaN where both are infinite or zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(above) - np.log(below)


def opened(found: Interval) -> Interval:
    """An infinite value (or its reverse) was never seen, only that it takes long: open its end."""
    if found.value == math.inf:
        return Interval(math.inf, found.low, math.inf)
    if found.value == -math.inf:
        return Interval(-math.inf, -math.inf, found.high)
    return found


def grid(curves: Sequence[Curve]) -> np.ndarray | None:
    """Log-spaced moments from when all have an answer until the last end; None without curves."""
    first = [x[0] for x, _, _ in curves if len(x)]
    ends = [end for x, _, end in curves if len(x) and end > 0]
    if not first or not ends:
        return None
    low = max(max(first), 1e-9)
    return np.geomspace(low, max(max(ends), low * 1.001), _GRID)


def held(curve: Curve, moments: np.ndarray) -> np.ndarray:
    """The value of a step function on a grid; infinite before its first point."""
    x, y, _ = curve
    index = np.searchsorted(x, moments, side="right") - 1
    return np.where(index >= 0, y[np.maximum(index, 0)] if len(y) else math.inf, math.inf)


def again(curves: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As many curves, float[runs, moments], drawn with replacement."""
    found: np.ndarray = curves[rng.integers(len(curves), size=len(curves))]
    return found


def better(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The share of the moments at which ours is at least as good; without an answer it is not."""
    slack = 1e-9 * np.abs(np.where(np.isfinite(theirs), theirs, 0))
    return float((np.isfinite(ours) & (ours <= theirs + slack)).mean())


def share(points: Sequence[float], draws: np.ndarray, runs: int) -> Interval:
    """The mean share, with the wider of the bootstrap over seeds and Student's t over cases.

    Args:
        points: a share for each case. draws: float[cases, draws] of the bootstrap.
        runs: of the solver and case with the fewest; too few tell nothing of how seeds differ.
    """
    over_cases = intervals.mean(points)
    if runs < _FEWEST:
        return Interval(over_cases.value, math.nan, math.nan)
    low, high = map(float, intervals.percentiles(draws.mean(axis=0)))
    known = [over_cases.value] if len(points) == 1 else [over_cases.low, over_cases.high]
    return Interval(over_cases.value, max(0.0, min(low, *known)), min(1.0, max(high, *known)))
