"""Compute-equivalent gain: how much more time the baseline would need for the same quality.

A solver ends with the quality q at the time C (medians over its runs of the final quality, and of
when it was first there). The baseline's anytime curve (the median over its runs of the cost so
far, at each time) is read at q: it is there at C_eq. The gain is C_eq / C; 5 says that the
baseline needs five times the time. Gains are compared on the logarithmic scale, and the median
over cases stands for the board.

The curve is made to fall by isotonic regression and is read by straight lines over the logarithm
of time; on a plateau the earliest time counts. On convex curves straight lines read a little too
late, and so favour the rival of the baseline.

Where the baseline never gets there, there is no C_eq, only a bound: its runs went on to their end
without it. The column "at least" puts the end of the baseline's runs in place of C_eq there, and
"beyond" is the share of such cases; a gain without a bound is shown as infinite, and no curve is
drawn beyond its data. Where the baseline's very first answer is as good already, the gain is at
most its time / C, which is what counts.

Two curves that cross have no single gain: the chart shows it against the time at which the solver
is read. The solver's own training, tuning or set-up outside its runs is not in C.

Intervals are percentiles of a two-stage bootstrap: cases with replacement, within each the runs of
both solvers. With few cases (fewer than 20) they are too narrow; with one case they speak of its
seeds only.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.api import Axis, Column, Finding, NotApplicable, Plot, Statistic, intervals

_DRAWS = 300  # each of them reads a curve for every solver and case
_LINES = 8  # solvers of the chart
_VIEWS = 24  # cases of the chart
_POINTS = 16  # of a line
_TICK = 1e-9  # seconds; a clock tells no less


def values_at(runs: list[tuple[np.ndarray, np.ndarray]], times: np.ndarray) -> np.ndarray:
    """The quality of each run at each time; infinite before its first answer.

    Args:
        runs: (seconds, quality) of each, float[points], seconds rising.
        times: float[times].

    Returns:
        float[runs, times].
    """
    found = np.full((len(runs), len(times)), np.inf)
    for row, (seconds, quality) in zip(found, runs, strict=True):
        last = np.searchsorted(seconds, times, side="right") - 1
        row[last >= 0] = quality[last[last >= 0]]
    return found


def falling(quality: np.ndarray) -> np.ndarray:
    """The isotonic regression of a curve that should fall; what is infinite at its start stays."""
    from scipy.optimize import isotonic_regression

    start = int(np.argmax(np.isfinite(quality))) if np.isfinite(quality).any() else len(quality)
    fitted = quality.astype(float).copy()
    if len(quality) - start > 1 and np.isfinite(quality[start:]).all():
        fitted[start:] = isotonic_regression(quality[start:], increasing=False).x
    return fitted


def budget_for(times: np.ndarray, curves: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """When a falling curve first has the wanted quality; infinite where it never has.

    Straight lines between points over the logarithm of time.

    Args:
        times: float[times], rising. curves: float[draws, times], falling along the last axis.
        wanted: float[draws].

    Returns:
        float[draws]; the first time at which there is an answer where that is good enough.
    """
    there = curves <= wanted[:, None]
    first = np.where(there.any(axis=1), there.argmax(axis=1), -1)
    rows = np.arange(len(curves))
    before = np.maximum(first - 1, 0)
    high, low = curves[rows, before], curves[rows, first]
    logs = np.log(times)
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(
            np.isfinite(high) & (high > low) & np.isfinite(wanted),
            (high - wanted) / (high - low),
            1,
        )
    part = np.where((first > 0) & (wanted > low), part, 1.0)
    found = np.exp(logs[before] + part * (logs[first] - logs[before]))
    return np.where(first < 0, np.inf, np.where(first == 0, times[0], found))


class _Runs:
    """The runs of one solver on one case, as arrays."""

    def __init__(self, curves: list[Any]) -> None:
        self.runs = [
            (np.maximum(curve.seconds, _TICK), curve.above)
            if len(curve.above) and not curve.failed
            else (np.empty(0), np.empty(0))
            for curve in curves
        ]
        self.end = float(np.median([max(curve.end, _TICK) for curve in curves]))
        self.last = np.array([q[-1] if len(q) else np.inf for _, q in self.runs])
        self.when = np.array(
            [
                seconds[np.flatnonzero(quality <= quality[-1])[0]] if len(quality) else np.inf
                for seconds, quality in self.runs
            ]
        )

    def times(self) -> np.ndarray:
        """All moments at which one of the runs had an answer."""
        return np.unique(np.concatenate([seconds for seconds, _ in self.runs]))


def _median(values: np.ndarray) -> np.ndarray:
    """The median over the last axis; infinite where the upper one of an even number is."""
    ordered = np.sort(values, axis=-1)
    count = ordered.shape[-1]
    half = ordered[..., count // 2]
    if count % 2:
        return np.asarray(half)
    with np.errstate(invalid="ignore"):  # two that are infinite, of either sign
        middle = (ordered[..., count // 2 - 1] + half) / 2
    return np.where(np.isfinite(half), middle, half)


class _Baseline:
    """The baseline's curve on one case, and draws of it over its runs."""

    def __init__(self, runs: _Runs, rng: np.random.Generator) -> None:
        self.end, self.grid = runs.end, runs.times()
        values = values_at(runs.runs, self.grid)
        picks = rng.integers(len(values), size=(_DRAWS, len(values)))
        picks[0] = np.arange(len(values))  # the runs themselves come first
        drawn = _median(np.moveaxis(values[picks], 1, -1))
        rises = (drawn[:, 1:] > drawn[:, :-1]).any(axis=1)
        for index in np.flatnonzero(rises):
            drawn[index] = falling(drawn[index])
        self.curves = drawn

    def gains(self, quality: np.ndarray, when: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """ln of the gain, and of the least that it is: float[draws] both, for each draw's point."""
        needed = budget_for(self.grid, self.curves[: len(quality)], quality)
        with np.errstate(invalid="ignore"):
            gain = np.log(needed) - np.log(when)
            least = np.log(np.where(np.isfinite(needed), needed, self.end)) - np.log(when)
        lost = ~np.isfinite(when)  # the solver has no answer: no time of the baseline is as bad
        return np.where(lost, -np.inf, gain), np.where(lost, -np.inf, least)


class ComputeEquivalentGain(Statistic):
    """The factor by which the baseline's time would have to grow to match a solver."""

    title = "Compute-equivalent gain"
    group = "target"
    source = (
        "Davidson et al., AI capabilities can be significantly improved without expensive "
        "retraining (2023)"
    )
    papers = ("ai-capabilities-can-significantly-improved",)

    def compute(self, board: Any) -> Finding:
        if not board.canonical:
            raise NotApplicable("There is no baseline against whose curve others could be read.")
        rng = board.rng("compute_equivalent_gain")
        bases = _bases(board, rng)
        rows, columns = [], {name: [] for name in ("label", "x", "y", "view")}
        for label in board.labels:
            if label == board.canonical:
                continue
            mine = {case: _Runs(found) for case in bases if (found := board.curves(label, case))}
            if not mine:
                continue
            rows.append(_row(label, mine, bases, rng))
            if len(rows) <= _LINES:
                for case in list(mine)[:_VIEWS]:
                    _line(columns, label, case, mine[case], bases[case])
        if not rows:
            raise NotApplicable("Only the baseline was run on the cases on which it has a curve.")
        rows.sort(key=lambda row: (-row["gain"], -row["least"]))
        return Finding(
            _summary(rows, board.canonical),
            _COLUMNS,
            rows,
            (_plot(columns, board.canonical),) if columns["label"] else (),
            _notes(board, bases, rows),
        )


def _bases(board: Any, rng: np.random.Generator) -> dict[str, _Baseline]:
    """The baseline's curve on each case on which most of its runs did not fail."""
    found = {}
    for case in board.cases:
        curves = board.curves(board.canonical, case)
        runs = _Runs(curves) if curves else None
        if runs is not None and np.isfinite(_median(runs.last)):
            found[case] = _Baseline(runs, rng)
    if not found:
        raise NotApplicable(
            f"{board.canonical}, the baseline, has no curve: most of its runs failed."
        )
    return found


def _row(
    label: str, mine: dict[str, _Runs], bases: dict[str, _Baseline], rng: np.random.Generator
) -> dict[str, Any]:
    gains = np.empty((_DRAWS, len(mine)))
    least = np.empty((_DRAWS, len(mine)))
    for j, (case, runs) in enumerate(mine.items()):
        picks = rng.integers(len(runs.last), size=(_DRAWS, len(runs.last)))
        picks[0] = np.arange(len(runs.last))
        gains[:, j], least[:, j] = bases[case].gains(
            _median(runs.last[picks]), _median(runs.when[picks])
        )
    places = rng.integers(len(mine), size=gains.shape)
    places[0] = np.arange(len(mine))
    rows = np.arange(_DRAWS)[:, None]
    drawn = np.exp(_median(gains[rows, places]))
    drawn_least = np.exp(_median(least[rows, places]))
    low, high = intervals.percentiles(drawn[1:])
    least_low, least_high = intervals.percentiles(drawn_least[1:])
    return {
        "label": label,
        "gain": float(drawn[0]),
        "gain_low": float(low),
        "gain_high": float(high),
        "least": float(drawn_least[0]),
        "least_low": float(least_low),
        "least_high": float(least_high),
        "beyond": float(np.isposinf(gains[0]).mean()),
        "lost": float(np.isneginf(gains[0]).mean()),
        "cases": len(mine),
    }


def _line(
    columns: dict[str, list[Any]], label: str, case: str, runs: _Runs, base: _Baseline
) -> None:
    """The gain at each time at which the solver might be read."""
    times = runs.times()
    if not len(times):
        return
    quality = _median(values_at(runs.runs, times).T)
    known = np.isfinite(quality)
    times, quality = times[known], np.minimum.accumulate(quality[known])
    new = np.flatnonzero(np.diff(quality, prepend=np.inf) < 0)
    chosen = np.unique(new[np.linspace(0, len(new) - 1, _POINTS).astype(int)]) if len(new) else new
    needed = budget_for(base.grid, np.repeat(base.curves[:1], len(chosen), 0), quality[chosen])
    for when, gain in zip(times[chosen], needed / times[chosen], strict=True):
        if np.isfinite(gain):
            for name, value in zip(columns, (label, float(when), float(gain), case), strict=True):
                columns[name].append(value)


_COLUMNS = (
    Column("label", "Solver", "solver"),
    Column(
        "gain",
        "Gain",
        "factor",
        "gain_low",
        "gain_high",
        note="time that the baseline needs for the same quality / the solver's; median of the "
        "cases; infinite where the baseline never gets there",
        better="high",
    ),
    Column(
        "least",
        "At least",
        "factor",
        "least_low",
        "least_high",
        note="the gain, with the end of the baseline's runs where it never gets there; median of "
        "the cases",
        better="high",
    ),
    Column(
        "beyond",
        "Beyond",
        "share",
        note="share of cases on which the baseline never gets there",
        better="high",
    ),
    Column("lost", "Failed", "share", note="share of cases without an answer", better="low"),
    Column("cases", "Cases", "count"),
)


def _plot(columns: dict[str, list[Any]], canonical: str) -> Plot:
    return Plot(
        "lines",
        "gain-by-time",
        f"Gain over {canonical}, by time",
        Axis("time of the solver [s]", "time", log=True),
        Axis("gain", "factor", log=True),
        columns,
        note=(
            f"How many times as long {canonical} needs for what the solver has at that time. A "
            "line ends where the baseline never gets as far. Medians over runs; no bands are "
            "drawn."
        ),
        picker="case",
    )


def _summary(rows: list[dict[str, Any]], canonical: str) -> str:
    first = rows[0]
    low, high = (f"{first[f'least_{end}']:.3g}" for end in ("low", "high"))
    if first["gain"] == 0:
        return f"No solver but {canonical} has an answer on most of the cases."
    if np.isfinite(first["gain"]):
        return (
            f"For the quality with which {first['label']} ends, {canonical} needs "
            f"{first['gain']:.3g} times as long in the median of {first['cases']} cases (95 % "
            f"interval {first['gain_low']:.3g} to {first['gain_high']:.3g})."
        )
    return (
        f"On {first['beyond']:.0%} of {first['cases']} cases {canonical} never gets to the quality "
        f"with which {first['label']} ends, so that there is only a bound: in the median of the "
        f"cases it ran {first['least']:.3g} times as long (95 % interval {low} to {high})."
    )


def _notes(board: Any, bases: dict[str, _Baseline], rows: list[dict[str, Any]]) -> tuple[str, ...]:
    said = [
        f"The baseline is {board.canonical}: of the baselines that which solved most cases, and "
        "the first by name among equals. Another one gives other gains."
    ]
    if len(bases) < len(board.cases):
        said.append(
            f"{len(board.cases) - len(bases)} of {len(board.cases)} cases are left out, as most of "
            "the baseline's runs failed there."
        )
    if len(bases) < 20:
        said.append(f"With {len(bases)} cases the intervals are rather too narrow.")
    if len(rows) > _LINES or len(bases) > _VIEWS:
        said.append(
            f"The chart shows the first {_LINES} solvers of the leaderboard and {_VIEWS} cases at "
            "most."
        )
    return tuple(said)
