"""Solved, solved at, how clean: three figures of repeated runs, each with its own interval.

Made for learners that solve a task with some seeds and miss it with others. A run has solved its
case if the answer that counts is within the target; it solved it at the time of its first such
answer. How clean the solution is, is its excess over the reference as a share of the excess that
the target allows: 0 is the reference itself, 1 has just made it.

Each figure has the interval that suits its values. Solved: Wilson's. Solved at, over the runs that
solved: the mean, with the profile likelihood of a gamma law,

    {mu: 2 (l(m) - max over k of l(mu, k)) <= 3.84},    m the mean of the values,

which is never negative and reaches further up than down. Excess left: the same of a beta law on
(0, 1), its mean by maximum likelihood; where a value is exactly 0 or 1 there is no such law, and
the plain mean is shown without an interval.

Read "solved" first. The other two are over solved runs only and so flatter whoever solves rarely:
the runs that would have taken longest are the ones left out. All intervals speak of these very
cases, with the seeds drawn again; where a table pools the runs of several cases, Wilson's interval
is too wide rather than too narrow. By simulation the gamma interval covers 0.92 to 0.96 for gamma
values from 7 to 100 runs, but about 0.85 for times with a heavy tail, such as log-normal ones with
a standard deviation of 1. A solver that makes no use of its seed has one run, however often it is
repeated: those whose costs never differ have no interval of the share solved.

Departs from the paper: its third figure is the sparsity of a network's weights. Its published
means of the second and third figure come from a search that can stop early and from a density
taken at the wrong point; the formulas here are those that it states.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from bench_statistics._cases import bar
from bench_statistics._likelihood import beta_mean, gamma_mean
from bench_statistics._targets import lead, meaning, times_to, unmoved
from harness.api import Axis, Column, Finding, NotApplicable, Plot, Statistic

Ends = tuple[np.ndarray, np.ndarray, np.ndarray]


def solved_at(samples: Sequence[np.ndarray]) -> Ends:
    """Mean and ends of its gamma interval for each sample of positive times, float[samples].

    NaN for an empty sample; ends are NaN for one value, or where all are equal.
    """
    count, mean, log_mean = (np.full(len(samples), np.nan) for _ in range(3))
    for i, values in enumerate(samples):
        count[i] = len(values)
        if len(values):
            mean[i], log_mean[i] = values.mean(), np.log(values).mean()
    low, high = gamma_mean(count, mean, log_mean)
    return mean, low, high


def excess_left(samples: Sequence[np.ndarray], top: float = 1.0) -> Ends:
    """Mean and ends of its beta interval for each sample of shares in [0, top], float[samples].

    Where the beta law does not apply, the plain mean without ends; NaN for an empty sample.
    """
    count, plain, log_mean, log_rest = (np.full(len(samples), np.nan) for _ in range(4))
    for i, values in enumerate(samples):
        count[i] = len(values)
        if len(values):
            share = np.clip(values / top, 0.0, 1.0)
            with np.errstate(divide="ignore"):
                log_mean[i], log_rest[i] = np.log(share).mean(), np.log1p(-share).mean()
            plain[i] = share.mean()
    mean, low, high = beta_mean(count, log_mean, log_rest)
    return np.where(np.isnan(mean), plain, mean) * top, low * top, high * top


class SuccessIntervals(Statistic):
    """Share of runs that solve, their time, and what excess they leave, by solver and case."""

    title = "Solved, solved at, how clean"
    group = "target"
    source = "Madsen and Rosenberg Johansen, Measuring arithmetic extrapolation performance (2019)"
    papers = ("measuring-arithmetic-extrapolation-performance",)

    def compute(self, board: Any) -> Finding:
        if max((len(cell) for row in board.above for cell in row), default=0) < 2:
            raise NotApplicable("No solver was run twice on a case, so that there is no rate.")
        still = unmoved(board)
        if len(still) == len(board.labels):
            raise NotApplicable(
                "No solver's cost depends on its seed here: runs are repeated, not drawn anew."
            )
        times = times_to(board)
        leading = lead(times)
        if not leading:
            raise NotApplicable("No run reached any target.")
        right = {name: _solved(board, name) for name in times}
        share = _Shares(still)
        rows = [_row(label, i, right, leading, share) for i, label in enumerate(board.labels)]
        rows.sort(key=lambda row: -row["solved"])
        top = rows[0]
        sure = f" (95 %: {top['low']:.1%} to {top['high']:.1%})" if top["low"] == top["low"] else ""
        mixed = sum(row["some"] > 0 for row in rows)
        return Finding(
            f"{top['label']} brought {top['solved']:.1%} of its {top['runs']} runs to "
            f"{meaning(board, leading)}{sure}. "
            f"{mixed} of {len(rows)} solvers solve some case with some seeds only.",
            _columns(list(times), leading),
            rows,
            (
                _pooled(board, right, share),
                *_by_case(board, right[leading], times[leading], leading, share),
            ),
            _notes(board, still),
        )


def _solved(board: Any, target: str) -> list[list[np.ndarray]]:
    """Solver x case -> bool[seeds]: whether the answer that counts is within the target."""
    limits = [board.targets(case)[target] for case in board.cases]
    return [[cell <= limit for cell, limit in zip(row, limits, strict=True)] for row in board.above]


class _Shares:
    """Wilson's intervals of shares of runs; without ends for solvers that are not sampled."""

    def __init__(self, still: list[str]) -> None:
        self._still = frozenset(still)
        self._wilson: dict[tuple[int, int], tuple[float, float, float]] = {}

    def __call__(self, label: str, solved: int, runs: int) -> tuple[float, float, float]:
        from harness.api import intervals

        if (solved, runs) not in self._wilson:
            found = intervals.share(solved, runs)
            self._wilson[solved, runs] = (found.value, found.low, found.high)
        value, low, high = self._wilson[solved, runs]
        return (value, math.nan, math.nan) if label in self._still else (value, low, high)


def _row(label: str, i: int, right: Any, leading: str, share: _Shares) -> dict[str, Any]:
    cells = [cell for cell in right[leading][i] if len(cell)]
    runs = sum(len(cell) for cell in cells)
    value, low, high = share(label, int(sum(cell.sum() for cell in cells)), runs)
    row = {
        "label": label,
        "solved": value,
        "low": low,
        "high": high,
        "runs": runs,
        "always": sum(bool(cell.all()) for cell in cells),
        "some": sum(bool(cell.any() and not cell.all()) for cell in cells),
        "never": sum(not cell.any() for cell in cells),
    }
    for place, table in enumerate(right.values()):
        row[f"solved{place}"] = float(np.concatenate(table[i]).mean())
    return row


def _columns(targets: list[str], leading: str) -> tuple[Column, ...]:
    return (
        Column("label", "Solver", "solver"),
        Column(
            "solved",
            f"Solved, {leading}",
            "share",
            "low",
            "high",
            note="of all runs; Wilson's interval, for these cases",
            better="high",
        ),
        Column("runs", "Runs", "count"),
        Column("always", "Always", "count", note="cases that all runs solved", better="high"),
        Column("some", "At times", "count", note="cases that some runs solved"),
        Column("never", "Never", "count", note="cases that no run solved", better="low"),
        *(
            Column(f"solved{place}", f"Solved, {name}", "share", better="high")
            for place, name in enumerate(targets)
            if name != leading
        ),
    )


def _pooled(board: Any, right: Any, share: _Shares) -> Plot:
    drawn: dict[str, list[Any]] = {key: [] for key in ("view", "label", "x", "low", "high")}
    for target, table in right.items():
        for label, row in zip(board.labels, table, strict=True):
            flat = np.concatenate(row)
            found = share(label, int(flat.sum()), len(flat))
            values = (target, label, *bar(*found))
            for key, value in zip(drawn, values, strict=True):
                drawn[key].append(value)
    return Plot(
        "intervals",
        "solved",
        "Share of runs that solve",
        Axis("share of runs", "share", low=0.0, high=1.0),
        Axis("solver", "solver"),
        drawn,
        note="Wilson's 95 %, the runs of all cases together; a point without a bar has none.",
        picker="target",
    )


def _by_case(board: Any, right: Any, times: Any, leading: str, share: _Shares) -> list[Plot]:
    """For each case: share solved, time to it, and excess left."""
    names = [(case, label) for case in board.cases for label in board.labels]
    cells = [
        (right[i][j], times[i][j], board.above[i][j] / board.targets(case)[leading])
        for j, case in enumerate(board.cases)
        for i in range(len(board.labels))
    ]
    rates = [
        share(label, int(good.sum()), len(good))
        for (_, label), (good, _, _) in zip(names, cells, strict=True)
    ]
    solved = tuple(np.array(rates).T)
    at = solved_at([when[good & np.isfinite(when) & (when > 0)] for good, when, _ in cells])
    left = excess_left([np.maximum(excess[good], 0.0) for good, _, excess in cells])
    label = Axis("solver", "solver")
    only = "over solved runs only; look at the share of them first."
    return [
        Plot(
            "intervals",
            name,
            title,
            axis,
            label,
            _kept(names, values),
            note=f"Target: {leading}. {note} A point without a bar has no interval.",
            picker="case",
        )
        for name, title, axis, values, note in (
            (
                *("solved-by-case", "Share of runs that solve, by case"),
                *(Axis("share of runs", "share", low=0.0, high=1.0), solved),
                "Wilson's 95 %.",
            ),
            (
                *("solved-at", "Solved at, by case"),
                *(Axis("mean seconds until solved", "time", log=True), at),
                f"Profile likelihood of a gamma law, 95 %, {only}",
            ),
            (
                *("excess-left", "Excess left, by case"),
                *(Axis("share of the allowed excess", "share", low=0.0, high=1.0), left),
                f"Profile likelihood of a beta law, 95 %, {only}",
            ),
        )
    ]


def _kept(names: list[tuple[str, str]], values: Ends) -> dict[str, list[Any]]:
    """The columns of a plot of intervals; cells without a value are left out."""
    drawn: dict[str, list[Any]] = {key: [] for key in ("view", "label", "x", "low", "high")}
    for (case, label), *ends in zip(names, *values, strict=True):
        if not np.isfinite(ends[0]):
            continue
        drawn["view"].append(case)
        drawn["label"].append(label)
        for key, end in zip(("x", "low", "high"), bar(*ends), strict=True):
            drawn[key].append(end)
    return drawn


def _notes(board: Any, still: list[str]) -> tuple[str, ...]:
    said = []
    if still:
        said.append(
            f"The same cost with every seed, on every case: {', '.join(still)}. Runs that repeat "
            "each other are one run, so that the share solved has no interval there."
        )
    counts = [len(cell) for row in board.above for cell in row if len(cell)]
    if min(counts) < 10:
        said.append(
            f"With as few as {min(counts)} runs of a solver on a case, plots of a case say little."
        )
    return tuple(said)
