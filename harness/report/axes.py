"""The axes of the charts: their ends and ticks, and how Vega is to write their numbers.

What an axis shows changes with the view, with the reader's choice of a linear or logarithmic axis
and with zooming, so it is told by signals: of the horizontal axis `x0` and `x1` are the ends,
`xticks` the ticks, `xform` the form of its numbers and `xtitle` its title. On a logarithmic axis
`xfloor` is where zeros lie, and `xcut` says that there are some. The vertical axis has the same
with a y.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import altair as alt
import numpy as np

from harness.findings import Axis
from harness.report.digits import rounded

NO_FLOOR = -1e300
DRAWABLE = 1e150  # what is larger overflows on the way to a pixel
_DIGITS = ((1,), (1, 3), (1, 2, 5), (1, 2, 3, 5), (1, 1.5, 2, 3, 4, 5, 7), range(1, 10))
_TICKS = 8  # at most on a logarithmic axis
_STEPS = 6  # about so many on a linear one
_APART = 3.0  # a logarithm shows no more than a line where the ends are nearer than this factor
_TIME = (
    "{v} == 0 ? '0' : abs({v}) < 9.995e-7 ? format({v} * 1e9, '.3~g') + ' ns'"
    " : abs({v}) < 9.995e-4 ? format({v} * 1e6, '.3~g') + ' µs'"
    " : abs({v}) < 0.9995 ? format({v} * 1e3, '.3~g') + ' ms'"
    " : format({v}, ',.4~r') + ' s'"
)
_SIZE = (
    "abs({v}) < 1024 ? format({v}, '.4~g') + ' B'"
    " : abs({v}) < 1048576 ? format({v} / 1024, '.3~g') + ' KiB'"
    " : abs({v}) < 1073741824 ? format({v} / 1048576, '.3~g') + ' MiB'"
    " : format({v} / 1073741824, '.3~g') + ' GiB'"
)
_PLAIN = (
    "{v} != 0 && (abs({v}) < 1e-4 || abs({v}) >= 1e9) ? format({v}, '.3~e')"
    " : abs({v}) >= 1e5 ? format({v}, '.4~s') : format({v}, '.6~r')"
)
_WRITTEN = {
    "time": _TIME,
    "size": _SIZE,
    "factor": f"({_PLAIN}) + '×'",
    "share": "format({v} * 100, '.5~r') + ' %'",
    "excess": "({v} > 0 ? '+' : '') + format({v} * 100, '.5~r') + ' %'",
    "gap": f"({{v}} > 0 ? '+' : '') + ({_PLAIN})",
    "count": "abs({v}) < 1e4 ? format({v}, '.5~r') : format({v}, '.4~s')",
}


_SHORT = {  # what is not all of them must not look like it
    "share": "{v} > 0.9995 && {v} < 1 ? '>99.9 %' : format({v} * 100, '.3~r') + ' %'",
    "probability": "{v} > 0 && {v} < 1e-4 ? '<0.0001' : {v} > 0.9995 && {v} < 1 ? '>0.999'"
    " : format({v}, '.3~r')",
}


def written(form: str, value: str, short: bool = False) -> str:
    """Vega's expression for a number in the form that the signal `form` names.

    Args:
        form: the signal. value: an expression.
        short: three digits, where there is little room; an axis must tell its ticks apart.
    """
    forms = {**_WRITTEN, **_SHORT} if short else _WRITTEN
    text = f"({_PLAIN})"
    for name, how in forms.items():
        text = f"{form} == '{name}' ? ({how}) : {text}"
    text = text.replace(".6~r", ".3~r") if short else text
    return f"({text})".replace("{v}", value)


def ends(values: Iterable[float], axis: Axis, zero: float = 0.0) -> dict[str, Any]:
    """What a view says of one of its axes.

    Args:
        values: all that is drawn along it; what is not finite, or absurdly large, doesn't count.
        axis: whether it is to be logarithmic, and its ends where they don't follow from values.
        zero: what is not larger counts as zero.

    Returns:
        `linear`, `log` (None where a value is negative or none is positive): each [low, high,
        ticks, cut], where `cut` says that there are zeros, which lie at the low end; `on`: which of
        them is shown first; `switch`: whether the reader may choose.
    """
    known = np.asarray(list(values), float)
    known = known[np.abs(known) < DRAWABLE]
    linear = _linear(known, axis)
    log = _log(known, axis, zero)
    if axis.form == "count":  # there is no half of a thing
        for one in (linear, log):
            if one is not None:
                one[2] = [tick for tick in one[2] if tick == int(tick)] or one[2]
    far = log is not None and log[1] >= _APART * log[0]
    bounded = axis.low == 0 and axis.high is not None
    first = "log" if axis.log and log is not None else "linear"
    switch = log is not None and axis.form != "rank" and not bounded and (far or first == "log")
    return {"linear": linear, "log": log, "on": first, "switch": switch}


def _linear(known: np.ndarray, axis: Axis) -> list[Any]:
    low = float(known.min()) if len(known) else 0.0
    high = float(known.max()) if len(known) else 1.0
    low, high = _kept(low, high, axis)
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        margin = 0.1 * abs(low)
        low, high = (rounded(low - margin, 6), rounded(high + margin, 6)) if margin else (0.0, 1.0)
    return [low, high, linear_ticks(low, high), False]


def _log(known: np.ndarray, axis: Axis, zero: float) -> list[Any] | None:
    positive = known[known > zero]
    if not len(positive) or known.min() < 0:
        return None
    cut = len(positive) < len(known)
    low, high = float(positive.min()), float(positive.max())
    if cut:  # zeros need a place of their own below all else
        low = rounded(10.0 ** math.floor(math.log10(low) - 1e-9))
    low, high = _kept(low, high, axis)
    if low <= 0:
        low = float(positive.min())
    if high <= 1.01 * low:
        low, high = rounded(low / 1.5), rounded(high * 1.5)
    return [low, high, log_ticks(low, high), cut]


def _kept(low: float, high: float, axis: Axis) -> tuple[float, float]:
    """Ends that take the axis's own into account, but leave out no value."""
    low = low if axis.low is None else min(low, axis.low)
    high = high if axis.high is None else max(high, axis.high)
    return low, high


def log_ticks(low: float, high: float, at_least: int = 4) -> list[float]:
    """Round numbers on a logarithmic axis: powers of ten, or 1, 2, 5 where those are too few.

    `static/chart-tools.js` has the same function for an axis that was zoomed.
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for digits in _DIGITS:
        found = [
            rounded(digit * 10.0**power) for power in range(first, last + 1) for digit in digits
        ]
        found = [value for value in found if low <= value * 1.0001 and value * 0.9999 <= high]
        if len(found) >= at_least:
            break
    if len(found) < 2:  # a range too narrow for round numbers
        return linear_ticks(low, high)
    return found[:: math.ceil(len(found) / _TICKS)]


def linear_ticks(low: float, high: float) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten between the ends, about six."""
    width = high - low
    if not math.isfinite(width) or width <= 0:
        return [low]
    power = 10.0 ** math.floor(math.log10(width / _STEPS))
    step = next(one * power for one in (1, 2, 5, 10) if width / (one * power) <= _STEPS + 1)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [rounded(i * step, 12) for i in range(first, last + 1)]


def quantity(kind: type[Any], grid: bool, padding: int = 10, **axis: Any) -> dict[str, Any]:
    """Scale and axis of a channel along which numbers are drawn.

    Args:
        kind: `alt.X` or `alt.Y`.
        grid: whether its ticks have lines.
        padding: pixels between the ends and the frame.
        axis: further settings of the axis.
    """
    name = "y" if kind is alt.Y else "x"
    shown = written(f"{name}form", "datum.value")
    low = f"{name}cut && datum.value <= {name}floor * 1.001 ? {name}zero : {shown}"
    return {
        "title": f"@{name}title",
        "scale": alt.Scale(
            type="log",
            domain=[alt.ExprRef(f"{name}0"), alt.ExprRef(f"{name}1")],
            nice=False,
            zero=False,
            padding=padding,
        ),
        "axis": alt.Axis(
            labelExpr=low,
            labelOverlap="greedy",
            labelSeparation=6,
            grid=grid,
            values=alt.ExprRef(f"{name}ticks"),
            **axis,
        ),
    }


def params() -> list[alt.Parameter]:
    """The signals by which the page tells a chart what is shown and what is brought out."""
    given: dict[str, Any] = {"lit": "", "focus": [], "front": [], "narrow": False, "nameroom": 150}
    for name in "xy":
        given |= {f"{name}0": 1e-9, f"{name}1": 1.0, f"{name}ticks": [], f"{name}form": "number"}
        given |= {f"{name}floor": NO_FLOOR, f"{name}cut": False, f"{name}zero": "0"}
    return [alt.param(name=name, value=value) for name, value in given.items()]


def config() -> dict[str, Any]:
    """Fonts and colours, by their names in the style sheet."""
    text = {"labelColor": "var(--muted)", "titleColor": "var(--muted)"}
    return {
        "background": "transparent",
        "aria": False,  # a chart has one label, and its numbers stand in tables
        "font": "var(--sans)",
        "padding": {"left": 2, "right": 14, "top": 6, "bottom": 2},
        "view": {"stroke": None},
        "axis": {
            **text,
            "domainColor": "var(--rule-strong)",
            "tickColor": "var(--rule-strong)",
            "gridColor": "var(--rule)",
            "labelFontSize": 11.5,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "titlePadding": 10,
            "labelPadding": 5,
            "tickSize": 4,
        },
        "axisY": {"domain": False, "ticks": False},
    }
