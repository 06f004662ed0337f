"""By how much two sets of measurements differ, how sure that is, and whether it counts.

P-values are those of Student's t for costs (paired by seed) and for means over cases, and Welch's
for times: with five processes a side a rank test can't become small enough for a correction over
hundreds of comparisons. The intervals of times are those of the rank test where there are enough
processes, and a difference counts only where its interval excludes none: both must agree.

Below five processes a side a time counts only in the mean over cases. Where a process is either
fast or slow as its memory happens to lie (1 or 1.2, half of them), measured by simulation with 40
times of the same code on each side, something was called changed in 76 % of the comparisons with
three processes, in 10 % with five and in 1 % with ten; with noise of one peak in 3 % at most.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness import intervals
from harness.intervals import Interval

BETTER, WORSE, NOISE = "better", "worse", "within noise"
LEVEL = 0.05
_ENOUGH = 5  # processes of a side
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Effect:
    """B against A in time or cost.

    Attributes:
        interval: B / A (B - A where not `relative`) with the 95 % interval of it alone.
        relative: whether it is a ratio.
        count: what it rests on: processes of the side with fewer, seeds, or cases.
        p: two-sided, corrected over the whole comparison once `judged` has seen it; NaN where
            there is too little to tell.
        verdict: of this quantity.
    """

    interval: Interval
    relative: bool
    count: int
    p: float
    verdict: str = NOISE


def time_effect(a: np.ndarray, b: np.ndarray) -> Effect | None:
    """The ratio of times B / A from the medians of processes, float[n] and float[m] seconds.

    The value and its ends are Hodges and Lehmann's; with too few processes for exact ends they are
    Welch's, and the p-value is NaN below five. None where a side has no times, or failed.
    """
    if not (len(a) and len(b) and np.isfinite(a).all() and np.isfinite(b).all()):
        return None
    if min(a.min(), b.min()) <= 0:
        return None
    x, y = np.log(b), np.log(a)
    found = intervals.shift(x, y)
    reach, p = _welch(x, y)
    if min(len(x), len(y)) < _ENOUGH:
        p = math.nan
    if math.isnan(found.low):
        found = Interval(found.value, found.value - reach, found.value + reach)
    return Effect(found.map(math.exp), True, min(len(a), len(b)), p)


def _welch(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Half the width of Welch's 95 % interval of a difference of means, and its p-value."""
    if min(len(x), len(y)) < 2:
        return math.nan, math.nan
    parts = np.array([x.var(ddof=1) / len(x), y.var(ddof=1) / len(y)])
    error = math.sqrt(parts.sum())
    difference = abs(float(x.mean() - y.mean()))
    if error <= _ROUNDING * difference or error == 0.0:  # equal to the clock's last digit
        return 0.0, _without_spread(difference, min(len(x), len(y)))
    from scipy.stats import t

    freedom = parts.sum() ** 2 / (parts**2 / [len(x) - 1, len(y) - 1]).sum()
    return float(t.ppf(0.975, freedom) * error), float(2 * t.sf(difference / error, freedom))


def _without_spread(difference: float, count: int) -> float:
    """A p-value where all agree: that of as many tosses of a coin."""
    return 1.0 if difference <= _ROUNDING else 2.0 ** (1 - count)


def cost_effect(
    a: Mapping[int, float], b: Mapping[int, float], relative: bool = True, certain: bool = False
) -> Effect | None:
    """The ratio (or difference) of costs B to A over the seeds that both have.

    A geometric mean where relative. Costs of zero and below are compared as differences.

    Args:
        a, b: seed -> cost.
        relative: whether costs are compared as ratios.
        certain: whether chance has no part in them.
    """
    seeds = [seed for seed in a if seed in b]
    if not seeds:
        return None
    before = np.array([a[seed] for seed in seeds])
    after = np.array([b[seed] for seed in seeds])
    relative = relative and bool(min(before.min(), after.min()) > 0)
    changes = np.log(after / before) if relative else after - before
    scale = 1.0 if relative else max(float(np.abs([before, after]).max()), 1e-300)
    changes = np.where(np.abs(changes) <= _ROUNDING * scale, 0.0, changes)
    found, p = mean_effect(changes, certain)
    return Effect(found.map(math.exp) if relative else found, relative, len(seeds), p)


def mean_effect(changes: np.ndarray, certain: bool = False) -> tuple[Interval, float]:
    """The mean of changes with Student's interval and p-value; NaN where one alone can't tell.

    Args:
        changes: float[n], one for each seed or case.
        certain: whether each is exact by itself, so that one is enough.
    """
    found = intervals.mean(changes)
    spread = float(np.ptp(changes))
    if certain and spread <= _ROUNDING * abs(found.value):
        return Interval(*[found.value] * 3), 1.0 if found.value == 0.0 else 0.0
    if len(changes) < 2:
        return found, math.nan
    if spread <= _ROUNDING * abs(found.value) or spread == 0.0:
        return found, _without_spread(abs(found.value), len(changes))
    from scipy.stats import t

    error = float(changes.std(ddof=1)) / len(changes) ** 0.5
    return found, float(2 * t.sf(abs(found.value) / error, len(changes) - 1))


def over_cases(effects: Sequence[tuple[str, Effect | None]]) -> Effect | None:
    """The mean over cases, each the mean over solvers: cases are what is independent."""
    known = [(case, effect) for case, effect in effects if effect]
    relative = any(effect.relative for _, effect in known)
    values: dict[str, list[float]] = {}
    for case, effect in known:
        if effect.relative == relative:  # a ratio and a difference have no mean
            value = effect.interval.value
            values.setdefault(case, []).append(math.log(value) if relative else value)
    if not values:
        return None
    found, p = mean_effect(np.array([np.mean(some) for some in values.values()]))
    return Effect(found.map(math.exp) if relative else found, relative, len(values), p)


def holm(p: Sequence[float]) -> list[float]:
    """Holm's corrected p-values, in the order given; NaN stays, and is not counted."""
    known = sorted((value, i) for i, value in enumerate(p) if not math.isnan(value))
    corrected = list(p)
    least = 0.0
    for rank, (value, i) in enumerate(known):
        least = max(least, min(1.0, value * (len(known) - rank)))
        corrected[i] = least
    return corrected


def verdict(effect: Effect, least: float) -> str:
    """Whether an effect counts, its p-value being corrected; `least` is the threshold of ratios."""
    value, none = effect.interval.value, 1.0 if effect.relative else 0.0
    low, high = effect.interval.low, effect.interval.high
    if not effect.p <= LEVEL or low <= none <= high:
        return NOISE
    if effect.relative and 1 / (1 + least) <= value <= 1 + least:
        return NOISE
    return WORSE if value > none else BETTER
