"""Best score at a tuning budget: what the best of k settings of a solver is expected to reach.

A comparison of tuned solvers hangs on how much each was tuned. With the scores x_(1) <= ... <=
x_(n) of the n settings with which a solver was run (smaller is better), the expected best of k of
them, drawn without replacement, is sum over i of C(n - i, k - 1) / C(n, k) x_(i). It is unbiased
for every k up to n. The usual form with replacement is biased towards the worse (for 20 uniform
scores and k = 10 it gives .888 of the best where .909 is right), and so favours whoever tried more
settings.

A setting's score is the mean over cases and seeds of how far its cost is above the reference, so
that a setting is chosen once for all cases. A setting that failed is the worst, never missing:
the expected best of one setting is then infinite.

The band of the chart holds the best of k settings half of the time: it says how lucky one tuning
may be, and is no interval of the curve. The intervals in the table are: settings drawn with
replacement, and only for k up to a quarter of the settings, as beyond that the bootstrap covers
too little (.87 instead of .95 for k = 10 of 50, measured by simulation).

Which settings were tried is part of the result: a grid that someone has narrowed down beforehand
needs no budget. The best of noisy scores looks better than it is; the lottery of settings tells by
how much.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bench_statistics._settings import common_cases, expected_best, scores, settings_of
from harness.api import Axis, Column, Finding, NotApplicable, Plot, Statistic, intervals

_DRAWS = 1000
_MOST = 40  # points of a line


def quartiles_of_best(values: np.ndarray, k: int) -> tuple[float, float]:
    """The middle half of the best of k of the values, drawn without replacement.

    P(best > x_(i)) = C(n - i, k) / C(n, k).

    Args:
        values: float[settings].
    """
    from scipy.stats import hypergeom

    ordered = np.sort(values)
    n = len(ordered)
    # None of the i smallest among the k drawn.
    reached = 1 - hypergeom.pmf(0, n, np.arange(1, n + 1), k)
    low, high = (int(np.argmax(reached >= share - 1e-12)) for share in (0.25, 0.75))
    return float(ordered[low]), float(ordered[high])


def budgets(count: int) -> list[int]:
    """Numbers of settings at which a curve is drawn: all, or spread evenly over the logarithm."""
    return sorted({round(k) for k in np.geomspace(1, count, min(count, _MOST))} | {1, count})


class BestAtBudget(Statistic):
    """The expected best of k settings, against k."""

    title = "Best score at a tuning budget"
    group = "tuning"
    source = "Lucic et al., Are GANs Created Equal? A Large-Scale Study, NeurIPS 2018"
    papers = ("gans-created-equal-large-scale",)

    def compute(self, board: Any) -> Finding:
        several = settings_of(board)
        cells = scores(board)
        rng = board.rng("best_at_budget")
        all_rows = [i for rows in several.values() for i in rows]
        cases = common_cases(cells, all_rows)
        if not cases:
            raise NotApplicable("No case was tried with all settings of the solvers that have any.")
        columns: dict[str, list[Any]] = {name: [] for name in ("label", "x", "y", "low", "high")}
        rows = []
        least = min(len(mine) for mine in several.values())
        for solver, mine in several.items():
            values = np.array([np.mean([cells[i][j].mean() for j in cases]) for i in mine])
            rows.append(_row(solver, values, least, rng))
            for k in budgets(len(values)):
                best = float(expected_best(values, k))
                if np.isfinite(best):
                    low, high = quartiles_of_best(values, k)
                    for name, value in zip(columns, (solver, k, best, low, high), strict=True):
                        columns[name].append(value)
        rows.sort(key=lambda row: (row["equal"], row["all"]))
        return Finding(
            _summary(rows, least),
            _columns(least),
            rows,
            (_plot(columns),) if columns["label"] else (),
            _notes(board, several, cases, least),
        )


def _row(solver: str, values: np.ndarray, least: int, rng: np.random.Generator) -> dict[str, Any]:
    n = len(values)
    drawn = values[rng.integers(n, size=(_DRAWS, n))]
    failed = int((~np.isfinite(values)).sum())
    row: dict[str, Any] = {"label": solver, "settings": n, "failed": failed}
    for name, k in (("one", 1), ("equal", least), ("all", n)):
        row[name] = float(expected_best(values, k))
        low = high = np.nan
        if 4 * k <= n:
            low, high = (float(end) for end in intervals.percentiles(expected_best(drawn, k)))
        row[f"{name}_low"], row[f"{name}_high"] = low, high
    return row


def _columns(least: int) -> tuple[Column, ...]:
    return (
        Column("label", "Solver", "solver"),
        Column("settings", "Settings", "count"),
        Column(
            "one",
            "One setting",
            "gap",
            "one_low",
            "one_high",
            note="mean over settings of the cost above the reference: what no tuning is expected "
            "to give",
            better="low",
        ),
        Column(
            "equal",
            f"Best of {least}",
            "gap",
            "equal_low",
            "equal_high",
            note="the same for the best of as many settings as the solver with fewest has",
            better="low",
        ),
        Column("all", "Best of all", "gap", note="the best setting found", better="low"),
        Column("failed", "Failed", "count", note="settings with a failed run", better="low"),
    )


def _plot(columns: dict[str, list[Any]]) -> Plot:
    return Plot(
        "lines",
        "best-at-budget",
        "Expected best of k settings",
        Axis("settings tried", "count", log=True, low=1.0),
        Axis("cost above the reference", "gap"),
        columns,
        note=(
            "Bands hold the best of k settings in half of all tunings; they are no intervals of "
            "the curves."
        ),
    )


def _summary(rows: list[dict[str, Any]], least: int) -> str:
    first = rows[0]
    if not np.isfinite(first["equal"]):
        return f"No solver has {least} settings of which the best is sure not to fail."
    sure = (
        f" (95 % interval {first['equal_low']:.3g} to {first['equal_high']:.3g})"
        if np.isfinite(first["equal_low"])
        else ", without an interval, as there are too few settings"
    )
    return (
        f"With the best of {least} settings {first['label']} is expected to end "
        f"{first['equal']:.3g} above the reference{sure}."
    )


def _notes(
    board: Any, several: dict[str, list[int]], cases: list[int], least: int
) -> tuple[str, ...]:
    said = [
        "A setting counts on all cases together; scores are how far costs are above the reference"
        + (", as a share of it." if board.relative else ", in units of the first answers.")
    ]
    if len(cases) < len(board.cases):
        said.append(
            f"{len(board.cases) - len(cases)} of {len(board.cases)} cases are left out, as not "
            "every setting was tried on them."
        )
    single = sorted(set(board.solvers.values()) - set(several))
    if single:
        said.append(f"Left out, as they ran with one setting only: {', '.join(single)}.")
    if least < 4:
        said.append(f"With {least} settings little can be said of a budget.")
    return tuple(said)
