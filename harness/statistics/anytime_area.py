"""Anytime area: how far from the reference a solver was, over all of its time.

One number for the whole curve of a run, as time and quality both count. Let

    q(t) = log10(d(t) / 1e-4) / 4, cut at 0 and 1,

where d is how far the latest answer at time t is above the reference, as a share of the reference
cost (or, where costs are compared as differences, of the distance of a median first answer). So q
is 1 at 100 % above the reference or more, and before the first answer; 0 at 0.01 % or less; and
falls by a quarter with each factor of ten. The area is the mean of q over log t, from the first
answer that any run on the case had to the end of the longest: the same ends for all solvers of a
case. 0 means there at once, 1 never. A run that ended keeps its last answer; a failed one has 1.

How to read it: smaller is better. A solver wins by being early, by ending well, or both, and the
area doesn't tell which: the statistics on fixed budgets and fixed targets do. On the log scale the
time from 1 ms to 10 ms weighs as much as that from 1 s to 10 s. The end of the longest run hangs on
who takes part: one very slow solver stretches the axis, and all others' areas draw together,
though on one case it does not change the order of those that have ended.

The score is the mean over cases, each the mean over its seeds. Its interval is a two-stage
bootstrap (cases, the same for all solvers, then seeds within each; percentiles).
Measured by simulation such intervals cover .92 to .96 with 25 cases and some .88 with 8. The
difference to the leader is of the same draws, so that what is hard for both cancels out; each is
looked at by itself. With one case all this speaks of its seeds only.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from harness import intervals
from harness.findings import Axis, Column, Finding, NotApplicable, Plot, Statistic
from harness.formats import count, listed, percent
from harness.statistics._runtimes import (
    LEAST_SECONDS,
    pool,
    pool_notes,
    scale_note,
    scales,
    span,
    tried_of,
)

_DRAWS = 500
WORST, BEST = 1.0, 1e-4  # shares above the reference between which quality is told


def quality(above: np.ndarray) -> np.ndarray:
    """q of distances to the reference, given as shares: 1 at `WORST` or more, 0 at `BEST`."""
    with np.errstate(divide="ignore", invalid="ignore"):
        decades = np.log10(np.maximum(above, 0.0) / BEST) / np.log10(WORST / BEST)
    q: np.ndarray = np.clip(decades, 0.0, 1.0)
    return q


def areas(
    seconds: np.ndarray, q: np.ndarray, start: np.ndarray, first: np.ndarray, last: np.ndarray
) -> np.ndarray:
    """The mean of q over log time of each run.

    Args:
        seconds, q: float[points], of all runs one after another: when an answer came, and its
            quality, which holds until the next one.
        start: int[runs + 1], where each run's points begin.
        first, last: float[runs], positive, the ends of the time; where they are equal, the answer
            at that time counts.

    Returns:
        float[runs]; 1 for a run without points.
    """
    found = np.ones(len(start) - 1)
    points = np.diff(start)
    some = np.flatnonzero(points)
    if not len(some):
        return found
    run = np.repeat(np.arange(len(points)), points)
    at = np.log(np.clip(seconds, first[run], last[run]))
    until = np.append(at[1:], 0.0)
    until[start[1:][some] - 1] = np.log(last)[some]
    width = np.log(last) - np.log(first)
    begins = start[:-1][some]
    early = at[begins] - np.log(first)[some]  # before the first answer
    total = early + np.add.reduceat(q * (until - at), begins)
    with np.errstate(divide="ignore", invalid="ignore"):
        found[some] = total / width[some]
    # No time between the ends: what is there at that moment counts.
    there = (seconds <= last[run]).astype(int)
    made = np.zeros(len(points), int)
    made[some] = np.add.reduceat(there, begins)
    for r in some[width[some] <= 0]:
        found[r] = q[start[r] + made[r] - 1] if made[r] else 1.0
    return np.clip(found, 0.0, 1.0)


class AnytimeArea(Statistic):
    """The area under log distance over log time."""

    title = "Anytime area"
    group = "target"
    source = (
        "López-Ibáñez and Stützle, Automatically improving the anytime behaviour of optimisation "
        "algorithms, European Journal of Operational Research 235 (2014)"
    )

    def compute(self, board: Any) -> Finding:
        tried = tried_of(board)
        solvers, cases = pool(tried)
        cells = board.runs.spread(_of_runs(board))
        untried = np.ones(1)
        kept = [
            [
                one[~np.isnan(one)] if tried[i, j] else untried
                for j, one in zip(cases, row, strict=True)
            ]
            for i, row in zip(solvers, cells[np.ix_(solvers, cases)], strict=True)
        ]
        labels = [board.labels[i] for i in solvers]
        middle = np.array([[cell.mean() for cell in row] for row in kept]).mean(axis=1)
        drawn, _ = intervals.two_stage(kept, board.rng("anytime_area"), _DRAWS)
        rows, level = _rows(middle, drawn.mean(axis=2), labels)
        return Finding(
            _summary(rows, level, len(cases)),
            _COLUMNS,
            rows,
            (_plot(rows),),
            (
                f"Distances: {scale_note(board)}.",
                *pool_notes(board, tried, solvers, cases),
            ),
        )


def _of_runs(board: Any) -> np.ndarray:
    """float[runs]: the area of each run, between the ends of its case."""
    runs = board.runs
    good = ~runs.failed
    first = np.full(len(board.cases), np.inf)
    last = np.full(len(board.cases), LEAST_SECONDS)
    of_points = np.repeat(np.arange(len(good)), np.diff(runs.start))
    chosen = good[of_points]
    seconds = np.maximum(runs.seconds, LEAST_SECONDS)
    np.minimum.at(first, runs.case[of_points][chosen], seconds[chosen])
    np.maximum.at(last, runs.case[of_points][chosen], seconds[chosen])
    ended = good & np.isfinite(runs.end)
    np.maximum.at(last, runs.case[ended], runs.end[ended])
    if not np.isfinite(first).any():
        raise NotApplicable("No run has an answer that counts.")
    first = np.minimum(first, last)
    q = quality(runs.above / scales(board)[runs.case[of_points]])
    found = areas(seconds, q, runs.start, first[runs.case], last[runs.case])
    return np.where(good, found, 1.0)


def _rows(
    middle: np.ndarray, drawn: np.ndarray, labels: list[str]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Rows, best first, and the labels that can't be told apart from the first."""
    best = int(np.argmin(middle))
    low, high = intervals.percentiles(drawn)
    behind = drawn - drawn[:, best : best + 1]
    less, more = intervals.percentiles(behind)
    rows, level = [], []
    for i, label in enumerate(labels):
        rows.append(
            {
                "label": label,
                "area": float(middle[i]),
                "low": float(min(low[i], middle[i])),
                "high": float(max(high[i], middle[i])),
                "behind": float(middle[i] - middle[best]),
                "less": np.nan if i == best else float(less[i]),
                "more": np.nan if i == best else float(more[i]),
            }
        )
        if i != best and less[i] <= 0:
            level.append(label)
    return sorted(rows, key=lambda row: row["area"]), level


_COLUMNS = (
    Column(
        "label",
        "Solver",
        "solver",
    ),
    Column(
        "area",
        "Area",
        "share",
        "low",
        "high",
        "mean of the log distance to the reference over log time; 0 %: there at once, 100 %: never",
        "low",
    ),
    Column(
        "behind",
        "Behind the first",
        "share",
        "less",
        "more",
        "difference of the areas; an interval that holds 0 is no difference",
    ),
)


def _summary(rows: list[dict[str, Any]], level: list[str], cases: int) -> str:
    best = rows[0]
    said = (
        f"{best['label']} has the smallest area, {percent(best['area'])}"
        f"{span(best['low'], best['high'], percent)} over {count(cases, 'case')}"
    )
    if len(rows) == 1:
        return f"{said}."
    if level:
        return f"{said}; {listed(level)} can't be told apart from it."
    less, more = (f"{100 * rows[1][end]:.1f}" for end in ("less", "more"))
    return (
        f"{said}; all others are behind, {rows[1]['label']} by {less} to {more} percentage points."
    )


def _plot(rows: list[dict[str, Any]]) -> Plot:
    return Plot(
        "intervals",
        "area",
        "Anytime area",
        Axis("area under log distance over log time", "share", low=0.0, high=1.0),
        Axis("", "text"),
        {
            "label": [row["label"] for row in rows],
            "x": [row["area"] for row in rows],
            "low": [row["low"] for row in rows],
            "high": [row["high"] for row in rows],
        },
        note="Smaller is better. 95 % intervals by a two-stage bootstrap over cases and seeds.",
    )
