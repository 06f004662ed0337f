"""Data profile: what share of the cases a solver solves within a number of oracle calls.

d_s(k) = #{p : t[p,s] / (n_p + 1) <= k} / N, where t is the number of calls until case p is solved
and n_p its size (for a function, its dimension). n + 1 calls are what a gradient by differences
costs, so that k counts "simplex gradients", and cases of different dimension can stand in one
curve. Solved is what has made up for all but a share tau of the distance between the start and the
reference: f(x0) - f(x) >= (1 - tau) (f(x0) - f*). The start of a case is the median of the first
answers of all runs on it, the same for all solvers; each tau is a view. A solver's calls on a case
are the median over seeds, infinite where half of them never get there.

How to read it: unlike a performance profile it says how many cases a budget buys, and other solvers
matter only through the reference, and through the start. Calls are the same on every machine; what
a solver does between calls costs nothing here, so see the profiles of time beside it. Runs that
were stopped by a budget of calls end the curve there: a solver may well have gone on.

Bands are Wilson's, for each number of calls by itself; they speak of further cases like these.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.findings import Axis, Column, Finding, NotApplicable, Plot, Statistic
from harness.formats import digits, percent
from harness.statistics._runtimes import (
    counted,
    medians,
    pool,
    pool_notes,
    reached_within,
    wilson,
)

TAUS = {"tau = 1e-3": 1e-3, "tau = 1e-1": 1e-1, "tau = 1e-5": 1e-5}  # that of the table first
_EXACT = 1e-9  # what rounding may hide
_MARKS = (10.0, 100.0, 1000.0)  # simplex gradients that the table tells of


def profile(calls: np.ndarray, sizes: np.ndarray, budgets: np.ndarray) -> np.ndarray:
    """The share of cases solved within budgets of simplex gradients.

    Args:
        calls: float[cases] until each case is solved, infinite where never.
        sizes: float[cases], the dimension of each.
        budgets: float[budgets], in simplex gradients, n + 1 calls each.

    Returns:
        float[budgets].
    """
    share: np.ndarray = np.searchsorted(np.sort(calls / (sizes + 1)), budgets, "right") / len(calls)
    return share


class DataProfile(Statistic):
    """Moré and Wild's profile of oracle calls."""

    title = "Data profile"
    group = "target"
    source = (
        "Moré and Wild, Benchmarking derivative-free optimization algorithms, "
        "SIAM Journal on Optimization 20 (2009)"
    )

    def compute(self, board: Any) -> Finding:
        if not counted(board):
            raise NotApplicable("No calls of an oracle are counted on this problem.")
        sizes = np.array([board.sizes(case).get(board.size, np.nan) for case in board.cases], float)
        if not (sizes > 0).all():
            raise NotApplicable(f"Not every case tells its size ({board.size!r}).")
        starts = _starts(board)
        aims = {name: np.maximum(tau * starts, _EXACT) for name, tau in TAUS.items()}
        when = reached_within(board, aims, calls=True)
        solvers, cases = pool(when.tried)
        chosen = np.ix_(solvers, cases)
        labels, sizes = [board.labels[i] for i in solvers], sizes[cases]
        tables = {}
        for name, times in zip(when.targets, medians(when.times), strict=True):
            tables[name] = np.where(when.tried[chosen], times[chosen], np.inf)
        shown = next(iter(tables))
        rows = _rows(tables[shown], sizes, labels)
        best, last = rows[0], f"{digits(_MARKS[-1], 1)}"
        notes = pool_notes(board, when.tried, solvers, cases)
        return Finding(
            f"With {shown}, {best['label']} solves most cases the soonest: "
            f"{percent(best['within 100'])} of {len(cases)} within 100 (n + 1) calls (95 %: "
            f"{percent(best['within 100 low'])} to {percent(best['within 100 high'])}), and "
            f"{percent(best['within 1000'])} within {last} (n + 1).",
            (
                Column("label", "Solver", "solver"),
                *(
                    Column(
                        f"within {mark:g}",
                        f"Within {mark:g} (n + 1) calls",
                        "share",
                        f"within {mark:g} low",
                        f"within {mark:g} high",
                        f"share of the cases solved, {shown}",
                        "high",
                    )
                    for mark in _MARKS
                ),
                Column(
                    "solved",
                    "Ever",
                    "share",
                    "solved low",
                    "solved high",
                    f"share of the cases solved at all, {shown}",
                    "high",
                ),
            ),
            rows,
            (_curves(tables, sizes, labels),),
            (f"n is {board.size!r} of the case; start: the median first answer on it.", *notes),
        )


def _starts(board: Any) -> np.ndarray:
    """float[cases]: how far the start is above the reference, the median over all runs."""
    first = board.runs.firsts()
    known = np.isfinite(first)
    starts = np.zeros(len(board.cases))
    for j in range(len(starts)):
        mine = first[known & (board.runs.case == j)]
        starts[j] = float(np.median(mine)) if len(mine) else 0.0
    return starts


def _rows(table: np.ndarray, sizes: np.ndarray, labels: list[str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    marks = {f"within {mark:g}": mark for mark in _MARKS} | {"solved": np.finfo(float).max}
    for label, calls in zip(labels, table, strict=True):
        row: dict[str, Any] = {"label": label}
        for name, share in zip(
            marks, profile(calls, sizes, np.array(list(marks.values()))), strict=True
        ):
            band = wilson(round(share * len(calls)), len(calls))
            row |= {name: band.value, f"{name} low": band.low, f"{name} high": band.high}
        spent = calls / (sizes + 1)
        # Among those who solve as many, the one who needs fewer calls for them.
        row["_spent"] = float(np.log1p(spent[np.isfinite(spent)]).sum())
        rows.append(row)
    rows.sort(key=lambda row: (*(-row[name] for name in list(marks)[1:]), row["_spent"]))
    return [{name: value for name, value in row.items() if name != "_spent"} for row in rows]


def _curves(tables: dict[str, np.ndarray], sizes: np.ndarray, labels: list[str]) -> Plot:
    names = ("label", "x", "y", "low", "high", "view")
    columns: dict[str, list[Any]] = {name: [] for name in names}
    for view, table in tables.items():
        spent = table / (sizes + 1)
        known = spent[np.isfinite(spent)]
        ends = (float(known.min(initial=1.0)) * 0.9, float(known.max(initial=10.0)) * 1.1)
        for label, calls, mine in zip(labels, table, spent, strict=True):
            steps = np.unique(np.r_[ends[0], mine[np.isfinite(mine)], ends[1]])
            share = profile(calls, sizes, steps)
            bands = [wilson(round(y * len(sizes)), len(sizes)) for y in share.tolist()]
            columns["label"] += [label] * len(steps)
            columns["x"] += steps.tolist()
            columns["y"] += share.tolist()
            columns["low"] += [band.low for band in bands]
            columns["high"] += [band.high for band in bands]
            columns["view"] += [view] * len(steps)
    return Plot(
        "lines",
        "profile",
        "Data profile",
        Axis("oracle calls / (n + 1)", "number", log=True),
        Axis("share of cases solved", "share", low=0.0, high=1.0),
        columns,
        note="Bands are 95 % intervals (Wilson) for each number of calls by itself.",
        picker="accuracy",
        step=True,
    )
