"""A chart on paper: on white, fonts named, with its title, its note and a key of the solvers.

On a page these stand around the chart. What is added to the specification is the same for a figure
that is written here and for one that a reader saves from a page.
"""

from __future__ import annotations

import copy
import functools
import re
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.report import specs
from harness.report.axes import NO_FLOOR
from harness.report.charts import Chart
from harness.report.palette import COLOURS, DASHES, RAMP, SHAPES
from harness.report.views import View, key

WIDTH = 640
FONT = "Helvetica, Arial, Liberation Sans, sans-serif"
_STYLE = Path(__file__).parent / "static" / "style.css"
_KEY_ROW = 17  # pixels of a row of the key
_NAME_WIDTH = 6.2  # pixels of a letter in it, about


def additions(kind: str) -> dict[str, Any]:
    """What a chart has besides on paper: signals, data and marks to add, and its title."""
    grey, ink = {"value": "var(--muted)"}, {"value": "var(--ink)"}
    signals = [
        {"name": "papertitle", "value": ""},
        {"name": "papernote", "value": []},
        {"name": "across", "value": 3},
    ]
    title = {
        "text": {"signal": "papertitle"},
        "subtitle": {"signal": "papernote"},
        "anchor": "start",
        "frame": "bounds",
        "offset": 14,
        "color": "var(--ink)",
        "fontSize": 15,
        "fontWeight": "bold",
        "subtitleColor": "var(--muted)",
        "subtitleFontSize": 10.5,
        "subtitleLineHeight": 14,
        "subtitlePadding": 5,
    }
    if kind not in ("lines", "points"):  # the others name their solvers themselves
        return {"signals": signals, "title": title, "data": [], "marks": []}
    left = {"signal": "(datum.place % across) * width / across"}
    top = {"signal": f"height + 76 + floor(datum.place / across) * {_KEY_ROW}"}
    sign: dict[str, Any] = {
        "shape": {"field": "shape"},
        "fill": {"field": "paint"},
        "size": {"value": 52},
        "x": {**left, "offset": 14},
        "y": top,
    }
    line = {
        "stroke": {"field": "paint"},
        "strokeDash": {"field": "dash"},
        "strokeWidth": {"value": 1.8},
        "x": left,
        "x2": {**left, "offset": 28},
        "y": top,
        "opacity": {"value": 0 if kind == "points" else 1},
    }
    name = {
        "text": {"field": "label"},
        "fill": ink,
        "fontSize": {"value": 11},
        "baseline": {"value": "middle"},
        "limit": {"signal": "width / across - 44"},
        "x": {**left, "offset": 34},
        "y": top,
    }
    heading = {
        "text": {"value": "Solvers"},
        "fill": grey,
        "fontSize": {"value": 10.5},
        "x": {"value": 0},
        "y": {"signal": "height + 60"},
        "opacity": {"signal": "length(data('key')) > 0 ? 1 : 0"},
    }
    marks = [
        {"type": "rule", "from": {"data": "key"}, "encode": {"update": line}},
        {"type": "symbol", "from": {"data": "key"}, "encode": {"update": sign}},
        {"type": "text", "from": {"data": "key"}, "encode": {"update": name}},
        {"type": "text", "encode": {"update": heading}},
    ]
    return {
        "signals": signals,
        "title": title,
        "data": [{"name": "key", "values": []}],
        "marks": marks,
    }


def on_paper(chart: Chart, number: int = 0) -> dict[str, Any]:
    """The Vega specification of a view with its data, on white, to be drawn as it is."""
    view = chart.views[number]
    spec = copy.deepcopy(specs.compiled(chart.kind))
    extra = copy.deepcopy(additions(chart.kind))
    for part in ("signals", "data", "marks"):
        spec[part] += extra[part]
    title = chart.title
    if chart.picker:
        title += f" ({chart.picker} {view.title})"
    signs = _signs(chart, view)
    known = {
        **signals(chart),
        **_axis_signals(spec, view),
        **view.signals,
        "ytitle": chart.axis,
        "papertitle": textwrap.wrap(title, 78),
        "papernote": textwrap.wrap(chart.note, 116),
        "across": _columns(signs),
        "nameroom": _name_room(chart, view),
    }
    for signal in spec["signals"]:
        if signal["name"] in known:
            signal["value"] = known[signal["name"]]
        if signal["name"] == "width":
            signal.pop("init", None)
            signal.pop("on", None)
            signal["value"] = WIDTH
    for data in spec["data"]:
        if data["name"] == "rows":
            data["values"] = _rows(chart, view)
        elif data["name"] == "key":
            data["values"] = signs
    spec["marks"] = _whole(spec["marks"])
    spec |= {"title": extra["title"], "height": view.height, "background": "#ffffff"}
    spec["autosize"] = {"type": "pad"}
    spec["padding"] = 12
    return dict(_resolved(spec))


def _whole(marks: Any) -> Any:
    """Marks that are not cut off at the frame: all is within, and to cut takes long in an image."""
    if isinstance(marks, dict):
        return {name: _whole(value) for name, value in marks.items() if name != "clip"}
    return [_whole(one) for one in marks] if isinstance(marks, list) else marks


def _axis_signals(spec: dict[str, Any], view: View) -> dict[str, Any]:
    """Sets the types of the scales; what the signals of the axes are."""
    known: dict[str, Any] = {}
    for name, ends in view.axes.items():
        on = ends["on"]
        low, high, ticks, cut = ends[on]
        known |= {f"{name}0": low, f"{name}1": high, f"{name}ticks": ticks, f"{name}cut": cut}
        known[f"{name}floor"] = low if cut else NO_FLOOR
        for scale in spec["scales"]:
            if scale["name"] == name:
                scale["type"] = on
    return known


def _rows(chart: Chart, view: View) -> list[dict[str, Any]]:
    labels = list(chart.styles)
    looks = list(chart.styles.values())
    columns = {name: view.column(name) for name in view.columns}
    rows = []
    for i, number in enumerate(view.labels):
        row = {name: values[i] for name, values in columns.items()}
        rows.append(row)
        row["label"] = labels[number] if number >= 0 else ""
        row["key"] = key(row["label"])
        if chart.kind == "matrix":
            row |= {"rowkey": key(row["row"]), "columnkey": key(row["column"])}
        if number >= 0:
            row |= _sign(looks[number])
    return rows


def _sign(look: Any) -> dict[str, Any]:
    return {
        "paint": look.paint,
        "shape": SHAPES[look.shape],
        "dash": list(DASHES[look.dash]) or None,
    }


def _signs(chart: Chart, view: View) -> list[dict[str, Any]]:
    """The solvers of a view in the order of the board."""
    items = list(chart.styles.items())
    return [
        {"label": items[number][0], "place": place, **_sign(items[number][1])}
        for place, number in enumerate(sorted({one for one in view.labels if one >= 0}))
    ]


def _columns(signs: Sequence[Mapping[str, Any]]) -> int:
    """How many columns the key has room for."""
    longest = max((len(one["label"]) for one in signs), default=1)
    return max(1, min(5, int(WIDTH / (longest * _NAME_WIDTH + 48))))


def _name_room(chart: Chart, view: View) -> int:
    """Pixels for the names beside an axis."""
    labels = list(chart.styles)
    names = {labels[one] for one in view.labels if one >= 0}
    names |= {name for column in ("row", "column") for name in view.column(column)}
    return min(200, 4 + int(_NAME_WIDTH * 1.05 * max(map(len, names), default=10)))


@functools.cache
def _light() -> dict[str, str]:
    """Name of a colour of the style sheet -> its value on light ground."""
    found = dict(re.findall(r"--([\w-]+): light-dark\((#\w+),", _STYLE.read_text()))
    found |= {f"c{i}": light for i, (light, _) in enumerate(COLOURS)}
    found |= {f"ramp-{name}": light for name, (light, _) in RAMP.items()}
    return {**found, "paper": "#ffffff", "sans": FONT}


def _resolved(value: Any) -> Any:
    """The specification with the values of colours and fonts for their names."""
    if isinstance(value, dict):
        return {key: _resolved(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_resolved(one) for one in value]
    if isinstance(value, str) and value.startswith("var(--") and value.endswith(")"):
        return _light()[value[6:-1]]
    return value


def signals(chart: Chart) -> dict[str, Any]:
    """The settings of a chart's drawing that don't change with the view."""
    return {
        **chart.signals,
        "xform": chart.x.form,
        "yform": chart.y.form,
        "xtitle": chart.x.title,
        "ypaper": chart.axis,
    }
