"""What the charts show, thinned to what an eye can see and packed into columns.

A chart has one or more views (a case, a family of growing cases); the page hands one at a time to
the chart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from harness.report.subjects import ProblemFacts
from harness.selectors import Misuse, parse, show
from harness.tables import size_of, timing_values

POINTS = 24_000  # of all curves of a page together
_MOST, _LEAST = 48, 8  # points of one curve
_FEW = 6  # sizes, each of which gets its tick
_VALUES = 40  # of one solver's timing on one case
_SHORTEST = 1e-8  # seconds; a logarithm has no zero


@dataclass
class View:
    """What a chart shows at a time.

    Attributes:
        title: as its picker names it.
        labels: solver of each row, as its number on the board.
        columns: name -> numbers, one per row.
        signals: what the axes need to know: their ticks, and where a logarithm is cut off.
    """

    title: str
    labels: list[int] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=dict)
    signals: dict[str, Any] = field(default_factory=dict)

    def add(self, label: int, **values: Any) -> None:
        self.labels.append(label)
        for name, value in values.items():
            self.columns.setdefault(name, []).append(value)


def rounded(value: float, digits: int = 4) -> float:
    """The number with so many significant digits, to keep pages small."""
    return float(f"{value:.{digits}g}")


def reach(values: pd.Series[float] | np.ndarray, problem: ProblemFacts) -> Any:
    """How far costs are above the best known: as a share of it, or as a difference."""
    return values - 1 if problem.relative else values


def ticks(low: float, high: float, at_least: int = 4) -> list[float]:
    """Round numbers on a logarithmic axis: powers of ten, or 1, 2, 5 where those are too few."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for digits in ((1,), (1, 3), (1, 2, 5), range(1, 10)):
        found = [
            rounded(digit * 10.0**power) for power in range(first, last + 1) for digit in digits
        ]
        found = [value for value in found if low <= value * 1.0001 and value * 0.9999 <= high]
        if len(found) >= at_least:
            break
    if len(found) < 2:  # a range too narrow for round numbers
        return sorted({rounded(low, 2), rounded(high, 2)})
    return found[:: math.ceil(len(found) / 8)]


def set_x(view: View, column: str) -> None:
    """Give the horizontal axis its ends and ticks."""
    values = view.columns[column]
    low, high = _extent(min(values), max(values))
    view.signals |= {"xticks": ticks(low, high), "left": low, "right": high}


def set_y(view: View, *columns: str) -> None:
    """Give the vertical axis its ends and ticks; zeros lie on its floor, and it is then `cut`."""
    values = [value for column in columns for value in view.columns[column]]
    positive = [value for value in values if value > 1e-7]
    least = min(positive, default=1e-3)
    cut = len(positive) < len(values)
    low = rounded(10.0 ** math.floor(math.log10(least) - 1e-9)) if cut else least
    low, high = (low, max(positive, default=0.1)) if cut else _extent(low, max(positive))
    view.signals |= {"yticks": ticks(low, high), "floor": low, "top": high, "cut": cut}


def _extent(low: float, high: float) -> tuple[float, float]:
    """The ends of a logarithmic axis, which must lie apart."""
    return (low, high) if high > 1.01 * low else (rounded(low / 1.5), rounded(high * 1.5))


def curves(traces: pd.DataFrame, labels: Sequence[str], problem: ProblemFacts) -> list[View]:
    """The median over seeds of the cost against the best known, over time, for each case."""
    groups = list(traces.groupby(["case", "label"], sort=False))
    most = max(_LEAST, min(_MOST, POINTS // max(1, len(groups))))
    number = {label: i for i, label in enumerate(labels)}
    views: dict[str, View] = {}
    for (case, label), group in groups:
        times, values = _median_curve(group, problem, most)
        view = views.setdefault(str(case), View(str(case)))
        for i, (time, value) in enumerate(zip(times, values, strict=True)):
            view.add(
                number[str(label)],
                seconds=rounded(time),
                above=rounded(max(0.0, value), 6),
                last=int(i == len(times) - 1),
            )
    shown = [view for view in views.values() if view.labels]
    for view in shown:
        set_x(view, "seconds")
        set_y(view, "above")
    return shown


def _median_curve(
    group: pd.DataFrame, problem: ProblemFacts, most: int
) -> tuple[np.ndarray, np.ndarray]:
    """Times at which the median changes, and its values; starts once most seeds have an answer."""
    runs: list[tuple[np.ndarray, np.ndarray]] = []
    for trace, best in zip(group["trace"], group["best"], strict=True):
        points = np.asarray(trace, float).reshape(-1, 3)
        costs = _above(points[:, 2], best, problem)
        if problem.counts == "best":
            costs = np.minimum.accumulate(costs)
        runs.append((np.maximum(points[:, 0], _SHORTEST), costs))
    moments = np.unique(np.concatenate([times for times, _ in runs]))
    if len(moments) > most:
        moments = _thinned(moments, most)
    table = np.full((len(runs), len(moments)), np.inf)
    for row, (times, costs) in zip(table, runs, strict=True):
        index = np.searchsorted(times, moments, side="right") - 1
        row[index >= 0] = costs[index[index >= 0]]
    table[np.isnan(table)] = np.inf
    # The upper of the two middle ones: half the seeds with an answer are not yet most of them.
    middle = np.sort(table, axis=0)[len(runs) // 2]
    there = np.isfinite(middle)
    moments, middle = moments[there], middle[there]
    changes = np.ones(len(middle), bool)
    changes[1:-1] = middle[1:-1] != middle[:-2]
    return moments[changes], middle[changes]


@np.errstate(all="ignore")  # a best cost of zero, or costs that nobody can mean
def _above(costs: np.ndarray, best: float, problem: ProblemFacts) -> np.ndarray:
    if not problem.relative:
        return costs - best
    return np.where((costs == 0) & (best == 0), 0.0, costs / best - 1)


def _thinned(moments: np.ndarray, most: int) -> np.ndarray:
    """The moments nearest to evenly spread ones on a logarithmic axis, ends included."""
    wanted = np.geomspace(moments[0], moments[-1], most)
    index = np.searchsorted(moments, wanted).clip(0, len(moments) - 1)
    kept: np.ndarray = moments[np.unique(np.append(index, [0, len(moments) - 1]))]
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
    rows = rows.assign(size=size_of(rows, problem.size)) if len(rows) else rows.assign(size=np.nan)
    rows = rows[rows["size"] > 0]
    if rows["size"].nunique() < 2:
        return [], bool(len(timed))
    rows = rows.assign(series=[_series(row, problem.size) for row in rows.itertuples()])
    number = {label: i for i, label in enumerate(labels)}
    points = rows.groupby(["series", "case", "size", "label"], sort=False)["seconds"].median()
    table = points.reset_index().sort_values("size", kind="stable")
    lengths = table.groupby("series", sort=False)["size"].nunique()
    views = []
    for series in lengths[lengths > 1].sort_values(ascending=False, kind="stable").index:
        chosen = table[table["series"] == series]
        extent = f"{chosen['size'].min():g} to {chosen['size'].max():g}"
        views.append(_growth_view(f"{series}, {problem.size} from {extent}", chosen, number, True))
    views.append(_growth_view("all cases", table, number, False))
    return views, bool(len(timed))


def _growth_view(title: str, table: pd.DataFrame, number: Mapping[str, int], joined: bool) -> View:
    view = View(title)
    for row in table.itertuples():
        view.add(
            number[str(row.label)],
            size=rounded(float(str(row.size)), 6),
            seconds=rounded(float(str(row.seconds))),
            case=row.case,
            joined=int(joined),
        )
    set_x(view, "size")
    set_y(view, "seconds")
    sizes = sorted(set(view.columns["size"]))
    if len(sizes) <= _FEW:
        view.signals["xticks"] = sizes
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
    values = timing_values(timings[timings["status"] == "ok"])
    most = max(_LEAST, min(_VALUES, 2 * POINTS // max(1, len(timings))))
    for (case, label), group in values.groupby(["case", "label"], sort=False)["seconds"]:
        ordered = np.sort(group.to_numpy(float))
        middle = float(np.median(ordered))
        if len(ordered) > most:
            ordered = ordered[np.linspace(0, len(ordered) - 1, most).round().astype(int)]
        view = views.setdefault(str(case), View(str(case)))
        for value in ordered:
            view.add(number[str(label)], seconds=rounded(value), middle=rounded(middle))
    for view in views.values():
        set_x(view, "seconds")
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
            seconds=rounded(row["seconds"], 6),
            above=rounded(above, 6),
            low=rounded(low, 6),
            high=rounded(high, 6),
            failed=int(row["runs"] - row["ok"]),
            front=int(whole and set(better["label"]) <= {row["label"]}),
        )
    set_x(view, "seconds")
    set_y(view, "above", "low", "high")
    view.columns["named"] = _named(view)
    return [view]


def _named(view: View) -> list[int]:
    """On which side of each point of the front its name fits without covering another name."""
    ends = view.signals
    across = _places(view.columns["seconds"], ends["left"], ends["right"])
    down = _places(view.columns["above"], ends["floor"], ends["top"])
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


def _places(values: Sequence[float], low: float, high: float) -> list[float]:
    """Where values lie on a logarithmic axis, 0 to 1."""
    ends = math.log(low), math.log(high)
    return [(math.log(max(value, low)) - ends[0]) / (ends[1] - ends[0]) for value in values]
