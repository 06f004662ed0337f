"""Expected running time to a target: what a success costs, failures included.

Of the runs of a solver on a case, let S be the times at which the successful ones reached a target
and U the lengths of the others, which ended (of themselves, or cut short) without it. Whoever
starts the solver again with another seed until it succeeds needs on average

    ERT = (sum of S + sum of U) / #S = mean(S) + (1 - p) / p mean(U),    p = #S / #runs.

The unit is oracle calls where they are counted, else seconds of the solver's own clock. Without a
success ERT is infinite; the time spent in vain is then the least that one would have cost. A failed
run is an unsuccessful one, as its answer is lost with it.

The table is over all cases. On each case ERT is taken to that of the best solver there; the median
over cases of this ratio is infinite for a solver that never succeeds on half of them, where a mean
would have to leave those cases out and flatter it. Its interval is exact (order statistics) and
needs 6 cases; an infinite end is shown as such. "Reached" is the share of cases on which at least
half of the runs succeed, with Wilson's interval.

On one case, the interval of ERT draws p from Beta(#S + 1/2, #U + 1/2), and S and U from the runs
with replacement; where all runs succeeded, U is how long they went on. Measured by simulation (15
and 50 runs, from one success in twenty to nine in ten) it covers .89 to .97; a bootstrap of the
runs covers .77 with nine in ten, as it never sees the failure that might come, and often has no
upper end with few successes. With three seeds it is wide, and rightly so.

Pitfalls: ERT assumes that restarts are independent; a solver that makes nothing of its seed always
succeeds or never does, and its interval is too wide. One run's time to success scatters as much as
ERT itself, so don't expect ERT from a single run. Runs with different budgets give different ERT.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from harness.findings import Axis, Column, Finding, Plot, Statistic
from harness.formats import factor, percent
from harness.statistics._restarts import expected, expected_interval
from harness.statistics._runtimes import (
    Reached,
    counted,
    median_band,
    medians,
    pool,
    pool_notes,
    reached,
    span,
    target_note,
    wilson,
)

_MOST = 40  # solvers in the charts of single cases
_EDGE = 3.0  # an endless interval is drawn up to so many times the largest number of its view


def to_best(table: np.ndarray) -> np.ndarray:
    """ERT to the best on each case; infinite where never, also where nobody succeeded.

    Args:
        table: float[targets, solvers, cases].
    """
    best = table.min(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(table), table / best, np.inf)


class TimeToTarget(Statistic):
    """Expected running time (ERT) with its interval, and the share of runs that succeed."""

    title = "Expected time to a target"
    group = "target"
    source = (
        "Hansen et al., COCO: a platform for comparing continuous optimizers in a black-box "
        "setting, Optimization Methods and Software 36 (2021)"
    )
    leading = True

    def compute(self, board: Any) -> Finding:
        when = reached(board, counted(board))
        solvers, cases = pool(when.tried)
        some = when.of(solvers, cases)
        tried = when.tried[np.ix_(solvers, cases)]
        labels = [board.labels[i] for i in solvers]
        middle, _ = expected(some.times, some.lengths)
        middle[:, ~tried] = np.inf
        rows = _rows(some, middle, labels)
        first = np.array([labels.index(row["label"]) for row in rows[:_MOST]])
        shown = some.of(first, np.arange(len(cases)))
        names = ([row["label"] for row in rows[:_MOST]], [board.cases[j] for j in cases])
        rng = board.rng("time_to_target")
        notes = [target_note(board), *pool_notes(board, when.tried, solvers, cases)]
        nobody = [
            f"{count} for {target}"
            for target, table in zip(some.targets, middle, strict=True)
            if (count := int(np.isinf(table.min(axis=0)).sum()))
        ]
        if len(first) < len(labels):
            notes.append(f"The charts of single cases show the first {len(first)} of the table.")
        if nobody:
            notes.append(f"Cases on which nobody reached the target: {', '.join(nobody)}.")
        return Finding(
            _summary(rows, some, len(cases)),
            _columns(some.targets),
            rows,
            (
                _ratios(rows, some.targets),
                _by_case(shown, middle[:, first], names, rng),
                _successes(shown, names),
            ),
            tuple(notes),
        )


def _rows(some: Reached, middle: np.ndarray, labels: list[str]) -> list[dict[str, Any]]:
    ratio = to_best(middle)
    values, ends = medians(ratio), median_band(ratio)
    solved = np.isfinite(medians(some.times)).sum(axis=-1)
    rows: list[dict[str, Any]] = [{"label": label} for label in labels]
    for (t, target), (i, row) in itertools.product(enumerate(some.targets), enumerate(rows)):
        share = wilson(int(solved[t, i]), ratio.shape[-1])
        row |= {
            f"ratio {target}": float(values[t, i]),
            f"ratio {target} low": float(ends[0][t, i]),
            f"ratio {target} high": float(ends[1][t, i]),
            f"reached {target}": share.value,
            f"reached {target} low": share.low,
            f"reached {target} high": share.high,
        }
    # Where more than half of the cases are lost, how many tells who is better.
    keys = [(f"ratio {target}", f"reached {target}") for target in some.targets]
    rows.sort(key=lambda row: [part for a, b in keys for part in (row[a], -row[b])])
    return rows


def _columns(targets: tuple[str, ...]) -> tuple[Column, ...]:
    columns = [Column("label", "Solver", "solver")]
    for target in targets:
        ratio, share = f"ratio {target}", f"reached {target}"
        columns += [
            Column(
                ratio,
                f"ERT / best, {target}",
                "factor",
                f"{ratio} low",
                f"{ratio} high",
                "median over cases of the expected running time against the best solver's",
                "low",
            ),
            Column(
                share,
                f"Reached, {target}",
                "share",
                f"{share} low",
                f"{share} high",
                "share of the cases on which at least half of the runs reach the target",
                "high",
            ),
        ]
    return tuple(columns)


def _summary(rows: list[dict[str, Any]], some: Reached, cases: int) -> str:
    target, unit = some.targets[0], "calls" if some.calls else "time"
    best = rows[0]
    value, low, high = (best[f"ratio {target}{end}"] for end in ("", " low", " high"))
    share = percent(best[f"reached {target}"])
    if not np.isfinite(value):
        return (
            f"Nobody reaches {target} on more than half of {cases} cases; {best['label']} does on "
            f"{share} of them."
        )
    what = "the best known" if target == "best known" else f"an answer within {target}"
    return (
        f"{best['label']} is expected to need {factor(value)} the {unit} of the best solver of "
        f"each case for {what}{span(low, high, factor)}, the median over {cases} cases; it reaches "
        f"it on {share} of them."
    )


def _ratios(rows: list[dict[str, Any]], targets: tuple[str, ...]) -> Plot:
    columns: dict[str, list[Any]] = {name: [] for name in ("label", "x", "low", "high", "view")}
    for target in targets:
        name = f"ratio {target}"
        mine = [[row[name], row[f"{name} low"], row[f"{name} high"]] for row in rows]
        _add(columns, [row["label"] for row in rows], np.array(mine, float), target)
    return Plot(
        "intervals",
        "ratios",
        "Expected time against the best, over all cases",
        Axis("ERT / best of the case, median over cases", "factor", log=True),
        Axis("", "text"),
        columns,
        note=f"95 % intervals by order statistics. {_AT_EDGE}",
        picker="target",
    )


_AT_EDGE = (
    "A line up to the right edge has no upper end; a point there is infinite: the target was not "
    "reached."
)


def _by_case(
    some: Reached,
    middle: np.ndarray,
    names: tuple[list[str], list[str]],
    rng: np.random.Generator,
) -> Plot:
    seeds = some.times.shape[-1]
    lengths, limits = (
        np.broadcast_to(each, some.times.shape) for each in (some.lengths, some.limits)
    )
    times, lengths, limits = (each.reshape(-1, seeds) for each in (some.times, lengths, limits))
    low, high = (
        end.reshape(middle.shape) for end in expected_interval(times, lengths, limits, rng)
    )
    columns: dict[str, list[Any]] = {name: [] for name in ("label", "x", "low", "high", "view")}
    labels, cases = names
    for (j, case), (t, target) in itertools.product(enumerate(cases), enumerate(some.targets)):
        mine = np.stack([middle[t, :, j], low[t, :, j], high[t, :, j]], axis=1)
        _add(columns, labels, mine, f"{case}: {target}")
    unit = "oracle calls" if some.calls else "time"
    return Plot(
        "intervals",
        "cases",
        "Expected time to a target on a case",
        Axis(f"expected {unit} until a success", "count" if some.calls else "time", log=True),
        Axis("", "text"),
        columns,
        note=f"95 % intervals over seeds (Beta for the share of successes). {_AT_EDGE}",
        picker="case and target",
    )


def _add(columns: dict[str, list[Any]], labels: list[str], values: np.ndarray, view: str) -> None:
    """Rows of a view: values[labels, 3] are point, low and high; those without are left out."""
    finite = values[np.isfinite(values)]
    if not np.isfinite(values[:, 0]).any():
        return
    edge = float(finite.max()) * _EDGE
    drawn = np.where(np.isposinf(values), edge, values)
    # Without an interval, the point is its own.
    drawn = np.where(np.isnan(drawn), drawn[:, :1], drawn)
    kept = ~np.isnan(drawn[:, 0])
    for name, column in zip(("x", "low", "high"), drawn[kept].T, strict=True):
        columns[name] += column.tolist()
    columns["label"] += [label for label, keep in zip(labels, kept, strict=True) if keep]
    columns["view"] += [view] * int(kept.sum())


def _successes(some: Reached, names: tuple[list[str], list[str]]) -> Plot:
    hits = np.isfinite(some.times).sum(axis=-1)
    runs = (~np.isnan(some.lengths)).sum(axis=-1)
    columns: dict[str, list[Any]] = {name: [] for name in ("label", "x", "low", "high", "view")}
    labels, cases = names
    for (j, case), (t, target) in itertools.product(enumerate(cases), enumerate(some.targets)):
        if not hits[t, :, j].any():
            continue
        tried = [i for i in range(len(labels)) if runs[i, j]]
        shares = [wilson(int(hits[t, i, j]), int(runs[i, j])) for i in tried]
        columns["label"] += [labels[i] for i in tried]
        columns["x"] += [share.value for share in shares]
        columns["low"] += [share.low for share in shares]
        columns["high"] += [share.high for share in shares]
        columns["view"] += [f"{case}: {target}"] * len(tried)
    return Plot(
        "intervals",
        "successes",
        "Share of runs that reach a target",
        Axis("share of runs", "share", low=0.0, high=1.0),
        Axis("", "text"),
        columns,
        note="95 % intervals (Wilson), over seeds.",
        picker="case and target",
    )
