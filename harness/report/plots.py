"""The charts of a statistic: its plots, which are plain data, as charts of a page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from harness.findings import Axis, Finding, Plot
from harness.report import axes, specs
from harness.report.charts import Chart, Drawer, Field, folder_name
from harness.report.plain import names, plain
from harness.report.views import View, key, packed, step_height, thinned

MOST_VIEWS = 400  # of a plot
MOST_ROWS = 8000  # of a view of lines, as far as these have more than _LEAST points each
MOST_CELLS = 100  # rows, and columns, of a matrix
_MOST, _LEAST = 400, 12  # points of a line
_DOTTED = 12  # a line with no more points has a mark on each
_BANDS = 4  # so many solvers' bands can be told apart


def finding_charts(finding: Finding, statistic_name: str, drawer: Drawer) -> list[Chart]:
    """The charts of a finding; a plot without anything finite to draw is left out.

    Args:
        finding: of a statistic on the board whose page it is.
        statistic_name: its name, with which the charts' names begin.
        drawer: of the page.

    Raises:
        ValueError: for a kind of plot that there isn't, and for columns of different lengths.
    """
    best_first = [row.get("label") for row in finding.rows]
    made = [
        _chart(plot, f"{statistic_name}-{plot.name}", drawer, best_first) for plot in finding.plots
    ]
    return [chart for chart in made if chart.views]


def _chart(plot: Plot, name: str, drawer: Drawer, best_first: Sequence[Any]) -> Chart:
    if plot.kind not in _KINDS:
        raise ValueError(f"a plot is one of {', '.join(_KINDS)}, not {plot.kind!r}")
    lengths = {column: len(values) for column, values in plot.columns.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"the columns of plot {plot.name} differ in length: {lengths}")
    if plot.kind == "intervals":
        return _intervals(plot, folder_name(name), drawer, _rising(plot, best_first))
    return _KINDS[plot.kind](plot, folder_name(name), drawer)


def _rising(plot: Plot, best_first: Sequence[Any]) -> bool:
    """Whether small values are the good ones, as the finding's table has it; so they come first."""
    if plot.x.form in ("time", "rank", "gap", "size"):
        return True
    place = {label: i for i, label in enumerate(best_first)}
    rows = [i for i in _finite(plot.columns, "x") if plot.columns["label"][i] in place]
    order = np.array([place[plot.columns["label"][i]] for i in rows], float)
    x = np.argsort(np.argsort([plot.columns["x"][i] for i in rows]))
    return not rows or float(((order - order.mean()) * (x - x.mean())).sum()) >= 0


def _lines(plot: Plot, name: str, drawer: Drawer) -> Chart:
    views = []
    number = _numbers(drawer)
    for title, columns in _views(plot):
        kept = [i for i in _finite(columns, "x", "y") if columns["label"][i] in number]
        if kept:
            views.append(_lines_view(plot, title, columns, kept, number))
    band = any("low" in view.columns for view in views)
    few = len(drawer.labels) <= _BANDS
    shown = "" if few or not band else " They show for solvers that are pointed at or chosen."
    return _made(
        plot,
        name,
        drawer,
        views,
        kind="lines",
        note=plain(plot.note + shown, 2000),
        axis=plot.y.title,
        fields=[
            Field("x", plot.x.title, plot.x.form),
            Field("y", plot.y.title, plot.y.form, *(("low", "high") if band else ())),
        ],
        signals={"step": plot.step, "bands": few},
    )


def _lines_view(
    plot: Plot,
    title: str,
    columns: Mapping[str, Sequence[Any]],
    kept: list[int],
    number: Mapping[str, int],
) -> View:
    view = View(title)
    given = _given(columns, kept, "x", "y", "low", "high")
    whose = np.array([number[columns["label"][i]] for i in kept])
    present = np.unique(whose)
    most = max(_LEAST, min(_MOST, MOST_ROWS // len(present)))
    _set_axes(view, plot, {"x": given["x"]}, {k: v for k, v in given.items() if k != "x"})
    places = [_place(given[one], view.axes[one]) for one in ("x", "y")]
    order: list[int] = []
    dots: list[int] = []
    for one in present:
        rows = np.flatnonzero(whose == one)
        rows = rows[thinned(places[0][rows], places[1][rows], most)]
        marked = len(rows) <= _DOTTED and not plot.step
        dots += [1] * len(rows) if marked else [0] * (len(rows) - 1) + [1]
        order += rows.tolist()
    view.labels = whose[order].tolist()
    view.columns = {one: packed(values[order]) for one, values in given.items()}
    view.columns["dot"] = dots
    return view


def _place(values: np.ndarray, ends: Mapping[str, Any]) -> np.ndarray:
    """Values as they lie on the axis that is shown first."""
    if ends["on"] == "linear":
        return values
    placed: np.ndarray = np.log10(np.maximum(values, ends["log"][0]))
    return placed


def _intervals(plot: Plot, name: str, drawer: Drawer, rising: bool = True) -> Chart:
    views = []
    number = _numbers(drawer)
    for title, columns in _views(plot):
        kept = [i for i in _finite(columns, "x") if columns["label"][i] in number]
        if not kept:
            continue
        view = View(title, [number[columns["label"][i]] for i in kept])
        given = _given(columns, kept, "x", "low", "high")
        _set_axes(view, plot, given, {})
        view.columns = {one: packed(values) for one, values in given.items()}
        x = given["x"] if rising else -given["x"]
        view.columns["place"] = np.unique(x, return_inverse=True)[1].tolist()
        view.height = step_height(len(set(view.labels)))
        views.append(view)
    band = any("low" in view.columns for view in views)
    return _made(
        plot,
        name,
        drawer,
        views,
        kind="intervals",
        fields=[Field("x", plot.x.title, plot.x.form, *(("low", "high") if band else ()))],
    )


def _ranks(plot: Plot, name: str, drawer: Drawer) -> Chart:
    views = []
    number = _numbers(drawer)
    for title, columns in _views(plot):
        kept = [i for i in _finite(columns, "x") if columns["label"][i] in number]
        if kept:
            ranks = {number[columns["label"][i]]: float(columns["x"][i]) for i in kept}
            views.append(_ranks_view(plot, title, ranks))
    return _made(
        plot,
        name,
        drawer,
        views,
        kind="ranks",
        fields=[Field("x", plot.x.title or "mean rank", "rank")],
    )


def _ranks_view(plot: Plot, title: str, ranks: Mapping[int, float]) -> View:
    """Names of the better half stand on the left, the best on top; the others on the right.

    So no line crosses another. `part` tells solvers (0), bars (1) and the critical difference (2).
    """
    view = View(title)
    ordered = sorted(ranks, key=lambda one: (ranks[one], one))
    half = (len(ordered) + 1) // 2
    for place, label in enumerate(ordered):
        left = place < half
        view.add(
            label,
            x=float(f"{ranks[label]:.6g}"),
            last=None,
            part=0,
            side=-1 if left else 1,
            level=place if left else len(ordered) - 1 - place,
            alone=place,
        )
    tracks: list[float] = []  # where the last bar of each track ends
    for first, last in sorted(plot.bars):
        track = next((i for i, end in enumerate(tracks) if end < first), len(tracks))
        tracks[track : track + 1] = [last]
        view.add(-1, x=first, last=last, part=1, side=0, level=track, alone=0)
    low, high = 1.0, float(max(2, math.ceil(max(ranks.values()) - 1e-9)))
    if plot.difference is not None and math.isfinite(plot.difference):
        shown = min(plot.difference, high - low)
        view.add(-1, x=low, last=low + shown, part=2, side=0, level=0, alone=0)
        view.signals["said"] = f"critical difference {plot.difference:.3g}"
    ends = [low, high, axes.linear_ticks(low, high), False]
    view.axes["x"] = {"linear": ends, "log": None, "on": "linear", "switch": False}
    above = specs.RANK_AXIS + 14 + len(tracks) * specs.RANK_BAR
    each = 19 if len(ordered) <= 40 else 15 if len(ordered) <= 80 else 13  # pixels of a name
    view.height = above + half * each
    view.signals |= {"levels": len(tracks), "each": each, "tall": above + len(ordered) * each}
    return view


def _matrix(plot: Plot, name: str, drawer: Drawer) -> Chart:
    views = []
    shown = names(str(one) for column in ("row", "column") for one in plot.columns[column])
    fuller = False
    for title, columns in _views(plot):
        kept = _finite(columns, "value")
        rows, across = (
            list(dict.fromkeys(str(columns[column][i]) for i in kept))
            for column in ("row", "column")
        )
        fuller |= max(len(rows), len(across)) > MOST_CELLS
        first = set(rows[:MOST_CELLS]), set(across[:MOST_CELLS])
        pairs = [
            (str(columns["row"][i]), str(columns["column"][i]), columns["value"][i]) for i in kept
        ]
        pairs = [one for one in pairs if one[0] in first[0] and one[1] in first[1]]
        if pairs:
            views.append(_matrix_view(plot, title, pairs, shown, drawer))
    note = f" The first {MOST_CELLS} are shown." if fuller else ""
    return _made(
        plot,
        name,
        drawer,
        views,
        kind="matrix",
        note=plain(plot.note + note, 2000),
        fields=[
            Field("row", "row", "text"),
            Field("column", "column", "text"),
            Field("value", plot.x.title or plot.title, plot.x.form),
        ],
    )


def _matrix_view(
    plot: Plot,
    title: str,
    pairs: list[tuple[str, str, Any]],
    shown: Mapping[str, str],
    drawer: Drawer,
) -> View:
    order = {name: i for i, name in enumerate(dict.fromkeys([*drawer.labels, *shown.values()]))}
    values = np.array([float(value) for _, _, value in pairs])
    view = View(title, [-1] * len(pairs))
    view.columns = {
        "row": [shown[row] for row, _, _ in pairs],
        "column": [shown[column] for _, column, _ in pairs],
        "value": packed(values),
    }
    low = float(values.min()) if plot.x.low is None else min(plot.x.low, float(values.min()))
    high = float(values.max()) if plot.x.high is None else max(plot.x.high, float(values.max()))
    ramp = ["var(--ramp-middle)", "var(--ramp-half)", "var(--ramp-high)"]
    middle = (low + high) / 2
    if plot.middle is not None:
        ramp = ["var(--ramp-low)", "var(--ramp-middle)", "var(--ramp-high)"]
        middle = plot.middle
        reach = max(high - middle, middle - low)
        low, high = _bounded(middle - reach, middle + reach, plot.x, values)
    if low >= high:
        low, high = middle - 0.5, middle + 0.5
    view.signals = {
        "low": low,
        "middle": middle,
        "high": high,
        "diverging": plot.middle is not None,
    }
    view.signals |= {
        f"{name}names": [key(one) for one in sorted(set(view.columns[name]), key=order.__getitem__)]
        for name in ("row", "column")
    }
    view.signals |= {f"ramp{i}": paint for i, paint in enumerate(ramp)}
    rows = len(set(view.columns["row"]))
    view.height = max(80, rows * (26 if rows <= 16 else 16 if rows <= 40 else 11))
    return view


def _bounded(low: float, high: float, axis: Axis, values: np.ndarray) -> tuple[float, float]:
    """Ends around a middle, but none where no value can be."""
    share = axis.form in ("share", "probability")
    least = 0.0 if axis.low is None and share else axis.low
    most = 1.0 if axis.high is None and share else axis.high
    low = low if least is None or values.min() < least else max(low, least)
    high = high if most is None or values.max() > most else min(high, most)
    return low, high


_KINDS = {"lines": _lines, "intervals": _intervals, "ranks": _ranks, "matrix": _matrix}


def _made(plot: Plot, name: str, drawer: Drawer, views: list[View], **more: Any) -> Chart:
    blank: dict[str, Any] = {"note": plain(plot.note, 2000), "y": plot.y}
    return drawer.chart(
        name=name,
        views=views,
        title=plain(plot.title, 200),
        x=plot.x,
        picker=plain(plot.picker, 80) if "view" in plot.columns else "",
        **{**blank, **more},
    )


def _numbers(drawer: Drawer) -> dict[Any, int]:
    return {label: i for i, label in enumerate(drawer.labels)}


def _views(plot: Plot) -> Iterator[tuple[str, dict[str, list[Any]]]]:
    """(title, columns) of each view, in the order of their first rows."""
    columns = {name: list(values) for name, values in plot.columns.items()}
    cut = columns.pop("view", None)
    if cut is None:
        yield plot.title, columns
        return
    rows: dict[str, list[int]] = {}
    for i, title in enumerate(cut):
        rows.setdefault(str(title), []).append(i)
    shown = names(rows)
    for title, chosen in list(rows.items())[:MOST_VIEWS]:
        yield (
            shown[title],
            {name: [values[i] for i in chosen] for name, values in columns.items()},
        )


def _finite(columns: Mapping[str, Sequence[Any]], *needed: str) -> list[int]:
    """The rows whose numbers can be drawn."""
    good = [np.abs(_floats(columns[name])) < axes.DRAWABLE for name in needed]
    return [int(i) for i in np.flatnonzero(np.logical_and.reduce(good))]


def _given(
    columns: Mapping[str, Sequence[Any]], kept: list[int], *wanted: str
) -> dict[str, np.ndarray]:
    """The columns of numbers that there are, float[rows kept]."""
    return {name: _floats(columns[name])[kept] for name in wanted if name in columns}


def _floats(values: Sequence[Any]) -> np.ndarray:
    return np.array([math.nan if value is None else value for value in values], float)


def _set_axes(
    view: View, plot: Plot, x: Mapping[str, np.ndarray], y: Mapping[str, np.ndarray]
) -> None:
    for name, axis, columns in (("x", plot.x, x), ("y", plot.y, y)):
        if columns:
            view.axes[name] = axes.ends(np.concatenate(list(columns.values())), axis)
