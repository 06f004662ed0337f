"""What the kinds of charts look like, written in Altair and compiled to Vega.

A specification knows nothing of a problem: the rows of a view come under the name `rows`, with the
look of each solver in them, and signals say what the axes show (see `axes`). So each kind is
compiled once, and all charts of a site share it. Rows are told apart by a `key`, the label behind a
sign, as Vega stumbles over a solver named "constructor". Colours and fonts are named as the style
sheet names them (`var(--ink)`); the values of the theme are put in when a chart is drawn.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Literal

import altair as alt
import vl_convert

from harness.report import axes

HEIGHT = 320
# Of a diagram of ranks: where its axis lies, and pixels for a bar.
RANK_AXIS, RANK_BAR = 46, 7
RANK_SIZES = {"axis": RANK_AXIS, "bar": RANK_BAR}
_CHOSEN = "(datum.label == lit || indexof(focus, datum.label) >= 0)"
_QUIET = "(lit == '' && length(focus) == 0)"
_FRONT = "indexof(front, datum.label) >= 0"
# On which side of its point a name stands, and how far from it.
_SIDES: tuple[tuple[int, Literal["left", "right"], int], ...] = ((1, "left", 8), (2, "right", -8))
_Layers = alt.LayerChart | alt.FacetChart  # what `alt.layer` is said to return


def _value(expression: str) -> Any:
    return alt.value(alt.ExprRef(expression))


# Where a mark is only stroked or only filled its opacity is that of stroke or fill: to blend it as
# a whole takes those who draw it as an image much longer.
_PAINT = _value("datum.paint")
_OPACITY = _value(f"{_CHOSEN} ? 1 : {_QUIET} ? ({_FRONT} ? 0.9 : rest) : 0.1")
_EVEN = _value(f"{_CHOSEN} ? 1 : {_QUIET} ? 0.9 : 0.15")
_WIDTH = _value(f"{_CHOSEN} ? 3.2 : 1.8")


@functools.cache
def kinds() -> dict[str, Callable[[], _Layers]]:
    """Name of a kind of chart -> what draws it."""
    return {
        "lines": _lines,
        "points": _points,
        "strips": _strips,
        "intervals": _intervals,
        "ranks": _ranks,
        "matrix": _matrix,
    }


@functools.cache
def compiled(kind: str) -> dict[str, Any]:
    """The Vega specification of a kind; to be copied before anything in it is changed."""
    extra: dict[str, Any] = {"rest": 0.35, "bands": False, "step": False}
    extra |= {"ramp0": "#000", "ramp1": "#000", "ramp2": "#000", "low": 0.0, "high": 1.0}
    extra |= {
        "middle": 0.5,
        "diverging": False,
        "levels": 0,
        "each": 19,
        "said": "",
        "ink": "var(--ink)",
        "ground": "var(--paper)",
    }
    params = [*axes.params(), *(alt.param(name=name, value=value) for name, value in extra.items())]
    whole = kinds()[kind]().properties(width="container", height=HEIGHT).add_params(*params)
    whole = whole.configure(**axes.config())
    version = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
    spec: dict[str, Any] = vl_convert.vegalite_to_vega(whole.to_dict(), vl_version=version)
    spec.pop("$schema", None)
    spec["signals"] += [{"name": name, "value": ""} for name in ("xtitle", "ytitle")]
    for scale in spec["scales"]:  # which a linear one would take into its domain
        if scale["type"] == "log":
            scale["zero"] = False
    if kind == "matrix":  # rows and columns keep the order of the board, whichever come first
        spec["signals"] += [{"name": name, "value": []} for name in ("rownames", "columnnames")]
        for scale, name in (("x", "columnnames"), ("y", "rownames")):
            found = next(one for one in spec["scales"] if one["name"] == scale)
            found["domain"] = {"signal": name}
    titled: dict[str, Any] = _titled(spec)
    return titled


def _titled(value: Any) -> Any:
    """The specification with titles that come from signals."""
    if isinstance(value, dict):
        return {key: _titled(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_titled(one) for one in value]
    return {"signal": value[1:]} if value in ("@xtitle", "@ytitle") else value


def _rows() -> alt.Chart:
    """The rows, with what lies below the floor of a logarithmic axis put upon it."""
    return alt.Chart(alt.NamedData("rows"))


def _floored(base: alt.Chart, **columns: str) -> alt.Chart:
    made: alt.Chart = base.transform_calculate(
        **{
            name: f"datum.{source} == null ? null : max(datum.{source}, {axis}floor)"
            for name, (source, axis) in ((k, v.split("/")) for k, v in columns.items())
        }
    )
    return made


def _marks(base: alt.Chart, size: int, hollow: bool = False, **more: Any) -> alt.Chart:
    marks: alt.Chart = base.mark_point(
        size=size, strokeWidth=1.6, clip=True, filled=False, **more
    ).encode(
        shape=alt.Shape("shape:N", scale=None),
        stroke=_PAINT,
        fill=_PAINT,
        fillOpacity=_value("datum.failed > 0 ? 0 : 1") if hollow else alt.value(1),
        opacity=_EVEN if hollow else _OPACITY,
    )
    return marks


def _lines() -> _Layers:
    base = _floored(_rows(), X="x/x", Y="y/y", LOW="low/y", HIGH="high/y").encode(
        x=alt.X("X:Q", **axes.quantity(alt.X, False)),
        y=alt.Y("Y:Q", **axes.quantity(alt.Y, True, padding=8)),
    )
    how = alt.ExprRef("step ? 'step-after' : 'linear'")
    joined = base.transform_filter("datum.joined !== 0")
    bands = joined.mark_area(interpolate=how, clip=True).encode(
        y=alt.Y("LOW:Q"),
        y2="HIGH:Q",
        detail="key:N",
        fill=_PAINT,
        fillOpacity=_value(f"!bands && !{_CHOSEN} ? 0 : {_CHOSEN} ? 0.2 : {_QUIET} ? 0.12 : 0.03"),
    )
    lines = joined.mark_line(interpolate=how, clip=True).encode(
        detail="key:N",
        stroke=_PAINT,
        strokeDash=_value("datum.dash"),
        strokeOpacity=_OPACITY,
        strokeWidth=_WIDTH,
    )
    return alt.layer(bands, lines, _marks(base.transform_filter("datum.dot === 1"), 52))


def _points() -> _Layers:
    base = _floored(_rows(), X="x/x", Y="y/y", LOW="low/y", HIGH="high/y").encode(
        x=alt.X("X:Q", **axes.quantity(alt.X, False)),
        y=alt.Y("Y:Q", **axes.quantity(alt.Y, True, padding=8)),
    )
    bars = base.mark_rule(strokeWidth=1.5, clip=True).encode(
        y=alt.Y("LOW:Q"), y2="HIGH:Q", stroke=_PAINT, strokeOpacity=_EVEN
    )
    front = base.transform_filter("datum.front === 1").mark_line(
        interpolate="step-after",
        color="var(--muted)",
        strokeDash=[2, 3],
        strokeWidth=1.2,
        clip=True,
    )
    # Names make room for each other as long as nobody zooms in.
    names = [
        base.transform_filter(f"datum.named == {side}")
        .mark_text(align=align, baseline="bottom", dx=dx, dy=-5, fontSize=11.5, clip=True)
        .encode(text="label:N", color=alt.value("var(--ink)"), opacity=_EVEN)
        for side, align, dx in _SIDES
    ]
    return alt.layer(front, bars, _marks(base, 90, hollow=True), *names)


def _named(column: str) -> alt.Y:
    """Solvers one below the other, the smallest value on top."""
    return alt.Y(
        "key:N",
        title=None,
        sort=alt.EncodingSortField(column, op="min", order="ascending"),
        axis=alt.Axis(
            labelExpr="slice(datum.label, 1)",
            labelLimit=alt.ExprRef("nameroom"),
            domain=False,
            ticks=False,
            grid=True,
        ),
    )


def _strips() -> _Layers:
    base = _floored(_rows(), X="x/x", MIDDLE="middle/x").encode(y=_named("middle"))
    values = base.mark_circle(size=44, clip=True).encode(
        x=alt.X("X:Q", **axes.quantity(alt.X, False)),
        fill=_PAINT,
        opacity=_value(f"({_CHOSEN} || {_QUIET}) ? 0.5 : 0.12"),
    )
    middle = base.mark_tick(thickness=2, height=15, clip=True).encode(
        x="MIDDLE:Q", color=alt.value("var(--ink)"), opacity=_EVEN
    )
    return alt.layer(values, middle)


def _intervals() -> _Layers:
    base = _floored(_rows(), X="x/x", LOW="low/x", HIGH="high/x").encode(y=_named("place"))
    across = alt.X("X:Q", **axes.quantity(alt.X, True))
    whiskers = base.mark_rule(strokeWidth=2, strokeCap="round", clip=True).encode(
        x=alt.X("LOW:Q"), x2="HIGH:Q", stroke=_PAINT, strokeOpacity=_EVEN
    )
    dots = _marks(base, 64).encode(x=across, opacity=_EVEN)
    return alt.layer(dots, whiskers, dots)


def _ranks() -> _Layers:
    """A diagram of mean ranks; `level` and `alone` are places of names on two sides, and on one."""
    left, right = "(narrow ? width * 0.5 : nameroom + 14)", "(narrow ? 10 : nameroom + 14)"
    base = _rows()
    across = alt.X(
        "x:Q",
        title=None,
        scale=alt.Scale(
            domain=[alt.ExprRef("x0"), alt.ExprRef("x1")],
            range=[alt.ExprRef(left), alt.ExprRef(f"width - {right}")],
            nice=False,
            zero=False,
        ),
        axis=alt.Axis(
            orient="top",
            offset=-RANK_AXIS,
            grid=False,
            values=alt.ExprRef("xticks"),
            labelExpr="format(datum.value, '~g')",
            labelOverlap="greedy",
            labelSeparation=4,
        ),
    )
    line = _value(str(RANK_AXIS))
    place = (
        f"({RANK_AXIS + 14} + levels * {RANK_BAR} + (narrow ? datum.alone : datum.level) * each)"
    )
    low = f"({left} - 8)"
    end = f"(!narrow && datum.side == 1 ? width - {right} + 8 : {low})"
    solvers = base.transform_filter("datum.part == 0").encode(x=across, opacity=_EVEN)
    down = solvers.mark_rule().encode(y=line, y2=_value(place), stroke=_PAINT, strokeWidth=_WIDTH)
    out = solvers.mark_rule().encode(
        x2=_value(end), y=_value(place), stroke=_PAINT, strokeWidth=_WIDTH
    )
    dots = _marks(solvers, 44).encode(y=line, opacity=_EVEN)
    sides: tuple[tuple[str, Literal["left", "right"], str], ...] = (
        ("narrow || datum.side != 1", "right", f"{low} - 6"),
        ("!narrow && datum.side == 1", "left", f"width - {right} + 14"),
    )
    names = [
        solvers.transform_filter(chosen)
        .mark_text(align=align, baseline="middle", fontSize=11.5, limit=alt.ExprRef("nameroom"))
        .encode(x=_value(at), y=_value(place), text="label:N", color=alt.value("var(--ink)"))
        for chosen, align, at in sides
    ]
    bars = (
        base.transform_filter("datum.part == 1")
        .mark_rule(strokeWidth=4.5, color="var(--ink)", opacity=0.75)
        .encode(
            x=across,
            x2="last:Q",
            y=_value(f"{RANK_AXIS + 10} + datum.level * {RANK_BAR}"),
        )
    )
    critical = base.transform_filter("datum.part == 2")
    bracket = critical.mark_rule(strokeWidth=1.6, color="var(--muted)").encode(
        x=across, x2="last:Q", y=alt.value(12)
    )
    stops = [
        critical.mark_rule(strokeWidth=1.6, color="var(--muted)").encode(
            x=alt.X(f"{column}:Q"), y=alt.value(8), y2=alt.value(16)
        )
        for column in ("x", "last")
    ]
    said = critical.mark_text(align="left", dx=7, fontSize=11, color="var(--muted)").encode(
        x="last:Q", y=alt.value(12), text=_value("said")
    )
    return alt.layer(down, out, dots, *names, bars, bracket, *stops, said)


def _side(name: str, **more: Any) -> alt.Axis:
    """A side of a matrix with its names; where these would only be a smear, without."""
    return alt.Axis(
        domain=False,
        ticks=False,
        grid=False,
        labelLimit=alt.ExprRef("nameroom"),
        labelOverlap=False,
        labelFontSize=alt.ExprRef(f"min(11.5, bandwidth('{name}') + 1)"),
        labelExpr=f"bandwidth('{name}') < 7 ? '' : slice(datum.label, 1)",
        **more,
    )


def _matrix() -> _Layers:
    base = _rows().encode(
        x=alt.X(
            "columnkey:N", title=None, sort=None, axis=_side("x", orient="top", labelAngle=-40)
        ),
        y=alt.Y("rowkey:N", title=None, sort=None, axis=_side("y")),
    )
    named = "(datum.row == lit || datum.column == lit || indexof(focus, datum.row) >= 0)"
    opacity = _value(f"{_QUIET} || {named} ? 1 : 0.3")
    cells = base.mark_rect(stroke="var(--paper)", strokeWidth=1).encode(
        color=alt.Color(
            "value:Q",
            title="@xtitle",
            scale=alt.Scale(
                domain=[alt.ExprRef("low"), alt.ExprRef("middle"), alt.ExprRef("high")],
                range=[alt.ExprRef("ramp0"), alt.ExprRef("ramp1"), alt.ExprRef("ramp2")],
                interpolate="lab",
                clamp=True,
            ),
            legend=alt.Legend(
                orient="bottom",
                labelExpr=axes.written("xform", "datum.value"),
                gradientLength=200,
                gradientOpacity=1,
                titleLimit=460,
                gradientThickness=10,
                titleFontSize=12,
                titleFontWeight="normal",
                titleColor="var(--muted)",
                labelColor="var(--muted)",
                labelFontSize=11,
                tickCount=5,
            ),
        ),
        opacity=opacity,
    )
    far = (
        "(!diverging ? datum.value - low > 0.6 * (high - low)"
        " : datum.value > middle ? datum.value - middle > 0.55 * (high - middle)"
        " : middle - datum.value > 0.55 * (middle - low))"
    )
    texts = base.mark_text(fontSize=10.5, baseline="middle").encode(
        text=_value(axes.written("xform", "datum.value", short=True)),
        color=_value(f"{far} && ({_QUIET} || {named}) ? ground : ink"),
        opacity=_value(
            f"bandwidth('x') < 36 || bandwidth('y') < 14 ? 0 : {_QUIET} || {named} ? 1 : 0.45"
        ),
    )
    return alt.layer(cells, texts)
