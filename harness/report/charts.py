"""The charts, written in Altair and compiled to Vega when the page is built.

A chart's data is not in its specification: the page's script hands it the rows of one view under
the name `rows`. Colours and fonts are named as the style sheet names them (`var(--ink)`); the
script puts in the values of the theme that is on. It also sets `lit`, the solver under the
pointer, and `focus`, those that the reader chose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt
import pandas as pd
import vl_convert

from harness.report import axes, chart_data
from harness.report.chart_data import View
from harness.report.palette import DASHES, SHAPES, Look
from harness.report.subjects import ProblemFacts

HEIGHT = 320
# Beyond so many solvers those behind the first eight are drawn faintly, and very faintly.
_CROWD, _THRONG = 12, 24
_CHOSEN = "(datum.label == lit || indexof(focus, datum.label) >= 0)"
# On which side of its point a name stands, and how far from it.
_SIDES: tuple[tuple[int, Literal["left", "right"], int], ...] = ((1, "left", 8), (2, "right", -8))
_QUIET = "(lit == '' && length(focus) == 0)"


@dataclass(frozen=True)
class Chart:
    """A chart with what stands around it.

    Attributes:
        name: of the chart within the page.
        title, note: above and below it.
        axis: what goes upwards.
        picker: what its views are; empty where there is one.
        fields: columns for the tooltip: name, heading, kind of number.
        spec: Vega.
    """

    name: str
    title: str
    note: str
    axis: str
    views: list[View]
    fields: list[tuple[str, str, str]]
    spec: dict[str, Any]
    picker: str = ""

    def payload(self) -> dict[str, Any]:
        """What the page's script needs."""
        views = [
            {
                "title": view.title,
                "label": view.labels,
                "columns": view.columns,
                "signals": view.signals,
            }
            for view in self.views
        ]
        return {"spec": self.spec, "views": views, "fields": self.fields}


class Drawer:
    """Makes the charts of one problem, whose solvers look alike in all of them."""

    def __init__(self, styles: Mapping[str, Look], problem: ProblemFacts) -> None:
        self._styles, self._problem = styles, problem
        labels = list(styles)
        shown = list(styles.values())
        front = labels if len(labels) <= _CROWD else labels[:8]
        self._params = [*axes.params(), alt.param(name="front", value=front)]
        self._colour = alt.Color(
            "label:N",
            legend=None,
            scale=alt.Scale(domain=labels, range=[look.paint for look in shown]),
        )
        self._dash = alt.StrokeDash(
            "label:N",
            legend=None,
            scale=alt.Scale(domain=labels, range=[list(DASHES[look.dash]) for look in shown]),
        )
        self._shape = alt.Shape(
            "label:N",
            legend=None,
            scale=alt.Scale(domain=labels, range=[SHAPES[look.shape] for look in shown]),
        )
        rest = 0.2 if len(labels) > _THRONG else 0.35
        self._opacity = _value(
            f"{_CHOSEN} ? 1 : {_QUIET} ? (indexof(front, datum.label) >= 0 ? 0.9 : {rest}) : 0.1"
        )
        self._even = _value(f"{_CHOSEN} ? 1 : {_QUIET} ? 0.9 : 0.15")
        self._width = _value(f"{_CHOSEN} ? 3.2 : 1.8")

    def quality(self, views: list[View]) -> Chart:
        """Cost over time, the median over seeds."""
        base = self._base().encode(
            x=axes.time("seconds", "solver's own time"),
            y=axes.above("above", self._problem.relative),
            color=self._colour,
        )
        lines = base.mark_line(interpolate="step-after", clip=True).encode(
            strokeDash=self._dash, opacity=self._opacity, strokeWidth=self._width
        )
        ends = self._marks(base.transform_filter("datum.last == 1"), 64)
        return Chart(
            name="quality",
            title="Quality over time",
            note=(
                "Median over the seeds of traced runs, each in a process of its own, its answers "
                "scored off the clock. A line starts when most runs have an answer; its mark is "
                "where the last run ended."
            ),
            axis=self._above_title(),
            views=views,
            fields=[("seconds", "after", "time"), ("above", *self._above_field())],
            spec=self._compile(lines + ends + _nearest(base)),
            picker="case",
        )

    def growth(self, views: list[View], timed: bool) -> Chart:
        """Time against the size of the instance, both logarithmic."""
        base = self._base().encode(
            x=axes.size("size", self._problem.size),
            y=axes.time("seconds", None, alt.Y),
            color=self._colour,
        )
        lines = (
            base.transform_filter("datum.joined == 1")
            .mark_line()
            .encode(strokeDash=self._dash, opacity=self._opacity, strokeWidth=self._width)
        )
        whose = (
            "Medians of pyperf's values"
            if timed
            else "No timings were taken: medians of the traced runs, which are less exact"
        )
        return Chart(
            name="growth",
            title=f"Time against {self._problem.size}",
            note=f"{whose}. Points are joined where nothing but the size differs.",
            axis="time of one solve",
            views=views,
            fields=[
                ("case", "case", "text"),
                ("size", self._problem.size, "count"),
                ("seconds", "time", "time"),
            ],
            spec=self._compile(lines + self._marks(base, 52) + _nearest(base)),
            picker="cases",
        )

    def spread(self, views: list[View]) -> Chart:
        """The values of the timings of one case."""
        base = self._base().encode(
            x=axes.time("seconds", "time of one solve"),
            y=alt.Y(
                "label:N",
                title=None,
                sort=alt.EncodingSortField("middle", op="min", order="ascending"),
                axis=alt.Axis(labelLimit=150, domain=False, ticks=False, grid=True),
            ),
            color=self._colour,
        )
        values = base.mark_circle(size=44).encode(
            opacity=_value(f"({_CHOSEN} || {_QUIET}) ? 0.5 : 0.12")
        )
        middle = base.mark_tick(thickness=2, height=15).encode(
            x="middle:Q", color=alt.value("var(--ink)"), opacity=self._even
        )
        return Chart(
            name="spread",
            title="Distribution of times",
            note=(
                "Each dot is one of pyperf's values, taken in fresh worker processes whose order "
                "was random; the bar is their median."
            ),
            axis="",
            views=views,
            fields=[("seconds", "value", "time"), ("middle", "median", "time")],
            spec=self._compile(
                values + middle + _nearest(base),
                height={"step": 14 if len(self._styles) > _THRONG else 21},
            ),
            picker="case",
        )

    def trade(self, views: list[View]) -> Chart:
        """Cost against time, over all cases."""
        base = self._base().encode(
            x=axes.time("seconds", "time of one solve (geometric mean over timed cases)"),
            y=axes.above("above", self._problem.relative),
            color=self._colour,
        )
        bars = base.mark_rule(strokeWidth=1.5, clip=True).encode(
            y=alt.Y("low:Q"), y2="high:Q", opacity=self._even
        )
        front = (
            self._base()
            .transform_filter("datum.front == 1")
            .mark_line(interpolate="step-after", color="var(--muted)", strokeDash=[2, 3])
            .encode(x="seconds:Q", y="above:Q", strokeWidth=alt.value(1.2))
        )
        names = [
            base.transform_filter(f"datum.named == {named}")
            .mark_text(align=align, baseline="bottom", dx=dx, dy=-5, fontSize=11.5)
            .encode(text="label:N", color=alt.value("var(--ink)"), opacity=self._even)
            for named, align, dx in _SIDES
        ]
        return Chart(
            name="trade",
            title="Cost against time",
            note=(
                "Over all cases; bars are 95 % intervals of the cost. Down and to the left is "
                "better: the dotted line joins those without failures that nobody beats in both. "
                "Hollow marks had failed runs."
            ),
            axis=self._above_title(),
            views=views,
            fields=[
                ("seconds", "time", "time"),
                ("above", *self._above_field()),
                ("failed", "failed runs", "count"),
            ],
            spec=self._compile(
                front
                + bars
                + self._marks(base, 90, hollow=True)
                + names[0]
                + names[1]
                + _nearest(base)
            ),
        )

    def _base(self) -> alt.Chart:
        return alt.Chart(alt.NamedData("rows"))

    def _marks(self, base: alt.Chart, size: int, hollow: bool = False) -> alt.Chart:
        fill = _value("datum.failed > 0 ? 0 : 1") if hollow else alt.value(1)
        marks: alt.Chart = base.mark_point(size=size, strokeWidth=1.6).encode(
            shape=self._shape,
            fill=alt.Fill(
                "label:N",
                legend=None,
                scale=alt.Scale(
                    domain=list(self._styles),
                    range=[look.paint for look in self._styles.values()],
                ),
            ),
            fillOpacity=fill,
            opacity=self._even if hollow else self._opacity,
        )
        return marks

    def _above_title(self) -> str:
        name = self._problem.cost_name
        return f"{name} above the best known" + (", in percent" if self._problem.relative else "")

    def _above_field(self) -> tuple[str, str]:
        if self._problem.relative:
            return f"{self._problem.cost_name} / best known", "excess"
        return f"{self._problem.cost_name} − best known", "gap"

    def _compile(
        self, chart: alt.LayerChart, height: int | dict[str, int] = HEIGHT
    ) -> dict[str, Any]:
        whole = chart.properties(width="container", height=height).add_params(*self._params)
        whole = whole.configure(**axes.config())
        version = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
        spec: dict[str, Any] = vl_convert.vegalite_to_vega(whole.to_dict(), vl_version=version)
        spec.pop("$schema", None)
        return spec


def _value(expression: str) -> Any:
    return alt.value(alt.ExprRef(expression))


def _nearest(base: alt.Chart) -> alt.Chart:
    """Invisible marks whose cells catch the pointer, so that the nearest solver lights up."""
    pointed = alt.selection_point(
        name="pointed", on="pointerover", clear="pointerout", nearest=True, fields=["label"]
    )
    marks: alt.Chart = base.mark_point(opacity=0, size=1).add_params(pointed)
    return marks


def charts(
    drawer: Drawer,
    problem: ProblemFacts,
    frames: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
    labels: Sequence[str],
) -> tuple[list[Chart], list[str]]:
    """The charts that the data allow, and a sentence for each that it doesn't.

    Args:
        drawer: draws them.
        problem: whose charts.
        frames: the leaderboard, the traced runs and the timings.
        labels: of the solvers, in the order of the board.
    """
    board, traces, timings = frames
    made: list[Chart] = []
    absent: list[str] = []

    def offer(views: list[View], draw: Callable[[list[View]], Chart], why: str) -> None:
        if views:
            made.append(draw(views))
        else:
            absent.append(why)

    if problem.rank_by == "cost":
        offer(
            chart_data.trade(board, labels, problem),
            drawer.trade,
            "No chart of cost against time: fewer than two solvers have both.",
        )
        offer(
            chart_data.curves(traces, labels, problem),
            drawer.quality,
            "No chart of quality over time: no run left a valid answer.",
        )
    else:
        absent.append("Every right answer is equally good here, so there is no chart of quality.")
    views, timed = chart_data.growth(traces, timings, labels, problem)
    offer(
        views,
        lambda views: drawer.growth(views, timed),
        f"No chart of growth: the cases that were solved don't differ in {problem.size}.",
    )
    offer(
        chart_data.spreads(timings, labels),
        drawer.spread,
        "No distribution of times: no timings were taken.",
    )
    return made, absent
