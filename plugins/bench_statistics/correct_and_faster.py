"""Correct and faster: on how many cases one solver is right and surely faster than another.

For each ordered pair, A counts as an improvement of B on a case if A is right there and at least
10 % faster: not by its median alone, but where the whole 95 % interval of the ratio of their times
(Hodges-Lehmann on logarithms, one value for each process) lies below 1 / 1.1. The figure is the
share of the cases on which both were tried. A wrong answer has no time: where B is wrong and A is
right, A is the improvement.

Why not the mean speed-up with a floor at 1, as edits of programs are often scored: the floor turns
noise into gains. Two identical programs with 5 % noise show a mean "speed-up" of 1.03, and of 1.08
for the best of eight tries; 9 % and 34 % of them look at least 10 % faster (measured by
simulation). The interval, not the floor, keeps noise out here.

Where costs differ, what is right hangs on a target; each target is a view. Times are those of
whole solves. Intervals of the shares are Wilson's over cases. They are for each pair by itself:
among many pairs, some will stand out by chance.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from bench_statistics._correct import main_view, meaning, right
from harness.api import Axis, Column, Finding, NotApplicable, Plot, Statistic, intervals

FACTOR = 1.1
_SHOWN = 40  # solvers in a matrix; more can't be read


@functools.cache
def outside(n: int, m: int) -> int:
    """How many of the n m differences lie beyond each end of `intervals.shift`; -1: no interval.

    Read off samples whose differences are the numbers 0 to n m - 1.
    """
    low = intervals.shift(np.arange(n) * float(m), -np.arange(float(m))).low
    return int(low) if np.isfinite(low) else -1


def surely_faster(values: list[np.ndarray], factor: float = FACTOR) -> np.ndarray:
    """bool[solvers, solvers]: whether row's time x factor is surely below column's on one case.

    The upper end of the interval of the shift of log times lies below -log(factor).

    Args:
        values: solver -> float[processes], seconds; empty where there are none.
    """
    logs = [np.sort(np.log(cell)) for cell in values]
    counts = np.array([len(cell) for cell in logs])
    whole = np.concatenate(logs) if logs else np.empty(0)
    owner = np.repeat(np.arange(len(logs)), counts)
    found = np.zeros((len(logs), len(logs)), bool)
    for i, mine in enumerate(logs):
        if not len(mine):
            continue
        # How many of my values are not faster than each value of the others, summed for each.
        slow = len(mine) - np.searchsorted(mine, whole - np.log(factor), side="left")
        not_faster = np.bincount(owner, weights=slow, minlength=len(logs))
        skip = np.array([outside(len(mine), int(n)) if n else -1 for n in counts])
        found[i] = (skip >= 0) & (not_faster <= skip)
        found[i, i] = False
    return found


def improvements(
    right: np.ndarray, times: list[list[np.ndarray]], factor: float = FACTOR
) -> tuple[np.ndarray, np.ndarray]:
    """On how many cases row is right and surely faster than column, and of how many.

    Args:
        right: float[solvers, cases]: 1 right, 0 wrong, NaN not tried.
        times: solver x case -> float[processes], seconds; empty where not timed.

    Returns:
        int[solvers, solvers] both. A case on which both are right and one of them was not timed
        tells nothing and is left out.
    """
    solvers, cases = right.shape
    better = np.zeros((solvers, solvers), int)
    known = np.zeros((solvers, solvers), int)
    for j in range(cases):
        good, wrong = right[:, j] == 1, right[:, j] == 0
        cells = [
            row[j] if ok and np.isfinite(row[j]).all() else np.empty(0)
            for row, ok in zip(times, good, strict=True)
        ]
        timed = np.array([len(cell) > 0 for cell in cells])
        by_default = np.outer(good, wrong)
        known += by_default | by_default.T | np.outer(wrong, wrong) | np.outer(timed, timed)
        better += by_default | surely_faster(cells, factor)
    return better, known


class CorrectAndFaster(Statistic):
    """A matrix of pairs: right, and at least 10 % faster beyond noise."""

    title = "Correct and faster"
    group = "pairs"
    source = "Shypula et al., Learning Performance-Improving Code Edits, ICLR 2024"
    papers = ("learning-performance-improving-code-edits",)

    def compute(self, board: Any) -> Finding:
        views = right(board)
        shown = main_view(views)
        if not any(len(cell) for row in board.time_values for cell in row):
            raise NotApplicable("Nothing was timed.")
        if len(board.labels) < 2:
            raise NotApplicable("There is one solver only; a pair needs two.")
        columns: dict[str, list[Any]] = {name: [] for name in ("row", "column", "value", "view")}
        rows: list[dict[str, Any]] = []
        for view, table in views.items():
            better, known = improvements(table, board.time_values)
            few = range(min(len(board.labels), _SHOWN))
            for i in few:
                for j in few:
                    if i != j and known[i, j]:
                        columns["row"].append(board.labels[i])
                        columns["column"].append(board.labels[j])
                        columns["value"].append(float(better[i, j] / known[i, j]))
                        columns["view"].append(view)
            if view == shown:
                rows = _rows(board, better, known)
        if not rows:
            raise NotApplicable("No two solvers were tried and timed on the same case.")
        rows.sort(key=lambda row: -row["better"])
        return Finding(
            _summary(rows), _COLUMNS, rows, (_plot(columns),), _notes(board, rows, meaning(shown))
        )


def _rows(board: Any, better: np.ndarray, known: np.ndarray) -> list[dict[str, Any]]:
    """A row for each solver: against all others together, and its best and worst rival."""
    rows = []
    for i, label in enumerate(board.labels):
        met = np.flatnonzero((known[i] > 0) & (np.arange(len(known)) != i))
        if not len(met):
            continue
        shares = better[i, met] / known[i, met]
        lost = better[met, i] / known[met, i]
        rival = int(np.argmax(lost))
        against = intervals.share(int(better[met[rival], i]), int(known[met[rival], i]))
        rows.append(
            {
                "label": label,
                "better": float(shares.mean()),
                "worse": float(lost.mean()),
                "rival": board.labels[met[rival]],
                "lost": against.value,
                "lost_low": against.low,
                "lost_high": against.high,
                "cases": int(known[i, met[rival]]),
            }
        )
    return rows


_COLUMNS = (
    Column("label", "Solver", "solver"),
    Column(
        "better",
        "Right and faster",
        "share",
        note="share of cases on which it is right and surely 10 % faster, mean over all others",
        better="high",
    ),
    Column(
        "worse",
        "Improved upon",
        "share",
        note="share of cases on which the other is right and surely 10 % faster, mean over others",
        better="low",
    ),
    Column("rival", "Strongest rival", "solver", note="who improves upon it on most cases"),
    Column(
        "lost",
        "Rival better",
        "share",
        "lost_low",
        "lost_high",
        note="share of cases on which that rival is right and surely 10 % faster",
        better="low",
    ),
    Column("cases", "Cases", "count", note="on which the two could be held against each other"),
)


def _plot(columns: dict[str, list[Any]]) -> Plot:
    return Plot(
        "matrix",
        "correct-and-faster",
        "Right and at least 10 % faster",
        Axis("share of cases", "share", low=0.0, high=1.0),
        Axis("", "solver"),
        columns,
        note=(
            "Share of the cases on which the solver of the row is right and faster than that of "
            "the column by 10 % beyond noise. Both cells of a pair may be small: what is left are "
            "ties."
        ),
        picker="target",
    )


def _summary(rows: list[dict[str, Any]]) -> str:
    first = rows[0]
    return (
        f"{first['label']} is right and at least 10 % faster, beyond noise, on "
        f"{first['better']:.0%} of the cases in the mean over all others. Its strongest rival, "
        f"{first['rival']}, is so on {first['lost']:.0%} of {first['cases']} cases (95 % interval "
        f"{first['lost_low']:.0%} to {first['lost_high']:.0%})."
    )


def _notes(board: Any, rows: list[dict[str, Any]], meant: str) -> tuple[str, ...]:
    said = [meant]
    least = min(
        (
            len(cell)
            for row in board.time_values
            for cell in row
            if np.isfinite(cell).all() and len(cell)
        ),
        default=0,
    )
    if least and outside(least, least) < 0:
        said.append(
            f"Some times have only {least} values. Of two such no 95 % interval can be made: "
            "there, neither counts as faster."
        )
    if len(board.labels) > _SHOWN:
        said.append(f"The matrix shows the first {_SHOWN} solvers of the leaderboard.")
    gone = [label for label in board.labels if label not in {row["label"] for row in rows}]
    if gone:
        said.append(f"Left out, as they share no timed case with another: {', '.join(gone)}.")
    return tuple(said)
