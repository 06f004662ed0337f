"""Runtime distribution: what share of all (case, target) pairs a solver has reached by a time.

Every case with every target is one task. The curve of a solver at time t is the share of tasks
that it has reached within t, each task weighing the same; the area under the curve over log t is
its mean advance on the end of the axis. The unit is oracle calls where they are counted, else
seconds of the solver's own clock.

A solver that stops early without reaching a target could be started again with another seed. So a
runtime is simulated: draw one of its runs at random, add its length, and go on until a run that
reaches the target; that run adds the time at which it does. The expected value of that is the
expected running time. Each run is the first one equally often, at least 15 times in all, so that
without unsuccessful runs the runtimes are just those measured.

How to read it: a curve further left is faster, one that ends higher reaches more. Beyond the
longest run that a solver made on a case, a simulated runtime is extrapolation: nobody has seen the
solver work that long. So the views of the targets end there: a task whose simulated runtime is
longer counts as not reached. The view "all, restarted beyond" leaves them in; a curve ends there at
the share of tasks that any seed reached, and hangs on restarts being independent. A solver that
makes nothing of its seed does the same again, whatever the simulation says.

Cases of different size stand in one curve, so that large ones make its right end. Bands, and the
intervals of the table, are Student's t over cases, for each time by itself, and speak of further
cases like these; with few seeds a simulated runtime is rough, which they hold too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from harness.findings import Axis, Column, Finding, Plot, Statistic
from harness.formats import percent
from harness.statistics._restarts import restarted
from harness.statistics._runtimes import (
    counted,
    mean_band,
    pool,
    pool_notes,
    reached,
    span,
    target_note,
)

_GRID = 60  # points of a curve
_ALL, _BEYOND = "all targets", "all, restarted beyond"


def shares(runtimes: np.ndarray, moments: np.ndarray) -> np.ndarray:
    """The share of runtimes up to each moment, float[moments, ...].

    Args:
        runtimes: float[targets, ..., draws], infinite where never, NaN beyond the draws of a task.
        moments: float[moments].

    Returns:
        the mean over targets of the share of draws.
    """
    known = (~np.isnan(runtimes)).sum(axis=-1)
    return np.stack([((runtimes <= t).sum(axis=-1) / known).mean(axis=0) for t in moments])


def advance(runtimes: np.ndarray, low: float, high: float) -> np.ndarray:
    """The area under the curve over log time from `low` to `high`, 0 to 1: the mean over targets
    and draws of log(high / runtime) / log(high / low), cut at 0 and 1. Arguments as of `shares`."""
    with np.errstate(divide="ignore"):
        if high > low:
            lead = (np.log(high) - np.log(runtimes)) / (np.log(high) - np.log(low))
        else:
            lead = np.where(np.isnan(runtimes), np.nan, (runtimes <= high).astype(float))
    known = ~np.isnan(lead)
    parts = np.where(known, np.clip(lead, 0.0, 1.0), 0.0).sum(axis=-1) / known.sum(axis=-1)
    area: np.ndarray = parts.mean(axis=0)
    return area


class RuntimeECDF(Statistic):
    """The empirical distribution of runtimes over cases and targets, with simulated restarts."""

    title = "Runtime distribution"
    group = "target"
    source = (
        "Hansen et al., COCO: a platform for comparing continuous optimizers in a black-box "
        "setting, Optimization Methods and Software 36 (2021)"
    )

    def compute(self, board: Any) -> Finding:
        when = reached(board, counted(board))
        solvers, cases = pool(when.tried)
        tried = when.tried[np.ix_(solvers, cases)]
        some = when.of(solvers, cases)
        labels = [board.labels[i] for i in solvers]
        runtimes = restarted(some.times, some.lengths, board.rng("runtime_ecdf"))
        runtimes[:, ~tried] = np.inf
        longest = np.max(some.limits, axis=-1, initial=0.0, where=~np.isnan(some.limits))
        hits = np.max(some.times, axis=(0, -1), initial=0.0, where=np.isfinite(some.times))
        longest = np.maximum(longest, hits)  # the end of a run may not be known
        seen = np.where(runtimes > longest[..., None], np.inf, runtimes)
        seen = np.where(np.isnan(runtimes), np.nan, seen)
        low = float(seen.min(initial=np.inf, where=~np.isnan(seen)))
        high = max(low, float(longest.max()))
        rows = _rows(seen, runtimes, labels, low, high)
        best = rows[0]
        notes = [target_note(board), *pool_notes(board, when.tried, solvers, cases)]
        tasks = f"{len(cases)} × {len(some.targets)}"
        return Finding(
            f"{best['label']} has the largest area under its curve, {percent(best['area'])}"
            f"{span(best['area low'], best['area high'], percent)}; it reaches "
            f"{percent(best['reached'])} of {tasks} pairs of case and target.",
            _COLUMNS,
            rows,
            (_curves(seen, runtimes, some.targets, labels, low, when.calls),),
            tuple(notes),
        )


_COLUMNS = (
    Column("label", "Solver", "solver"),
    Column(
        "area",
        "Area",
        "share",
        "area low",
        "area high",
        "under its curve over log time, from the first time that anybody reached any target to the "
        "end of the longest run; 100 %: all reached at once",
        "high",
    ),
    Column(
        "reached",
        "Reached",
        "share",
        "reached low",
        "reached high",
        "share of the pairs of case and target, within the longest run of the solver on the case",
        "high",
    ),
    Column(
        "ever",
        "With restarts",
        "share",
        "ever low",
        "ever high",
        "share of the pairs that at least one seed reached: where the curve would end with endless "
        "restarts",
        "high",
    ),
)


def _rows(
    seen: np.ndarray, runtimes: np.ndarray, labels: list[str], low: float, high: float
) -> list[dict[str, Any]]:
    most = np.array([np.finfo(float).max])
    found = {
        "area": advance(seen, low, high),
        "reached": shares(seen, most)[0],
        "ever": shares(runtimes, most)[0],
    }
    rows: list[dict[str, Any]] = [{"label": label} for label in labels]
    for name, per_case in found.items():
        ends = mean_band(per_case, 0.0, 1.0)
        for i, row in enumerate(rows):
            row[name] = float(per_case[i].mean())
            row |= {f"{name} low": float(ends[0][i]), f"{name} high": float(ends[1][i])}
    return sorted(rows, key=lambda row: (-row["area"], -row["ever"]))


def _views(
    seen: np.ndarray, runtimes: np.ndarray, targets: tuple[str, ...]
) -> Iterator[tuple[str, np.ndarray]]:
    yield _ALL, seen
    if len(targets) > 1:
        yield from ((target, seen[t : t + 1]) for t, target in enumerate(targets))
    if np.any(seen != runtimes, where=~np.isnan(seen)):
        yield _BEYOND, runtimes


def _curves(
    seen: np.ndarray,
    runtimes: np.ndarray,
    targets: tuple[str, ...],
    labels: list[str],
    low: float,
    calls: bool,
) -> Plot:
    names = ("label", "x", "y", "low", "high", "view")
    columns: dict[str, list[Any]] = {name: [] for name in names}
    for view, some in _views(seen, runtimes, targets):
        end = float(some.max(initial=low, where=np.isfinite(some)))
        moments = np.geomspace(low, end * 1.05, _GRID)
        per_case = np.moveaxis(shares(some, moments), 0, 1)  # solvers, moments, cases
        ends = mean_band(per_case, 0.0, 1.0)
        columns["label"] += np.repeat(np.array(labels, object), _GRID).tolist()
        columns["x"] += np.tile(moments, len(labels)).tolist()
        middle = per_case.mean(axis=-1)
        for name, values in zip(("y", "low", "high"), (middle, *ends), strict=True):
            columns[name] += np.where(np.isnan(values), middle, values).ravel().tolist()
        columns["view"] += [view] * (len(labels) * _GRID)
    return Plot(
        "lines",
        "curves",
        "Runtime distribution",
        Axis("oracle calls" if calls else "time", "count" if calls else "time", log=True),
        Axis("share of (case, target) pairs", "share", low=0.0, high=1.0),
        columns,
        note="Unsuccessful runs are followed by simulated restarts, up to the length of the "
        f"solver's longest run on the case; in the view “{_BEYOND}” they go on, and what is to the "
        "right of that length is extrapolation. Bands are 95 % intervals over cases (Student's t), "
        "for each time by itself.",
        picker="target",
        step=True,
    )
