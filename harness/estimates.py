"""The quantities that claims are about, estimated from a board, each with its 95 % interval.

On one case an interval speaks of that instance: of its worker processes or its seeds. Over several
it is Student's t over the cases' own values, as those are what is independent; a bootstrap over
seeds alone covers half of what it says. Failed runs count: as infinitely slow, as infinitely dear,
as runs that never reach a target.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness import intervals
from harness.claim import (
    CallsToTarget,
    CostGap,
    Dominance,
    Growth,
    Level,
    Quantity,
    SameAnswers,
    Speedup,
    SpeedupGrowth,
)
from harness.intervals import Interval
from harness.statistics.board import Board

_DRAWS = 2000
_GRID = 50  # points of a curve
_NOWHERE = Interval(math.nan, math.nan, math.nan)


class Missing(Exception):
    """What has not been run, a sentence."""


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
    runs = sum(len(slow) + len(fast) for slow, fast, _ in logs)
    notes = tuple(dict.fromkeys(note for *_, note in logs if note))
    return Estimate(_slope(board, quantity.cases, quantity.by, ratios), notes, runs)


@estimate.register
def _(quantity: Growth, board: Board) -> Estimate:
    values, runs = [], 0
    for case in quantity.cases:
        if quantity.of in ("timing", "trace"):
            amounts, _ = _times(board, quantity.solver, case, quantity.of)
        else:
            rows = _runs(board, quantity.solver, case)
            amounts = rows.loc[~rows["failed"], quantity.of].to_numpy(float)
        known = amounts[np.isfinite(amounts) & (amounts > 0)]
        values.append(math.log(float(np.median(known))) if len(known) else math.nan)
        runs += len(known)
    return Estimate(_slope(board, quantity.cases, quantity.by, values), runs=runs)


@estimate.register
def _(quantity: CostGap, board: Board) -> Estimate:
    bend: Callable[[Any], Any] = np.log if board.relative else lambda costs: costs
    pairs = [
        (bend(_costs(board, quantity.solver, case)), bend(_costs(board, quantity.rival, case)))
        for case in quantity.cases
    ]
    with np.errstate(invalid="ignore"):
        if len(pairs) == 1:
            found = _welch(*pairs[0])
        else:
            found = intervals.mean([float(a.mean() - b.mean()) for a, b in pairs])
    notes = ("a failed run counts as infinitely dear",) if math.isinf(found.value) else ()
    runs = sum(len(a) + len(b) for a, b in pairs)
    return Estimate(found.map(_expm1) if board.relative else found, notes, runs)


@estimate.register
def _(quantity: SameAnswers, board: Board) -> Estimate:
    same, differing = [], []
    for case in quantity.cases:
        sides = [_answers(board, name, case) for name in quantity.solvers]
        for seed in sorted(set(sides[0]) & set(sides[1])):
            equal = bool(sides[0][seed]) and sides[0][seed] == sides[1][seed]
            same.append(equal)
            if not equal:
                differing.append(f"{case}, seed {seed:g}")
    if not same:
        raise Missing("no seed was run by both")
    notes = (f"they differ on {'; '.join(differing[:3])}",) if differing else ()
    found = intervals.share(sum(same), len(same))
    return Estimate(found, notes, 2 * len(same), proof=not differing)


@estimate.register
def _(quantity: Level, board: Board) -> Estimate:
    cells = [_scores(board, quantity.solver, case, quantity.score) for case in quantity.cases]
    values = np.concatenate(cells)
    if len(cells) > 1:
        found = intervals.mean([float(cell.mean()) for cell in cells])
    elif np.isin(values, (0.0, 1.0)).all():
        found = intervals.share(int(values.sum()), len(values))
    else:
        found = intervals.mean(values)
    return Estimate(found, runs=len(values))


@estimate.register
def _(quantity: CallsToTarget, board: Board) -> Estimate:
    rng = board.rng(quantity.words)
    calls = quantity.unit == "calls"
    points, draws, runs = [], [], 0
    for case in quantity.cases:
        sides = []
        for name in (quantity.rival, quantity.solver):
            _runs(board, name, case)
            lengths, reached = board.time_to(name, case, quantity.target, calls)
            if not np.isfinite(lengths).all():
                raise Missing(f"{name} on {case} tells no {quantity.unit}")
            sides.append((_expected(lengths, reached), _drawn(lengths, reached, rng)))
            runs += len(lengths)
        points.append(_log_ratio(sides[0][0], sides[1][0]))
        draws.append(_log_ratio(sides[0][1], sides[1][1]))
    table = np.array(draws)  # cases x draws
    if len(points) > 1:
        picks = rng.integers(len(points), size=(len(points), _DRAWS))
        table = table[picks, np.arange(_DRAWS)]
    low, high = intervals.percentiles(table.mean(axis=0))
    with np.errstate(invalid="ignore"):
        middle = float(np.mean(points))
    notes = () if math.isfinite(middle) else ("one of them never reached the target on some case",)
    return Estimate(Interval(middle, float(low), float(high)).map(_exp), notes, runs)


@estimate.register
def _(quantity: Dominance, board: Board) -> Estimate:
    rng = board.rng(quantity.words)
    points, draws, runs = [], [], 0
    for case in quantity.cases:
        sides = []
        for name in (quantity.solver, quantity.rival):
            _runs(board, name, case)
            sides.append(_on_grid(board, name, case, quantity.over))
        grid = _grid([curve for side in sides for curve in side])
        if grid is None:
            raise Missing(f"no run on {case} left a curve over {quantity.over}")
        ours, theirs = (np.array([_held(curve, grid) for curve in side]) for side in sides)
        runs += len(ours) + len(theirs)
        points.append(_better(np.median(ours, axis=0), np.median(theirs, axis=0)))
        picked = [
            _better(np.median(_again(ours, rng), axis=0), np.median(_again(theirs, rng), axis=0))
            for _ in range(_DRAWS // 4)
        ]
        draws.append(picked)
    low, high = intervals.percentiles(np.array(draws).mean(axis=0))
    middle = float(np.mean(points))
    return Estimate(Interval(middle, min(middle, float(low)), max(middle, float(high))), runs=runs)


def _runs(board: Board, label: str, case: str) -> Any:
    """The traced runs of a solver on a case, which must be there."""
    chosen = board.traces[(board.traces["label"] == label) & (board.traces["case"] == case)]
    chosen = chosen[chosen["status"] != "skipped"]
    if chosen.empty:
        raise Missing(f"{label} was not run on {case}")
    return chosen


def _answers(board: Board, label: str, case: str) -> dict[float, str]:
    """Seed -> digest of the answer; empty for a failed run."""
    rows = _runs(board, label, case)
    if (rows["answer"].eq("") & ~rows["failed"]).any():
        raise Missing(f"the records of {label} on {case} are too old to tell its answers")
    return dict(zip(rows["seed"], rows["answer"].where(~rows["failed"], ""), strict=True))


def _times(board: Board, label: str, case: str, clock: str) -> tuple[np.ndarray, bool]:
    """Seconds of each process or run, infinite for failures; whether a limit stands for some."""
    rows = _runs(board, label, case)
    if clock == "timing":
        if label not in board.labels:
            raise Missing(f"{label} was not timed on {case}")
        values = board.time_values[board.labels.index(label)][board.cases.index(case)]
        if not len(values):
            raise Missing(f"{label} was not timed on {case}")
        return values, False
    found, limited = [], False
    for row in rows.itertuples():
        if row.status == "timeout":
            found.append(float(row.budget.get("timeout", math.inf)))
            limited = True
        else:
            found.append(math.inf if row.failed else float(row.seconds))
    return np.array(found), limited


def _log_times(
    board: Board, quantity: Speedup | SpeedupGrowth, case: str
) -> tuple[np.ndarray, np.ndarray, str]:
    """Logarithms of the rival's and the solver's times, and a note where a limit stands in."""
    slow, limited = _times(board, quantity.rival, case, quantity.clock)
    fast, lost = _times(board, quantity.solver, case, quantity.clock)
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


def _slope(board: Board, cases: Sequence[str], by: str, values: Sequence[float]) -> Interval:
    """The exponent: least squares of logarithms over the cases, with Student's t."""
    sizes = np.array([board.sizes(case).get(by, math.nan) for case in cases], float)
    y = np.asarray(values, float)
    known = np.isfinite(y) & (sizes > 0)
    x, y = np.log(sizes[known]), y[known]
    if len(np.unique(x)) < 2:
        raise Missing(f"fewer than two cases differ in {by}")
    from scipy.stats import linregress, t

    line = linregress(x, y)
    if len(x) < 3:
        return Interval(float(line.slope), math.nan, math.nan)
    reach = float(t.ppf(0.975, len(x) - 2) * line.stderr)
    return Interval(float(line.slope), float(line.slope) - reach, float(line.slope) + reach)


def _costs(board: Board, label: str, case: str) -> np.ndarray:
    rows = _runs(board, label, case)
    costs: np.ndarray = rows["cost"].mask(rows["failed"], math.inf).to_numpy(float)
    return costs


def _scores(board: Board, label: str, case: str, name: str) -> np.ndarray:
    if not name:
        return _costs(board, label, case)
    rows = _runs(board, label, case)
    found = [
        math.nan if row.failed else float(row.scores.get(name, math.nan))
        for row in rows.itertuples()
    ]
    if np.isnan(found).all():
        raise Missing(f"{label} on {case} has no score {name!r}")
    return np.array([value for value in found if not math.isnan(value)])


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


def _expected(lengths: np.ndarray, reached: np.ndarray) -> float:
    """Expected length until the first success, with runs started again; infinite without one."""
    return float(lengths.sum() / reached.sum()) if reached.any() else math.inf


def _drawn(lengths: np.ndarray, reached: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draws of that: Jeffreys' law for the chance of success, lengths drawn again, float[draws].

    A bootstrap over runs fails where few fail or few succeed.
    """
    if not reached.any():
        return np.full(_DRAWS, math.inf)
    good, bad = lengths[reached], lengths[~reached]
    chance = rng.beta(len(good) + 0.5, len(bad) + 0.5, _DRAWS)
    success = rng.choice(good, (_DRAWS, len(good))).mean(axis=1)
    if not len(bad):
        bad = good
    failure = rng.choice(bad, (_DRAWS, len(bad))).mean(axis=1)
    drawn: np.ndarray = success + (1 - chance) / chance * failure
    return drawn


def _log_ratio(above: Any, below: Any) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(above) - np.log(below)


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


def _grid(curves: Sequence[tuple[np.ndarray, np.ndarray, float]]) -> np.ndarray | None:
    first = [x[0] for x, _, _ in curves if len(x)]
    ends = [end for x, _, end in curves if len(x) and end > 0]
    if not first or not ends:
        return None
    low = max(max(first), 1e-9)
    return np.geomspace(low, max(max(ends), low * 1.001), _GRID)


def _held(curve: tuple[np.ndarray, np.ndarray, float], grid: np.ndarray) -> np.ndarray:
    """The value of a step function on a grid; infinite before its first point."""
    x, y, _ = curve
    index = np.searchsorted(x, grid, side="right") - 1
    return np.where(index >= 0, y[np.maximum(index, 0)] if len(y) else math.inf, math.inf)


def _again(curves: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    drawn: np.ndarray = curves[rng.integers(len(curves), size=len(curves))]
    return drawn


def _better(ours: np.ndarray, theirs: np.ndarray) -> float:
    return float((ours <= theirs + 1e-9 * np.abs(np.where(np.isfinite(theirs), theirs, 0))).mean())


def _exp(value: float) -> float:
    return math.inf if value > 700 else math.exp(value)  # NaN stays NaN


def _expm1(value: float) -> float:
    return math.inf if value > 700 else math.expm1(value)


def kinds() -> Iterator[type[Any]]:
    """The kinds of quantities that have an estimator."""
    return (kind for kind in estimate.registry if kind is not object and kind is not Quantity)
