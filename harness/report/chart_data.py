"""What the charts of a problem's page show, thinned to what an eye can see.

A chart has one or more views (a case, a family of growing cases); the page shows one at a time.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from harness.findings import Axis
from harness.report import axes
from harness.report.digits import rounded, rounded_all
from harness.report.subjects import ProblemFacts
from harness.report.views import View, step_height
from harness.selectors import Misuse, parse, show
from harness.tables import size_of, timing_values

POINTS = 120_000  # of all curves of a chart
_MOST, _LEAST = 120, 8  # points of one curve
_FEW = 6  # sizes, each of which gets its tick
_VALUES = 40  # of one solver's timing on one case
_SHORTEST = 1e-8  # seconds; a logarithm has no zero
_NO_MORE = 1e-7  # a cost so little above the best known is the best known
_LOG, _LINEAR = Axis("", log=True), Axis("")
_COLUMNS = {"seconds": 0, "calls": 1}  # of a trace


def reach(values: pd.Series[float] | np.ndarray, problem: ProblemFacts) -> Any:
    """How far costs are above the best known: as a share of it, or as a difference."""
    return values - 1 if problem.relative else values


def set_axes(
    view: View,
    x: Sequence[str] = ("x",),
    y: Sequence[str] = (),
    zero: float = 0,
    linear: bool = False,
) -> None:
    """Give a view's axes their ends and ticks; both are logarithmic where that can be.

    Args:
        x, y: the columns that lie along them. zero: what is not larger counts as zero.
        linear: whether the vertical one is to be linear, as of what is a logarithm itself.
    """
    for name, columns, least in (("x", x, 0.0), ("y", y, zero)):
        if columns:
            values = itertools.chain.from_iterable(view.column(one) for one in columns)
            kind = _LINEAR if linear and name == "y" else _LOG
            view.axes[name] = axes.ends(values, kind, least)


def curves(
    traces: pd.DataFrame, labels: Sequence[str], problem: ProblemFacts, over: str = "seconds"
) -> list[View]:
    """The median over seeds of the cost against the best known, for each case.

    Args:
        over: what lies along the horizontal axis: "seconds", or "calls" of an oracle; nothing is
            drawn of runs that made no call.
    """
    seconds, above, starts = _points(traces, problem, _COLUMNS[over])
    if over == "calls" and not seconds.any():
        return []
    groups = traces.groupby(["case", "label"], sort=False).indices
    most = max(_LEAST, min(_MOST, POINTS // max(1, len(groups))))
    number = {label: i for i, label in enumerate(labels)}
    views: dict[str, View] = {}
    for (case, label), rows in groups.items():
        runs = [slice(starts[row], starts[row + 1]) for row in rows.tolist()]
        times, values = _median_curve(
            [seconds[run] for run in runs], [above[run] for run in runs], most
        )
        view = views.setdefault(str(case), View(str(case)))
        count = len(times)
        view.labels += [number[str(label)]] * count
        for name, column in (
            ("x", rounded_all(times.tolist())),
            ("y", rounded_all(np.maximum(values, 0.0).tolist(), 6)),
            ("dot", [0] * (count - 1) + [1] * bool(count)),
        ):
            view.columns.setdefault(name, []).extend(column)
    shown = [view for view in views.values() if view.labels]
    for view in shown:
        set_axes(view, ["x"], ["y"], _NO_MORE, problem.logarithmic)
    return shown


def _points(
    traces: pd.DataFrame, problem: ProblemFacts, column: int
) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """All trace points one after another: seconds (or another column), how far above the best
    known, and where the points of each run start, with the end of the last."""
    every = traces["trace"].tolist()
    counts = np.fromiter(map(len, every), int, len(every))
    starts = np.r_[0, np.cumsum(counts)]
    flat = itertools.chain.from_iterable(itertools.chain.from_iterable(every))
    points = np.fromiter(flat, float, 3 * int(starts[-1])).reshape(-1, 3)
    best = np.repeat(traces["best"].to_numpy(float), counts)
    above = _above(points[:, 2], best, problem)
    above[~(above < axes.DRAWABLE)] = np.inf
    if problem.counts == "best":
        for first, last in itertools.pairwise(starts.tolist()):
            np.minimum.accumulate(above[first:last], out=above[first:last])
    least = _SHORTEST if column == _COLUMNS["seconds"] else 0.0
    return np.maximum(points[:, column], least), above, starts.tolist()


@np.errstate(all="ignore")  # a best cost of zero, or costs that nobody can mean
def _above(costs: np.ndarray, best: np.ndarray, problem: ProblemFacts) -> np.ndarray:
    if not problem.relative:
        return np.asarray(costs - best)
    return np.where((costs == 0) & (best == 0), 0.0, costs / best - 1)


def _median_curve(
    times: Sequence[np.ndarray], values: Sequence[np.ndarray], most: int
) -> tuple[np.ndarray, np.ndarray]:
    """Moments at which the median of runs changes, and its values.

    It starts once most of the runs have an answer.

    Args:
        times, values: float[points] of each run, by time.
        most: moments to keep.
    """
    moments = np.unique(np.concatenate(times))
    if len(moments) > most:
        moments = _spaced(moments, most)
    table = np.full((len(times), len(moments)), np.inf)
    for row, moment, value in zip(table, times, values, strict=True):
        if len(moment):
            index = moment.searchsorted(moments, side="right") - 1
            begin = int((index < 0).sum())
            row[begin:] = value[index[begin:]]
    # The upper of the two middle ones: half the runs with an answer are not yet most of them.
    place = len(times) // 2
    middle = np.partition(table, place, axis=0)[place]
    there = np.isfinite(middle)
    moments, middle = moments[there], middle[there]
    changes = np.ones(len(middle), bool)
    changes[1:-1] = middle[1:-1] != middle[:-2]
    return moments[changes], middle[changes]


def _spaced(moments: np.ndarray, most: int) -> np.ndarray:
    """The moments nearest to evenly spread ones on a logarithmic axis, ends included."""
    first = moments[1] if moments[0] == 0 else moments[0]  # a logarithm has no zero
    wanted = np.geomspace(first, moments[-1], most)
    index = np.searchsorted(moments, wanted).clip(0, len(moments) - 1)
    index[-1] = len(moments) - 1
    index[0] = 0
    kept: np.ndarray = moments[np.unique(index)]
    return kept


def growth(
    traces: pd.DataFrame, timings: pd.DataFrame, labels: Sequence[str], problem: ProblemFacts
) -> tuple[list[View], bool]:
    """Median times against the size of the instance, and whether they are pyperf's.

    The first views are families in which nothing but the size differs, the longest first; their
    points are joined. The last holds all cases, whose points are not.
    """
    timed = timings[(timings["status"] == "ok") & timings["seconds"].gt(0)]
    rows = timed if len(timed) else traces[~traces["failed"] & traces["seconds"].gt(0)]
    rows = rows[["case", "label", "sizes", "seconds"]]
    rows = rows.assign(size=size_of(rows, problem.size)) if len(rows) else rows.assign(size=np.nan)
    rows = rows[rows["size"] > 0]
    if rows["size"].nunique() < 2:
        return [], bool(len(timed))
    first = rows.drop_duplicates("case")
    series = {row.case: _series(row, problem.size) for row in first.itertuples()}
    rows = rows.assign(series=rows["case"].map(series))
    number = {label: i for i, label in enumerate(labels)}
    points = rows.groupby(["series", "case", "size", "label"], sort=False)["seconds"].median()
    table = points.reset_index().sort_values("size", kind="stable")
    lengths = table.groupby("series", sort=False)["size"].nunique()
    views = []
    for name in lengths[lengths > 1].sort_values(ascending=False, kind="stable").index:
        chosen = table[table["series"] == name]
        extent = f"{chosen['size'].min():g} to {chosen['size'].max():g}"
        views.append(_growth_view(f"{name}, {problem.size} from {extent}", chosen, number, True))
    views.append(_growth_view("all cases", table, number, False))
    return views, bool(len(timed))


def _growth_view(title: str, table: pd.DataFrame, number: Mapping[str, int], joined: bool) -> View:
    view = View(title, [number[label] for label in table["label"].astype(str)])
    view.columns = {
        "x": rounded_all(table["size"].astype(float), 6),
        "y": rounded_all(table["seconds"].astype(float)),
        "case": table["case"].tolist(),
        "joined": int(joined),
        "dot": 1,
    }
    set_axes(view, ["x"], ["y"])
    sizes = sorted(set(view.column("x")))
    if len(sizes) <= _FEW:
        for kind in ("log", "linear"):
            view.axes["x"][kind][2] = sizes
    return view


def _series(row: Any, size: str) -> str:
    """The case without its size: the parameter of that name, or one that holds that number."""
    try:
        family, given = parse(row.case)
    except Misuse:
        return str(row.case)
    kept = {
        name: value
        for name, value in given.items()
        if name != size and (name in row.sizes or value != row.size)
    }
    return show(family, kept)


def spreads(timings: pd.DataFrame, labels: Sequence[str]) -> list[View]:
    """pyperf's values for each case, the fastest solver first."""
    number = {label: i for i, label in enumerate(labels)}
    views: dict[str, View] = {}
    good = timings[timings["status"] == "ok"]
    most = max(_LEAST, min(_VALUES, 2 * POINTS // max(1, len(timings))))
    values = timing_values(good)
    for (case, label), group in values.groupby(["case", "label"], sort=False)["seconds"]:
        ordered = np.sort(group.to_numpy(float))
        middle = rounded(float(np.median(ordered)))
        if len(ordered) > most:
            ordered = ordered[np.linspace(0, len(ordered) - 1, most).round().astype(int)]
        view = views.setdefault(str(case), View(str(case)))
        view.labels += [number[str(label)]] * len(ordered)
        view.columns.setdefault("x", []).extend(rounded_all(ordered.tolist()))
        view.columns.setdefault("middle", []).extend([middle] * len(ordered))
    for view in views.values():
        set_axes(view, ["x"])
        view.height = step_height(len(set(view.labels)))
    return list(views.values())


def trade(board: pd.DataFrame, labels: Sequence[str], problem: ProblemFacts) -> list[View]:
    """Cost against time, a point per solver; `front` marks those that nobody beats in both.

    `named` is 1 where a name has room to the right of its point, 2 where only to the left.
    """
    ends = ["score", "score_low", "score_high", "seconds"]
    known = board[np.isfinite(board[ends].astype(float)).all(axis=1) & board["seconds"].gt(0)]
    if len(known) < 2:
        return []
    number = {label: i for i, label in enumerate(labels)}
    view = View("all cases")
    clean = known[known["ok"] == known["runs"]]
    for row in known.to_dict("records"):
        better = clean[(clean["seconds"] <= row["seconds"]) & (clean["score"] <= row["score"])]
        above, low, high = (
            max(0.0, reach(row[name], problem)) for name in ("score", "score_low", "score_high")
        )
        whole = row["ok"] == row["runs"]
        view.add(
            number[row["label"]],
            x=rounded(row["seconds"], 6),
            y=rounded(above, 6),
            low=rounded(low, 6),
            high=rounded(high, 6),
            failed=int(row["runs"] - row["ok"]),
            front=int(whole and set(better["label"]) <= {row["label"]}),
        )
    set_axes(view, ["x"], ["y", "low", "high"], _NO_MORE)
    view.columns["named"] = _named(view)
    return [view]


def _named(view: View) -> list[int]:
    """On which side of each point of the front its name fits without covering another name."""
    across, down = (_places(view.column(name), view.axes[name]["log"]) for name in ("x", "y"))
    named = [0] * len(across)
    taken: list[tuple[float, float, float]] = []
    for i in np.argsort(across, kind="stable").tolist():
        side = 1 if across[i] < 0.68 else 2
        begin, end = (across[i], across[i] + 0.32) if side == 1 else (across[i] - 0.32, across[i])
        free = all(
            end < first or last < begin or abs(down[i] - height) > 0.05
            for first, last, height in taken
        )
        if view.columns["front"][i] and free:
            named[i] = side
            taken.append((begin, end, down[i]))
    return named


def _places(values: Sequence[float], ends: list[Any] | None) -> list[float]:
    """Where values lie on a logarithmic axis, 0 to 1; at its foot where there is none."""
    if ends is None:
        return [0.0] * len(values)
    low, high = math.log(ends[0]), math.log(ends[1])
    return [(math.log(max(value, ends[0])) - low) / (high - low) for value in values]
