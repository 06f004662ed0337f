"""Fixed budget: who has the best answer when time is up.

At each budget of time, the value of a solver on a case is the median over seeds of how far its
latest answer is above the reference; a run that ended of itself keeps its last answer. The budgets
are the same for all cases, and the clock is the solver's own. Two figures stand over them: the mean
over cases of the rank of this value, and its median over cases.

How to read it: follow a solver from left to right. Whoever is first with any answer leads at small
budgets, whoever ends best at large ones; where the curves cross, the choice of a solver hangs on
the time one has. Values at a budget are usually only ordered: half the distance to the optimum is
not "twice as good". For statements such as "three times as fast" look at fixed targets. The two
views may name different leaders, and neither is wrong, so that both are given.

Before its first answer a solver is worse than any answer, and all that have none share the last
ranks. So is a failed run all along, as its answers are lost with it. A run cut short by its budget
is held at its last answer too, though it might have gone on. Ranks hang on who else takes part.

Bands are 95 % intervals over cases, for each budget by itself: Student's t for the mean rank, order
statistics for the median, which needs 6 cases. They speak of further cases like these.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from harness import formats
from harness.findings import Axis, Column, Finding, NotApplicable, Plot, Statistic
from harness.statistics._runtimes import (
    LEAST_SECONDS,
    leaders,
    lines,
    mean_band,
    median_band,
    medians,
    pool,
    pool_notes,
    ranked,
    scale_note,
    scales,
    span,
    tried_of,
)

_PER_DECADE = 4  # budgets in the charts
_MOST_COLUMNS = 6  # budgets in the table
_FLOOR = 1e-4  # of the unit of the case; what is less is drawn there


def budgets(first: float, last: float, per_decade: int) -> np.ndarray:
    """Log-spaced budgets with the powers of ten among them, from the first above `first` up to the
    first power of ten that is not below `last`."""
    low = math.floor(math.log10(first) * per_decade + 1e-9) + 1
    high = max(math.ceil(low / per_decade), math.ceil(math.log10(last) - 1e-9)) * per_decade
    return np.array([10.0 ** (k / per_decade) for k in range(low, high + 1)])


class FixedBudget(Statistic):
    """Ranks and distance to the reference at given budgets of time."""

    title = "Best answer for a given time"
    group = "target"
    source = (
        "Hansen et al., Anytime performance assessment in blackbox optimization benchmarking, "
        "IEEE Transactions on Evolutionary Computation 26 (2022)"
    )

    def compute(self, board: Any) -> Finding:
        runs = board.runs
        tried = tried_of(board)
        solvers, cases = pool(tried, least=2)
        moments = runs.seconds[np.repeat(~runs.failed, np.diff(runs.start))]
        if not len(moments):
            raise NotApplicable("No run has an answer that counts.")
        ends = runs.end[~runs.failed & np.isfinite(runs.end)]
        grid = budgets(
            max(float(moments.min()), LEAST_SECONDS),
            max(float(moments.max()), float(ends.max(initial=0.0)), LEAST_SECONDS),
            _PER_DECADE,
        )
        units = scales(board)[cases]
        values = np.stack(
            [medians(runs.spread(runs.value_at(t)))[np.ix_(solvers, cases)] for t in grid]
        )
        values = np.where(np.isnan(values), np.inf, values) / units
        some = np.isfinite(values).any(axis=(1, 2))
        if not some.any():
            raise NotApplicable("No solver has an answer with half of its runs on any case.")
        grid, values = grid[some], values[some]
        ranks = ranked(values)
        labels = [board.labels[i] for i in solvers]
        told = _told(grid)
        rows = _rows(ranks, values, grid, told, labels)
        return Finding(
            _summary(ranks, grid, told, labels, len(cases)),
            _columns(grid, told),
            rows,
            (
                _ranks(ranks, grid, labels),
                _values(values, grid, labels, scale_note(board)),
            ),
            (
                "Look at the statistic on fixed targets too: it may name another leader.",
                *pool_notes(board, tried, solvers, cases),
            ),
        )


def _told(grid: np.ndarray) -> list[int]:
    """The budgets that the table tells of: powers of ten, the last ones where there are many."""
    whole = [i for i, t in enumerate(grid) if abs(math.log10(t) - round(math.log10(t))) < 1e-9]
    return (whole or [len(grid) - 1])[-_MOST_COLUMNS:]


def _rows(
    ranks: np.ndarray, values: np.ndarray, grid: np.ndarray, told: list[int], labels: list[str]
) -> list[dict[str, Any]]:
    solvers, cases = ranks.shape[1:]
    rows: list[dict[str, Any]] = [{"label": label} for label in labels]
    for k in told:
        low, high = mean_band(ranks[k], 1.0, solvers)
        for i, row in enumerate(rows):
            name = f"rank {grid[k]:g}"
            row |= {name: float(ranks[k, i].mean())}
            row |= {f"{name} low": float(low[i]), f"{name} high": float(high[i])}
    last, answered = medians(values[-1]), np.isfinite(values[-1]).sum(axis=-1)
    low, high = median_band(values[-1])
    for i, row in enumerate(rows):
        row |= {"above": float(last[i]), "above low": float(low[i]), "above high": float(high[i])}
        row["answered"] = f"{answered[i]} of {cases}"
    final = f"rank {grid[told[-1]]:g}"
    return sorted(rows, key=lambda row: (row[final], row["above"]))


def _columns(grid: np.ndarray, told: list[int]) -> tuple[Column, ...]:
    ranks = [
        Column(
            f"rank {grid[k]:g}",
            f"Rank at {formats.seconds(grid[k])}",
            "rank",
            f"rank {grid[k]:g} low",
            f"rank {grid[k]:g} high",
            "mean over cases of the rank of its answer at that time",
            "low",
        )
        for k in told
    ]
    return (
        Column("label", "Solver", "solver"),
        *ranks,
        Column(
            "above",
            "Above at the end",
            "share",
            "above low",
            "above high",
            "median over cases of how far its last answer is above the reference",
            "low",
        ),
        Column("answered", "Answered", "text", note="cases on which half of its runs have one"),
    )


def _summary(
    ranks: np.ndarray, grid: np.ndarray, told: list[int], labels: list[str], cases: int
) -> str:
    """Who leads by mean rank, and from which of the table's budgets on."""
    means = ranks.mean(axis=-1)
    leads: list[tuple[str, str]] = []
    for k in told:
        leader = leaders(means[k], labels)
        if not leads or leads[-1][0] != leader:
            leads.append((leader, formats.seconds(grid[k])))
    k = told[-1]
    best = int(np.argmin(means[k]))
    low, high = mean_band(ranks[k, best], 1.0, ranks.shape[1])
    known = span(float(low), float(high), formats.rank)
    changes = ", ".join(f"{leader} from {at} on" for leader, at in leads)
    who = (
        f"Leading at every budget told: {leads[0][0]}" if len(leads) == 1 else f"Leading: {changes}"
    )
    return (
        f"{who}. With {formats.seconds(grid[k])} the mean rank of {labels[best]} over {cases} "
        f"cases is {formats.rank(means[k, best])}{known}, among {ranks.shape[1]} solvers."
    )


def _ranks(ranks: np.ndarray, grid: np.ndarray, labels: list[str]) -> Plot:
    low, high = mean_band(ranks, 1.0, ranks.shape[1])
    return Plot(
        "lines",
        "ranks",
        "Mean rank when time is up",
        Axis("time", "time", log=True),
        Axis("mean rank", "rank"),
        lines(grid, ranks.mean(axis=-1), low, high, labels),
        note="Lower is better. Bands are 95 % intervals over cases (Student's t), for each budget "
        "by itself.",
    )


def _values(values: np.ndarray, grid: np.ndarray, labels: list[str], share: str) -> Plot:
    middle, (low, high) = medians(values), median_band(values)
    drawn, first, last = (np.maximum(each, _FLOOR) for each in (middle, low, high))
    return Plot(
        "lines",
        "above",
        "Distance to the reference when time is up",
        Axis("time", "time", log=True),
        Axis(f"distance to the reference ({share})", "share", log=True),
        lines(grid, drawn, first, last, labels),
        note="Median over cases, from the time on at which half of them have an answer; what is "
        f"less than {formats.percent(_FLOOR)} is drawn there. Bands are 95 % intervals over cases "
        "(order statistics), for each budget by itself; one up to the highest value has no end.",
    )
