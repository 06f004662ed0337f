"""Quality against latency: what a solver of an online problem gives, and how soon it answers.

An index that finds everything and one that answers at once are both easy; what counts is what is
found in how much time. Each setting of a solver is a point of each case: its cost, which is 1 -
recall where neighbours are searched, and the median time between an event and its answer, which the
harness stamps. A line joins the settings of one solver that no other setting of its own beats in
both. Towards the lower left is better. Run a solver with several settings to see its line:
`-s hnsw,hnsw[ef=32],hnsw[ef=128]`.

A setting is on the frontier of a case if no other one, of whatever solver, is at least as good in
both and better in one. The table tells on how many cases it is, and the medians, which are
geometric means over the cases that most solvers answered; their interval is Student's t on
logarithms over these cases. The time before the first event was asked for, in which an index is
built, is no latency and stands beside it. What is queries per second elsewhere is 1 / latency of
one thread that answers one query at a time; batches are another matter.

Latencies are those of traced runs, one process each, which a busy machine disturbs; where two
solvers are within a tenth of each other, time them again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness import intervals
from harness.findings import Axis, Column, Finding, NotApplicable, Plot, Statistic
from harness.intervals import Interval
from harness.record import ONLINE_TIMES

_BOTH = ("cost", "p50")
_NONE = Interval(math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Point:
    """A setting on a case: mean cost, and medians over seeds of seconds."""

    cost: float
    p50: float
    p99: float
    build: float


def on_frontier(costs: np.ndarray, times: np.ndarray) -> np.ndarray:
    """bool[points]: which are beaten by no other in both.

    Args:
        costs, times: float[points], smaller being better.
    """
    order = np.lexsort((times, costs))
    found = np.zeros(len(costs), bool)
    least, at = math.inf, math.nan
    for i in order:
        # Equals of the one that holds the frontier are on it, too.
        if times[i] < least or (times[i] == least and costs[i] == at):
            found[i] = True
            least, at = times[i], costs[i]
    return found


class Latency(Statistic):
    """Cost and latency of every setting."""

    title = "Quality against latency"
    group = "time"
    source = (
        "Aumüller, Bernhardsson and Faithfull, ANN-Benchmarks: a benchmarking tool for "
        "approximate nearest neighbor algorithms, Information Systems 87 (2020)"
    )
    leading = True

    def compute(self, board: Any) -> Finding:
        if board.kind != "online":
            raise NotApplicable("Only online problems have a latency: one answer for each event.")
        points = _points(board)
        if not points:
            raise NotApplicable("No run that ended well tells its latencies.")
        frontier = _frontier(points)
        cases = [
            case
            for case in board.cases
            if 2 * sum((label, case) in points for label in board.labels) >= len(board.labels)
        ]
        rows = [_row(label, cases, points, frontier) for label in board.labels]
        rows = [row for row in rows if row["cases"]]
        rows.sort(key=lambda row: (-row["frontier"], row["missing"], row["p50"]))
        return Finding(
            _summary(rows, cases),
            (
                Column("label", "Solver", "solver"),
                Column("frontier", "On the frontier", "count", note="of so many cases"),
                Column("cases", "Cases", "count", note="that it answered"),
                Column("cost", board.cost_name, "number", note="mean over cases", better="low"),
                Column("p50", "Median", "time", "low", "high", better="low"),
                Column("p99", "99 %", "time", note="of 100 answers one takes longer", better="low"),
                Column("build", "Before the first", "time", note="such as building an index"),
            ),
            rows,
            (_plot(board, points),),
            _notes(rows),
        )


def _points(board: Any) -> dict[tuple[str, str], Point]:
    found = {}
    good = board.traces[~board.traces["failed"]]
    for (label, case), runs in good.groupby(["label", "case"]):
        told = [[one.get(name, math.nan) for name in ONLINE_TIMES] for one in runs["scores"]]
        middle = np.median(np.array(told, float), axis=0)
        if middle[0] > 0:
            cost = float(runs["cost"].mean())
            found[str(label), str(case)] = Point(cost, *(float(one) for one in middle))
    return found


def _frontier(points: dict[tuple[str, str], Point]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for case in {case for _, case in points}:
        there = [key for key in points if key[1] == case]
        costs, times = (np.array([getattr(points[k], name) for k in there]) for name in _BOTH)
        marks = on_frontier(costs, times)
        found.update(key for key, mark in zip(there, marks, strict=True) if mark)
    return found


def _row(
    label: str,
    cases: list[str],
    points: dict[tuple[str, str], Point],
    frontier: set[tuple[str, str]],
) -> dict[str, Any]:
    own = [points[label, case] for case in cases if (label, case) in points]
    whole = bool(own) and len(own) == len(cases)
    middle = intervals.mean([math.log(one.p50) for one in own]).map(math.exp) if whole else _NONE
    return {
        "label": label,
        "frontier": sum(key[0] == label for key in frontier),
        "cases": sum(key[0] == label for key in points),
        "missing": not whole,
        "cost": float(np.mean([one.cost for one in own])) if whole else math.nan,
        "p50": middle.value,
        "low": middle.low,
        "high": middle.high,
        "p99": _typical([one.p99 for one in own]) if whole else math.nan,
        "build": _typical([one.build for one in own]) if whole else math.nan,
    }


def _typical(values: list[float]) -> float:
    """The geometric mean; NaN where one is not positive."""
    return math.exp(float(np.mean(np.log(values)))) if min(values) > 0 else math.nan


def _plot(board: Any, points: dict[tuple[str, str], Point]) -> Plot:
    columns: dict[str, list[Any]] = {key: [] for key in ("label", "x", "y", "view")}
    first: dict[str, str] = {}  # of each solver the setting under whose name its line stands
    for label in board.labels:
        first.setdefault(board.solvers[label], label)
        if label == board.solvers[label]:
            first[label] = label
    for case in board.cases:
        for solver, name in first.items():
            there = [
                points[label, case]
                for label in board.labels
                if board.solvers[label] == solver and (label, case) in points
            ]
            if not there:
                continue
            costs, times = (np.array([getattr(one, key) for one in there]) for key in _BOTH)
            kept = on_frontier(costs, times)
            for i in np.lexsort((times[kept], costs[kept])):
                row = (name, float(costs[kept][i]), float(times[kept][i]), case)
                for key, value in zip(columns, row, strict=True):
                    columns[key].append(value)
    return Plot(
        "lines",
        "curve",
        "Latency against cost",
        Axis(board.cost_name, "number"),
        Axis("median latency", "time", log=True),
        columns,
        note="A line for each solver, through those of its settings that no other of its own beats "
        "in both; lower and further to the left is better.",
        picker="case",
    )


def _summary(rows: list[dict[str, Any]], cases: list[str]) -> str:
    leaders = [row for row in rows if row["frontier"]]
    names = ", ".join(row["label"] for row in leaders[:4])
    more = f" and {len(leaders) - 4} more" if len(leaders) > 4 else ""
    text = f"On the frontier of a case or more: {names}{more}, of {len(rows)}."
    known = [row for row in rows if not row["missing"]]
    if known:
        fast = min(known, key=lambda row: row["p50"])
        where = f"over the {len(cases)} cases" if len(cases) > 1 else "on the case"
        text += (
            f" {fast['label']} answers soonest {where} that most answered, in "
            f"{fast['p50'] * 1e6:.3g} µs"
        )
        if math.isfinite(fast["low"] + fast["high"]):
            text += f" (95 %: {fast['low'] * 1e6:.3g} to {fast['high'] * 1e6:.3g})"
        text += "."
    return text


def _notes(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    lost = sum(row["missing"] for row in rows)
    if not lost:
        return ()
    return (
        f"{lost} of {len(rows)} did not answer every case that most answered: no means of theirs "
        "are shown.",
    )
