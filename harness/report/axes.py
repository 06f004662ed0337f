"""The axes of the charts, and how Vega is to draw what isn't data.

The ends and ticks of an axis change with the view that is shown, so they are signals: `left`,
`right` and `xticks`, `floor`, `top` and `yticks`; `cut` says that zeros lie on the floor.
"""

from __future__ import annotations

from typing import Any

import altair as alt

_SECONDS = (
    "datum.value < 9.9e-7 ? format(datum.value * 1e9, '.3~g') + ' ns'"
    " : datum.value < 9.9e-4 ? format(datum.value * 1e6, '.3~g') + ' µs'"
    " : datum.value < 0.99 ? format(datum.value * 1e3, '.3~g') + ' ms'"
    " : format(datum.value, ',.3~g') + ' s'"
)
_SIZE = "format(datum.value, '.3~s')"
_GAP = "format(datum.value, '.3~g')"


def params() -> list[alt.Parameter]:
    """The signals by which the page tells a chart what is shown and what is brought out."""
    return [
        alt.param(name="lit", value=""),
        alt.param(name="focus", value=[]),
        alt.param(name="xticks", value=[]),
        alt.param(name="yticks", value=[]),
        alt.param(name="left", value=1e-9),
        alt.param(name="right", value=1.0),
        alt.param(name="floor", value=1e-9),
        alt.param(name="top", value=1.0),
        alt.param(name="cut", value=False),
    ]


def above(column: str, percent: bool) -> alt.Y:
    """How far a cost is above the best known, upwards; as a share in percent, or as it is."""
    shown = "format(datum.value * 100, '.2~r') + ' %'" if percent else _GAP
    return alt.Y(
        f"{column}:Q",
        title=None,
        scale=_log_scale(alt.Y, padding=8, clamp=True),
        axis=alt.Axis(
            labelExpr=f"cut && datum.value <= floor * 1.001 ? 'best' : '+' + {shown}",
            labelOverlap="greedy",
            values=alt.ExprRef("yticks"),
        ),
    )


def size(column: str, title: str) -> alt.X:
    """The size of an instance, to the right."""
    return alt.X(
        f"{column}:Q",
        title=title,
        scale=_log_scale(alt.X, padding=14),
        axis=alt.Axis(
            labelExpr=_SIZE,
            grid=False,
            labelOverlap="greedy",
            values=alt.ExprRef("xticks"),
        ),
    )


def _log_scale(kind: type[Any], padding: int, clamp: bool = False) -> alt.Scale:
    low, high = ("floor", "top") if kind is alt.Y else ("left", "right")
    return alt.Scale(
        type="log",
        domain=[alt.ExprRef(low), alt.ExprRef(high)],
        nice=False,
        padding=padding,
        clamp=clamp,
    )


def time(column: str, title: str | None, kind: type[Any] = alt.X) -> Any:
    """A time in seconds, to the right or upwards."""
    return kind(
        f"{column}:Q",
        title=title,
        scale=_log_scale(kind, padding=10),
        axis=alt.Axis(
            labelExpr=_SECONDS,
            labelOverlap="greedy",
            labelSeparation=8,
            grid=kind is alt.Y,
            values=alt.ExprRef("yticks" if kind is alt.Y else "xticks"),
        ),
    )


def config() -> dict[str, Any]:
    """Fonts and colours, by their names in the style sheet."""
    text = {"labelColor": "var(--muted)", "titleColor": "var(--muted)"}
    return {
        "background": "transparent",
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
