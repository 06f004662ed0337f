"""The charts of a problem's page: what each shows, and what stands around it.

How the kinds of charts are drawn is told in `specs`, how their data gets to the page in `figures`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from harness.findings import Axis
from harness.report import chart_data
from harness.report.palette import Look
from harness.report.subjects import ProblemFacts
from harness.report.views import View

# Beyond so many solvers those behind the first eight are drawn faintly, and very faintly.
_CROWD, _THRONG = 12, 24


@dataclass(frozen=True)
class Field:
    """A column of a chart's data, for its tooltip and for the file of numbers.

    Attributes:
        column: its name in the views.
        title: as a reader knows it.
        form: how it is written: one of `harness.findings.FORMS`, or "excess" for a share above.
        low, high: columns with the ends of its interval, where it has one.
    """

    column: str
    title: str
    form: str = "number"
    low: str = ""
    high: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart with what stands around it.

    Attributes:
        name: of the chart within the page; letters, digits and hyphens.
        title, note: above and below it.
        axis: what goes upwards; empty where the chart says so itself.
        views: what it shows, one at a time.
        fields: the columns that a reader sees.
        kind: how it is drawn, a key of `harness.report.specs.kinds`.
        place: the folder of its page's data.
        styles: label -> look, of all solvers of the page.
        x, y: its axes; the title of y is `axis`.
        signals: further settings of the drawing.
        picker: what its views are; empty where there is one.
    """

    name: str
    title: str
    note: str
    axis: str
    views: list[View]
    fields: list[Field]
    kind: str
    place: str
    styles: Mapping[str, Look]
    x: Axis
    y: Axis
    signals: Mapping[str, Any] = field(default_factory=dict)
    picker: str = ""

    @property
    def source(self) -> str:
        """Where its data lies, seen from the folder `data`; a change of the data changes it."""
        from harness.report.figures import source

        return source(self)

    @property
    def switches(self) -> list[str]:
        """The axes that can be switched between linear and logarithmic."""
        return [
            name
            for name in ("x", "y")
            if any(view.axes.get(name, {}).get("switch") for view in self.views)
        ]

    @property
    def zooms(self) -> bool:
        """Whether one can look closer at a part of it."""
        return self.kind in ("lines", "points", "strips", "intervals")


class Drawer:
    """Makes the charts of one page, whose solvers look alike in all of them."""

    def __init__(
        self, styles: Mapping[str, Look], problem: ProblemFacts, place: str | None = None
    ) -> None:
        """Args: place: the name of the page's file, which its data's folder bears too."""
        self.styles, self.problem = styles, problem
        self.labels = list(styles)
        self.place = folder_name(problem.name) if place is None else place

    def chart(self, kind: str, name: str, views: list[View], **more: Any) -> Chart:
        """A chart of this page; `more` are the other attributes of `Chart`."""
        front = self.labels if len(self.labels) <= _CROWD else self.labels[:8]
        signals = {
            "front": front,
            "rest": 0.2 if len(self.labels) > _THRONG else 0.35,
            **more.pop("signals", {}),
        }
        blank: dict[str, Any] = {"axis": "", "y": Axis(""), "note": ""}
        return Chart(
            name=name,
            views=views,
            kind=kind,
            place=self.place,
            styles=self.styles,
            signals=signals,
            **{**blank, **more},
        )

    def quality(self, views: list[View], calls: bool = False) -> Chart:
        """Cost over time, or over calls of an oracle, the median over seeds."""
        return self.chart(
            "lines",
            "quality-calls" if calls else "quality",
            views,
            title="Quality over calls" if calls else "Quality over time",
            note=(
                "Median over the seeds of traced runs, each in a process of its own, its answers "
                "scored off the clock. A line starts when most runs have an answer; its mark is "
                "where the last run ended."
            ),
            axis=self._above_title(),
            fields=[Field("x", "after", "count" if calls else "time"), self._above_field()],
            x=Axis("calls", "count", log=True)
            if calls
            else Axis("solver's own time", "time", log=True),
            y=self._above_axis(),
            signals={"step": True, "yzero": "best"},
            picker="case",
        )

    def growth(self, views: list[View], timed: bool) -> Chart:
        """Time against the size of the instance, both logarithmic."""
        whose = (
            "Medians of pyperf's values"
            if timed
            else "No timings were taken: medians of the traced runs, which are less exact"
        )
        return self.chart(
            "lines",
            "growth",
            views,
            title=f"Time against {self.problem.size}",
            note=f"{whose}. Points are joined where nothing but the size differs.",
            axis="time of one solve",
            fields=[
                Field("case", "case", "text"),
                Field("x", self.problem.size, "count"),
                Field("y", "time", "time"),
            ],
            x=Axis(self.problem.size, "count", log=True),
            y=Axis("time of one solve", "time", log=True),
            picker="cases",
        )

    def spread(self, views: list[View]) -> Chart:
        """The values of the timings of one case."""
        return self.chart(
            "strips",
            "spread",
            views,
            title="Distribution of times",
            note=(
                "Each dot is one of pyperf's values, taken in fresh worker processes whose order "
                "was random; the bar is their median."
            ),
            fields=[Field("x", "value", "time"), Field("middle", "median", "time")],
            x=Axis("time of one solve", "time", log=True),
            picker="case",
        )

    def trade(self, views: list[View]) -> Chart:
        """Cost against time, over all cases."""
        return self.chart(
            "points",
            "trade",
            views,
            title="Cost against time",
            note=(
                "Over all cases; bars are 95 % intervals of the cost. Down and to the left is "
                "better: the dotted line joins those without failures that nobody beats in both. "
                "Hollow marks had failed runs."
            ),
            axis=self._above_title(),
            fields=[
                Field("x", "time", "time"),
                self._above_field("low", "high"),
                Field("failed", "failed runs", "count"),
            ],
            x=Axis("time of one solve (geometric mean over timed cases)", "time", log=True),
            y=self._above_axis(),
            signals={"yzero": "best"},
        )

    def _above_axis(self) -> Axis:
        form, log = "excess" if self.problem.relative else "gap", not self.problem.logarithmic
        return Axis("above the best known", form, log=log)

    def _above_title(self) -> str:
        name = self.problem.cost_name
        return f"{name} above the best known" + (", in percent" if self.problem.relative else "")

    def _above_field(self, low: str = "", high: str = "") -> Field:
        if self.problem.relative:
            title = f"{self.problem.cost_name} / best known"
            return Field("y", title, "excess", low, high)
        return Field("y", f"{self.problem.cost_name} − best known", "gap", low, high)


def folder_name(text: str) -> str:
    """A name that is safe for a file; different texts may share one."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text)[:80].strip("-") or "page"


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
        elif why:
            absent.append(why)

    if problem.rank_by == "cost":
        offer(
            chart_data.trade(board, labels, problem),
            drawer.trade,
            "No chart of cost against time: fewer than two solvers have both."
            if problem.timed
            else "",
        )
        offer(
            chart_data.curves(traces, labels, problem),
            drawer.quality,
            "No chart of quality over time: no run left a valid answer.",
        )
        oracle = problem.kind == "oracle"
        called = chart_data.curves(traces, labels, problem, "calls") if oracle else []
        if called:
            made.append(drawer.quality(called, calls=True))
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
        "No distribution of times: no timings were taken." if problem.timed else "",
    )
    return made, absent
