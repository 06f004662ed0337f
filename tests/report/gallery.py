"""A page with a chart of every kind, from made-up findings; nothing in it is measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from harness.findings import Axis, Finding, Plot
from harness.report import site
from harness.report.charts import Chart, Drawer
from harness.report.figures import write_data
from harness.report.palette import looks
from harness.report.plots import finding_charts
from harness.report.subjects import ProblemFacts

LABELS = ("fasterpam", "fastpam1", "pam", "clara", "clarans[restarts=2]", "alternating", "lab")
PAGE = """
{% extends "base.html" %}{% from "figure.html" import figure, legend with context %}
{% from "macros.html" import shapes with context %}
{% block title %}Gallery{% endblock %}
{% block head %}<link rel="stylesheet" href="{{ root }}static/charts.css">
<script src="{{ root }}static/charts.js"></script>{% endblock %}
{% block main %}{{ shapes() }}<section id="charts"><h2>Charts</h2>
{{ legend(looks) }}
<div class="charts">{% for chart in charts %}{{ figure(chart) }}{% endfor %}</div></section>
{% endblock %}
"""


def lines(labels: Sequence[str], views: Sequence[str] = (), step: bool = True) -> Plot:
    """Shares that rise with a factor, with bands."""
    rng = np.random.default_rng(2)
    columns: dict[str, list] = {name: [] for name in ("label", "x", "y", "low", "high")}
    columns |= {"view": []} if views else {}
    for view in views or ("",):
        for label in labels:
            x = np.r_[1.0, np.sort(1 + rng.gamma(1.2, 8, 14)), 60.0]
            y = np.linspace(rng.random() / 3, 0.6 + rng.random() * 0.4, 16)
            for one in zip(x, y, strict=True):
                values = (label, *map(float, one), max(0.0, one[1] - 0.1), min(1.0, one[1] + 0.1))
                for name, value in zip(columns, (*values, view), strict=False):
                    columns[name].append(value)
    return Plot(
        "lines",
        "profile" if step else "curve",
        "Performance profile" if step else "A curve",
        Axis("time / fastest on the case", "factor", log=True, low=1.0),
        Axis("share of cases", "share", low=0.0, high=1.0) if step else Axis("share", "share"),
        columns,
        note="Bands are 95 % intervals (Wilson) for each factor by itself.",
        picker="target" if views else "",
        step=step,
    )


def intervals(labels: Sequence[str]) -> Plot:
    rng = np.random.default_rng(3)
    x = np.exp(rng.normal(-3, 2, len(labels)))
    columns = {"label": labels, "x": x, "low": x * 0.7, "high": x * 1.6}
    return Plot(
        "intervals",
        "times",
        "Expected time to the target",
        Axis("expected seconds", "time", log=True),
        Axis(""),
        {name: list(values) for name, values in columns.items()},
        note="Whiskers are 95 % intervals from the bootstrap over seeds and cases.",
    )


def ranks(labels: Sequence[str]) -> Plot:
    rng = np.random.default_rng(4)
    x = np.sort(1 + rng.random(len(labels)) * (len(labels) - 1)).tolist()
    bars = tuple((x[i], x[i + 2]) for i in range(0, len(x) - 2, 2))
    return Plot(
        "ranks",
        "ranks",
        "Mean ranks",
        Axis("mean rank", "rank"),
        Axis(""),
        {"label": list(labels), "x": x},
        note="Bars join those whose mean ranks can't be told apart (Nemenyi, 5 %).",
        bars=bars,
        difference=1.37,
    )


def matrix(labels: Sequence[str], middle: float | None = 0.5) -> Plot:
    rng = np.random.default_rng(5)
    cells = [(a, b, round(float(rng.random()), 3)) for a in labels for b in labels if a != b]
    return Plot(
        "matrix",
        "wins" if middle is not None else "shares",
        "How often the row beats the column",
        Axis("probability of winning", "probability", low=0.0, high=1.0),
        Axis(""),
        {name: [cell[i] for cell in cells] for i, name in enumerate(("row", "column", "value"))},
        note="Ties count half.",
        middle=middle,
    )


def plots(labels: Sequence[str] = LABELS) -> tuple[Plot, ...]:
    """One plot of every kind."""
    return (
        lines(labels),
        lines(labels, ("1 %", "0.1 %", "best known"), step=False),
        intervals(labels),
        ranks(labels),
        matrix(labels),
        matrix(labels, None),
    )


def charts(made: Sequence[Plot], labels: Sequence[str] = LABELS) -> list[Chart]:
    drawer = Drawer(looks(labels), ProblemFacts("demo", "demo"), "gallery")
    return finding_charts(Finding("", plots=tuple(made)), "made-up", drawer)


def write(folder: Path, made: Sequence[Plot], labels: Sequence[str] = LABELS) -> Path:
    """Write the page and what it needs; returns its path."""
    shown = charts(made, labels)
    environment = site._environment()
    text = environment.from_string(PAGE).render(
        charts=shown, looks=looks(labels), root="../", here="", version="1", written="now"
    )
    path = folder / "problems" / "gallery.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    write_data(shown, folder)
    site._write_static(folder / "static", True)
    return path
