"""The quantities that claims are about, estimated from a board, each with its 95 % interval.

On one case an interval speaks of that instance: of its worker processes or its seeds. Over several
it is Student's t over the cases' own values, as those are what is independent; a bootstrap over
seeds alone covers half of what it says. Failed runs count: as infinitely slow, as infinitely dear,
as runs that never reach a target; where they leave no number, there is no interval.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness import intervals, readings, search_curves
from harness.claim import (
    CallsToTarget,
    CostGap,
    Dominance,
    Growth,
    Level,
    Quantity,
    SameAnswers,
    ScoreGrowth,
    ScoreRatio,
    Speedup,
    SpeedupGrowth,
)
from harness.intervals import Interval
from harness.readings import Missing, Unmeasurable
from harness.statistics.board import Board

_DRAWS = 2000
_ROUNDING = 1e-9  # what it may hide of a target
_NOWHERE = Interval(math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Estimate:
    """A quantity with its interval, and what a reader must know of it."""

    interval: Interval
    notes: tuple[str, ...] = ()
    runs: int = 0
    proof: bool | None = None  # of equal answers: whether no run differed


@functools.singledispatch
def estimate(quantity: Quantity, board: Board) -> Estimate:
    """Estimate a quantity from the records of a board.

    Raises:
        Missing: where runs that it needs are not among the records.
        Unmeasurable: where such runs do not tell it.
    """
    raise NotImplementedError(f"{type(quantity).__name__} has no estimator")


@estimate.register
def _(quantity: Speedup, board: Board) -> Estimate:
    logs = [_log_times(board, quantity, case) for case in quantity.cases]
    if len(logs) == 1:
        slow, fast, _ = logs[0]
        found = _shift(slow, fast).map(_exp)
    else:
        found = intervals.mean([_between(slow, fast) for slow, fast, _ in logs]).map(_exp)
    notes = tuple(dict.fromkeys(note for *_, note in logs if note))
    if notes:  # a limit was reached, so that the ratio is at least this
        found = Interval(found.value, found.low, math.inf)
    return Estimate(found, notes, sum(len(slow) + len(fast) for slow, fast, _ in logs))


@estimate.register
def _(quantity: SpeedupGrowth, board: Board) -> Estimate:
    logs = [_log_times(board, quantity, case) for case in quantity.cases]
    ratios = [_between(slow, fast) for slow, fast, _ in logs]
    limited = [bool(note) for *_, note in logs]
    found, notes = _slope(board, quantity, ratios, limited)
    runs = sum(len(slow) + len(fast) for slow, fast, _ in logs)
    return Estimate(found, (*(note for *_, note in logs if note), *notes), runs)


@estimate.register
def _(quantity: Growth, board: Board) -> Estimate:
    values, limited, runs = [], [], 0
    for case in quantity.cases:
        if quantity.of in ("timing", "trace"):
            amounts, late = readings.times(board, quantity.solver, case, quantity.of)
        else:
            rows = readings.runs(board, quantity.solver, case)
            amounts, late = rows[quantity.of].mask(rows["failed"], math.inf).to_numpy(float), False
        known = amounts[amounts > 0]  # what was not counted is NaN
        if not len(known):
            raise Unmeasurable(f"{quantity.solver} on {case} tells no {quantity.of}")
        values.append(math.log(float(np.median(known))))
        limited.append(late)
        runs += len(known)
    found, notes = _slope(board, quantity, values, limited)
    return Estimate(found, notes, runs)


@estimate.register
def _(quantity: CostGap, board: Board) -> Estimate:
    pairs = [_bent(board, quantity, case) for case in quantity.cases]
    with np.errstate(invalid="ignore"):
        if len(pairs) == 1:
            found = _welch(*pairs[0])
        else:
            found = intervals.mean([float(a.mean() - b.mean()) for a, b in pairs])
    notes = () if math.isfinite(found.value) else ("a failed run counts as infinitely dear",)
    if len(pairs) == 1 and found.low == found.high and not notes:
        notes = ("no two seeds differ, so no chance is in the interval",)
    runs = sum(len(a) + len(b) for a, b in pairs)
    return Estimate(found.map(_expm1) if board.relative else found, notes, runs)


@estimate.register
def _(quantity: SameAnswers, board: Board) -> Estimate:
    same, differing = [], []
    for case in quantity.cases:
        sides = [readings.answers(board, name, case) for name in quantity.solvers]
        for seed in sorted(set(sides[0]) & set(sides[1])):
            one, other = sides[0][seed], sides[1][seed]
            same.append(bool(one) and one == other)
            if one and other and one != other:
                differing.append(f"{case}, seed {seed:g}")
    if not same:
        raise Missing("no seed was run by both")
    notes = (f"they differ on {'; '.join(differing[:3])}",) if differing else ()
    found = intervals.share(sum(same), len(same))
    return Estimate(found, notes, 2 * len(same), proof=all(same))


@estimate.register
def _(quantity: Level, board: Board) -> Estimate:
    cells = [
        readings.scores(board, quantity.solver, case, quantity.score) for case in quantity.cases
    ]
    values = np.concatenate(cells)
    if not all(map(len, cells)):
        return Estimate(_NOWHERE, runs=len(values))
    found = intervals.mean([float(cell.mean()) for cell in cells] if len(cells) > 1 else values)
    if np.isin(values, (0.0, 1.0)).all():
        pooled = intervals.share(int(values.sum()), len(values))
        if len(cells) == 1:
            found = pooled
        else:  # cases may agree by chance: no narrower than if all runs were of one case
            low, high = min(found.low, pooled.low), max(found.high, pooled.high)
            found = Interval(found.value, max(0.0, low), min(1.0, high))
    return Estimate(found, runs=len(values))


@estimate.register
def _(quantity: ScoreRatio, board: Board) -> Estimate:
    _all_run(board, quantity)
    pairs = [
        [readings.log_scores(board, name, case, quantity.score) for name in quantity.solvers]
        for case in quantity.cases
    ]
    runs = sum(len(side) for pair in pairs for side in pair)
    if not all(len(side) for pair in pairs for side in pair):
        return Estimate(_NOWHERE, runs=runs)
    if len(pairs) == 1:
        found = _welch(*pairs[0])
    else:
        found = intervals.mean([float(a.mean() - b.mean()) for a, b in pairs])
    return Estimate(found.map(_exp), runs=runs)


@estimate.register
def _(quantity: ScoreGrowth, board: Board) -> Estimate:
    _all_run(board, quantity)
    sides = [
        readings.log_scores(board, quantity.solver, case, quantity.score) for case in quantity.cases
    ]
    values = [float(side.mean()) if len(side) else math.inf for side in sides]
    found, notes = _slope(board, quantity, values, [False] * len(values))
    return Estimate(found, notes, sum(map(len, sides)))


@estimate.register
def _(quantity: CallsToTarget, board: Board) -> Estimate:
    rng = board.rng(quantity.words)
    calls = quantity.unit == "calls"
    points, ends, runs = [], [], 0
    for case in quantity.cases:
        sides = []
        for name in (quantity.rival, quantity.solver):
            readings.runs(board, name, case)
            target = max(quantity.target, _ROUNDING)
            lengths, reached = board.time_to(name, case, target, calls)
            if not np.isfinite(lengths).all():
                raise Unmeasurable(f"{name} on {case} tells no {quantity.unit}")
            draws = search_curves.drawn(lengths, reached, rng, _DRAWS)
            sides.append((search_curves.expected(lengths, reached), draws))
            runs += len(lengths)
        points.append(float(search_curves.log_ratio(sides[0][0], sides[1][0])))
        ends.append(intervals.percentiles(search_curves.log_ratio(sides[0][1], sides[1][1])))
    if len(points) == 1:
        low, high = map(float, ends[0])
        found = search_curves.opened(Interval(points[0], low, high))
    else:
        with np.errstate(invalid="ignore"):
            found = intervals.mean(points)
    never = "one of them never reached the target on some case"
    notes = () if math.isfinite(found.value) else (never,)
    return Estimate(found.map(_exp), notes, runs)


@estimate.register
def _(quantity: Dominance, board: Board) -> Estimate:
    rng = board.rng(quantity.words)
    points, draws, runs, least = [], [], 0, math.inf
    for case in quantity.cases:
        sides = []
        for name in (quantity.solver, quantity.rival):
            readings.runs(board, name, case)
            sides.append(_on_grid(board, name, case, quantity.over))
        grid = search_curves.grid([curve for side in sides for curve in side])
        if grid is None:
            raise Unmeasurable(f"no run on {case} left a curve over {quantity.over}")
        ours, theirs = (np.array([search_curves.held(c, grid) for c in side]) for side in sides)
        runs += len(ours) + len(theirs)
        least = min(least, len(ours), len(theirs))
        points.append(search_curves.better(np.median(ours, axis=0), np.median(theirs, axis=0)))
        again = [
            [np.median(search_curves.again(side, rng), axis=0) for side in (ours, theirs)]
            for _ in range(_DRAWS // 4)
        ]
        draws.append([search_curves.better(*medians) for medians in again])
    found = search_curves.share(points, np.array(draws), int(least))
    return Estimate(found, runs=runs)


def _all_run(board: Board, quantity: Quantity) -> None:
    """`Missing` where something was not run, which is told before what runs don't tell."""
    for case in quantity.cases:
        for name in quantity.solvers:
            readings.runs(board, name, case)


def _log_times(
    board: Board, quantity: Speedup | SpeedupGrowth, case: str
) -> tuple[np.ndarray, np.ndarray, str]:
    """Logarithms of the rival's and the solver's times, and a note where a limit stands in."""
    slow, limited = readings.times(board, quantity.rival, case, quantity.clock)
    fast, lost = readings.times(board, quantity.solver, case, quantity.clock)
    if lost:  # how much longer it would have gone on is not known
        fast = np.full(len(fast), math.inf)
    note = f"{quantity.rival} ran into its time limit on {case}, so it is more" if limited else ""
    return np.log(slow), np.log(fast), note


def _between(slow: np.ndarray, fast: np.ndarray) -> float:
    """The logarithm of the ratio of medians; failures of both are no answer."""
    first, second = float(np.median(slow)), float(np.median(fast))
    return math.nan if math.isinf(first) and math.isinf(second) else first - second


def _shift(slow: np.ndarray, fast: np.ndarray) -> Interval:
    with np.errstate(invalid="ignore"):
        return intervals.shift(slow, fast)


def _slope(
    board: Board,
    quantity: SpeedupGrowth | Growth | ScoreGrowth,
    values: Sequence[float],
    limited: Sequence[bool],
) -> tuple[Interval, tuple[str, ...]]:
    """The exponent: least squares of logarithms over the cases, with Student's t, and notes.

    What failed on a case would stand somewhere above, which leaves no interval. What ran into a
    limit would stand higher: on the larger cases that makes the exponent larger, and the interval
    is open upwards; on the smaller ones there is none.
    """
    sizes = np.array([board.sizes(case).get(quantity.by, math.nan) for case in quantity.cases])
    if not (sizes > 0).all() or len(np.unique(sizes)) < 2:
        raise Unmeasurable(f"the cases do not differ in a size {quantity.by!r}")
    x, y = np.log(sizes), np.asarray(values, float)
    known = np.isfinite(y)
    if len(np.unique(x[known])) < 2:
        return _NOWHERE, ()
    from scipy.stats import linregress, t

    line = linregress(x[known], y[known])
    slope = float(line.slope)
    if not known.all():
        lost = [case for case, there in zip(quantity.cases, known, strict=True) if not there]
        note = f"without {', '.join(lost)}, where runs failed"
        return Interval(slope, math.nan, math.nan), (note,)
    if len(x) < 3:
        return Interval(slope, math.nan, math.nan), ()
    reach = float(t.ppf(0.975, len(x) - 2) * line.stderr)
    if not any(limited):
        return Interval(slope, slope - reach, slope + reach), ()
    note = "runs at their time limit count with it, so it is more"
    if (x[np.array(limited)] >= x.mean()).all():
        return Interval(slope, slope - reach, math.inf), (note,)
    return Interval(slope, math.nan, math.nan), ("runs at small sizes ran into their time limit",)


def _bent(board: Board, quantity: CostGap, case: str) -> tuple[np.ndarray, np.ndarray]:
    """The costs of both on a case, as logarithms where costs are compared as ratios."""
    ours, theirs = (readings.costs(board, name, case) for name in (quantity.solver, quantity.rival))
    both = np.concatenate([ours, theirs])
    if not board.relative:
        return ours, theirs
    if (both == both[0]).all() and math.isfinite(both[0]):  # zero against zero, too
        return np.zeros(len(ours)), np.zeros(len(theirs))
    if both.min() <= 0:
        raise Unmeasurable(f"a cost on {case} is zero or less, and has no ratio")
    return np.log(ours), np.log(theirs)


def _welch(a: np.ndarray, b: np.ndarray) -> Interval:
    """The difference of two means; of no width where neither varies."""
    middle = float(a.mean() - b.mean())
    if not math.isfinite(middle):
        return Interval(middle, middle, middle)
    if min(len(a), len(b)) < 2:
        return Interval(middle, math.nan, math.nan)
    parts = [float(side.var(ddof=1)) / len(side) for side in (a, b)]
    total = sum(parts)
    if total == 0:
        return Interval(middle, middle, middle)
    from scipy.stats import t

    freedom = total**2 / sum(p**2 / (len(s) - 1) for p, s in zip(parts, (a, b), strict=True))
    reach = float(t.ppf(0.975, freedom)) * math.sqrt(total)
    return Interval(middle, middle - reach, middle + reach)


def _on_grid(
    board: Board, label: str, case: str, over: str
) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """(moments, how far above the reference, end) of each run; a failed one never has an answer."""
    found = []
    for curve in board.curves(label, case):
        x, end = (curve.calls, curve.calls_end) if over == "calls" else (curve.seconds, curve.end)
        none = np.empty(0)
        found.append((none, none, end) if curve.failed else (x, curve.above, end))
    return found


def _exp(value: float) -> float:
    return math.inf if value > 700 else math.exp(value)  # NaN stays NaN


def _expm1(value: float) -> float:
    return math.inf if value > 700 else math.expm1(value)


def kinds() -> Iterator[type[Any]]:
    """The kinds of quantities that have an estimator."""
    return (kind for kind in estimate.registry if kind is not object and kind is not Quantity)
