"""Intervals that several statistics and claims share; all of 95 % unless a level is given.

What covers what, measured by simulation for instances that differ (sd 0.5 of log time), solvers
that differ on them (0.3) and seeds (0.2): Student's t over instances covers .95, a two-stage
bootstrap .88 with 8 instances, .92 to .96 with 25; a bootstrap over seeds alone .45 to .50, as it
answers another question: about these very instances.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """A middle with the ends of its interval; the ends are NaN where the data give none."""

    value: float
    low: float
    high: float

    def map(self, function: Callable[[float], float]) -> Interval:
        """The interval of a rising function of the quantity, such as `math.exp`."""
        return Interval(*(function(end) for end in (self.value, self.low, self.high)))


def share(successes: int, trials: int, level: float = LEVEL) -> Interval:
    """Wilson's interval of a share; NaN without trials."""
    if trials == 0:
        return Interval(math.nan, math.nan, math.nan)
    from scipy.stats import binomtest

    ends = binomtest(successes, trials).proportion_ci(level, method="wilson")
    return Interval(successes / trials, float(ends.low), float(ends.high))


def mean(values: Sequence[float] | np.ndarray, level: float = LEVEL) -> Interval:
    """Student's t interval of a mean, such as that of log ratios over instances."""
    known = np.asarray(values, float)
    if not len(known):
        return Interval(math.nan, math.nan, math.nan)
    middle = float(known.mean())
    if len(known) < 2 or not np.isfinite(known).all():
        return Interval(middle, math.nan, math.nan)
    from scipy.stats import t

    reach = float(t.ppf(0.5 + level / 2, len(known) - 1) * known.std(ddof=1) / len(known) ** 0.5)
    return Interval(middle, middle - reach, middle + reach)


def centre(differences: Sequence[float] | np.ndarray, level: float = LEVEL) -> Interval:
    """Hodges-Lehmann: the median of all (d_i + d_j) / 2, i <= j, with the ends of the exact test.

    The differences are paired (one per instance, or per round) and symmetric about their centre;
    infinite ones count as larger than any other. Ends are NaN where there are too few for the level
    (fewer than 6 for 95 %).
    """
    d = np.asarray(differences, float)
    if not len(d):
        return Interval(math.nan, math.nan, math.nan)
    return Interval(*(float(end) for end in centres(d[None], level)[0]))


def centres(differences: np.ndarray, level: float = LEVEL) -> np.ndarray:
    """The same for each row, float[rows, n], as float[rows, 3]: middle, low, high."""
    rows, n = differences.shape
    found = np.full((rows, 3), np.nan)
    if not n:
        return found
    first, second = np.triu_indices(n)
    pairs, skip = len(first), _signed_rank_tail(n, (1 - level) / 2)
    wanted = {(pairs - 1) // 2, pairs // 2} | ({skip, pairs - 1 - skip} if skip >= 0 else set())
    step = max(1, 2_000_000 // pairs)
    for begin in range(0, rows, step):
        d = differences[begin : begin + step]
        finite = np.isfinite(d)
        # An infinite one half cancels a finite one, and wholly one of the other sign.
        far = 8.0 * np.max(np.abs(d), axis=1, initial=1.0, where=finite)[:, None]
        d = np.where(finite, d, np.copysign(far, d))
        walsh = np.partition((d[:, first] + d[:, second]) / 2, sorted(wanted), axis=1)
        walsh = np.where(np.abs(walsh) > far / 4, np.copysign(np.inf, walsh), walsh)
        low, high = walsh[:, (pairs - 1) // 2], walsh[:, pairs // 2]
        found[begin : begin + step, 0] = np.where(low == high, low, (low + high) / 2)
        if skip >= 0:
            found[begin : begin + step, 1:] = walsh[:, [skip, pairs - 1 - skip]]
    return found


def shift(x: Sequence[float] | np.ndarray, y: Sequence[float] | np.ndarray) -> Interval:
    """Hodges-Lehmann of two independent samples: the median of all x_i - y_j, 95 %.

    For logarithms of times its exponential is their ratio. Ends from the exact null of Mann and
    Whitney; NaN where there are too few values.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    if not (len(x) and len(y)):
        return Interval(math.nan, math.nan, math.nan)
    differences = np.sort(np.subtract.outer(x, y).ravel())
    return _order_interval(differences, _rank_sum_tail(len(x), len(y), (1 - LEVEL) / 2))


def _order_interval(ordered: np.ndarray, skip: int) -> Interval:
    """The median, and the values that `skip` others lie outside of; none where it is negative."""
    middle = float(np.median(ordered))
    if skip < 0:
        return Interval(middle, math.nan, math.nan)
    return Interval(middle, float(ordered[skip]), float(ordered[-1 - skip]))


def _largest(masses: np.ndarray, tail: float) -> int:
    """The largest c with P(T <= c) <= tail; -1 where there is none."""
    return int(np.searchsorted(np.cumsum(masses), tail + 1e-12, side="right")) - 1


@functools.cache
def _signed_rank_tail(n: int, tail: float) -> int:
    if n > 100:  # the normal approximation is exact enough, and the exact null too long
        from scipy.stats import norm

        sd = math.sqrt(n * (n + 1) * (2 * n + 1) / 24)
        return math.floor(n * (n + 1) / 4 + float(norm.ppf(tail)) * sd - 0.5)
    ways = np.ones(1)
    for rank in range(1, n + 1):  # each rank is in the sum, or not
        longer = np.zeros(len(ways) + rank)
        longer[: len(ways)] += ways
        longer[rank:] += ways
        ways = longer / 2
    return _largest(ways, tail)


@functools.cache
def _rank_sum_tail(n: int, m: int, tail: float) -> int:
    if n * m > 2500:
        from scipy.stats import norm

        sd = math.sqrt(n * m * (n + m + 1) / 12)
        return math.floor(n * m / 2 + float(norm.ppf(tail)) * sd - 0.5)
    # Gaussian binomial: number of ways to get U = u, by the recursion of Mann and Whitney.
    counts = np.zeros((n + 1, n * m + 1))
    counts[0, 0] = 1.0
    for j in range(1, m + n + 1):
        for i in range(min(j, n), 0, -1):
            step = j - i
            if step > m:
                continue
            counts[i, step:] += counts[i - 1, : n * m + 1 - step]
    return _largest(counts[n] / counts[n].sum(), tail)


def percentiles(draws: np.ndarray, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
    """The ends of a percentile interval over the first axis, without interpolation.

    Infinite draws count as such; NaN draws are left out.
    """
    tail = (1 - level) / 2
    ordered = np.sort(np.asarray(draws, float), axis=0)  # NaN last
    count = (~np.isnan(ordered)).sum(axis=0)
    ends = []
    for share_below in (tail, 1 - tail):
        index = np.clip(np.rint(share_below * (count - 1)), 0, None).astype(int)
        chosen = np.take_along_axis(ordered, index[None], axis=0)[0]
        ends.append(np.where(count > 0, chosen, np.nan))
    return ends[0], ends[1]


def two_stage(
    cells: Sequence[Sequence[np.ndarray]],
    rng: np.random.Generator,
    draws: int = 1000,
    middle: Callable[[np.ndarray], np.ndarray] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw cases with replacement, the same for all solvers, then seeds within each drawn case.

    Args:
        cells: solver x case -> values over seeds; empty where not tried.
        rng: of the draws.
        draws: how many.
        middle: of values[draws, seeds] over the last axis; the mean by default.

    Returns:
        values drawn, float[draws, solvers, cases], NaN where not tried; and the case that stands
        in each place, int[draws, cases].
    """
    solvers = len(cells)
    cases = len(cells[0]) if solvers else 0
    picks = rng.integers(max(cases, 1), size=(draws, cases))
    found = np.full((draws, solvers, cases), np.nan)
    average = middle or (lambda drawn: drawn.mean(axis=-1))
    places = [np.nonzero(picks == j) for j in range(cases)]
    for i, row in enumerate(cells):
        for j, cell in enumerate(row):
            where = places[j]
            if len(cell) and len(where[0]):
                index = rng.integers(len(cell), size=(len(where[0]), len(cell)))
                found[where[0], i, where[1]] = average(np.asarray(cell, float)[index])
    return found, picks
