"""What the statistics found on a board, as a page shows it: summary, table, notes and charts.

A statistic that does not apply says why; one that fails costs only itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.findings import GROUPS, Column, Finding, NotApplicable, Statistic
from harness.report import formats
from harness.report.board import span_of
from harness.report.charts import Chart, Drawer
from harness.report.files import csv_text
from harness.report.palette import Look
from harness.report.plain import TEXT, plain
from harness.report.plots import finding_charts
from harness.statistics.board import Board
from harness.statistics.sound import Fault, failure, sound_finding

# Rows of a table on the page; the CSV holds all. What is folded is read by fewer.
MOST_ROWS, MOST_FOLDED_ROWS = 40, 20
_NAMES = ("solver", "case", "text")  # forms that are no numbers
_EVEN = 1e-12  # relative; what rounding may hide


@dataclass(frozen=True)
class FoundCell:
    """A cell: as text, as it is sorted ("" goes last), its interval, and the solver it names."""

    text: str
    sort: str = ""
    interval: str = ""
    label: str = ""
    number: bool = False
    best: bool = False


@dataclass(frozen=True)
class Found:
    """A statistic's finding on one board; `total` counts all rows, `table` is the CSV of them."""

    name: str
    title: str
    anchor: str
    group: str
    leading: bool
    summary: str
    heads: tuple[Column, ...]
    rows: list[list[FoundCell]]
    total: int
    notes: tuple[str, ...]
    charts: list[Chart]
    table: str

    def is_name(self, column: Column) -> bool:
        """Whether a column holds names or words."""
        return column.form in _NAMES


@dataclass(frozen=True)
class Absent:
    """A statistic that is not shown, and why."""

    name: str
    title: str
    why: str


@dataclass(frozen=True)
class Findings:
    """All of one board: what was found, and what was not."""

    found: tuple[Found, ...] = ()
    absent: tuple[Absent, ...] = ()

    @property
    def leading(self) -> list[Found]:
        """Those that a page shows unfolded."""
        return [one for one in self.found if one.leading]

    @property
    def groups(self) -> list[tuple[str, str, list[Found]]]:
        """(key, heading, findings) of the others, those of one group together."""
        folded = [one for one in self.found if not one.leading]
        cut = [(key, said, [f for f in folded if f.group == key]) for key, said in GROUPS.items()]
        return [group for group in cut if group[2]]

    @property
    def charts(self) -> list[Chart]:
        """All charts, in the order of the page."""
        ordered = [*self.leading, *(one for _, _, group in self.groups for one in group)]
        return [chart for one in ordered for chart in one.charts]


def findings(
    board: Board,
    statistics: Mapping[str, Statistic],
    drawer: Drawer,
    styles: Mapping[str, Look],
) -> Findings:
    """Run every statistic on a board.

    Args:
        board: of the problem.
        statistics: name -> statistic, as the shelf orders them.
        drawer: draws the plots.
        styles: the looks of the solvers that the page knows.
    """
    found: list[Found] = []
    absent: list[Absent] = []
    for name, statistic in statistics.items():
        try:
            finding = sound_finding(statistic, board)
            found.append(_found(name, statistic, finding, drawer, styles))
        except NotApplicable as reason:
            absent.append(Absent(name, statistic.title, str(reason)))
        except Exception as error:  # also of what is drawn of it
            fault = error if isinstance(error, Fault) else failure(statistic, error)
            absent.append(Absent(name, statistic.title, plain(str(fault), TEXT)))
    return Findings(tuple(found), tuple(absent))


def _found(
    name: str,
    statistic: Statistic,
    finding: Finding,
    drawer: Drawer,
    styles: Mapping[str, Look],
) -> Found:
    rows = list(finding.rows)
    most = MOST_ROWS if statistic.leading else MOST_FOLDED_ROWS
    best = {column.name: _best(column, rows) for column in finding.columns if column.better}
    return Found(
        name=name,
        title=statistic.title,
        anchor=f"statistic-{name}",
        group=statistic.group,
        leading=statistic.leading,
        summary=finding.summary,
        heads=finding.columns,
        rows=[
            [_cell(column, row, best.get(column.name), styles) for column in finding.columns]
            for row in rows[:most]
        ],
        total=len(rows),
        notes=finding.notes,
        charts=finding_charts(finding, name, drawer),
        table=_table(finding.columns, rows),
    )


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _best(column: Column, rows: Iterable[Mapping[str, Any]]) -> float | None:
    """The best value of a column; None where there is none, or all are alike."""
    values = [float(row[column.name]) for row in rows if _finite(row.get(column.name))]
    if not values or max(values) - min(values) <= _EVEN * max(1.0, abs(max(values))):
        return None
    return min(values) if column.better == "low" else max(values)


def _cell(
    column: Column, row: Mapping[str, Any], best: float | None, styles: Mapping[str, Look]
) -> FoundCell:
    value: Any = row.get(column.name)
    form = formats.of(column.form)
    if column.form in _NAMES:
        text = form(value)
        known = column.form == "solver" and text in styles
        return FoundCell(text, "" if value is None else text, label=text if known else "")
    low, high = row.get(column.low), row.get(column.high)
    interval = ""
    if _known(low) and _known(high):
        interval = span_of(form(low), form(high))
    return FoundCell(
        form(value),
        _sort(value),
        interval,
        number=True,
        best=best is not None and _finite(value) and abs(value - best) <= _EVEN * abs(best),
    )


def _known(value: Any) -> bool:
    return isinstance(value, int | float) and not math.isnan(value)


def _sort(value: Any) -> str:
    """As the page's script reads it: a number, also without end; "" where there is none."""
    if not _known(value):
        return ""
    return f"{value:.6g}" if math.isfinite(value) else ("-Infinity" if value < 0 else "Infinity")


def _table(columns: Iterable[Column], rows: Iterable[Mapping[str, Any]]) -> str:
    """All rows as CSV; the ends of intervals follow their column."""
    keys = [key for one in columns for key in (one.name, one.low, one.high) if key]
    keys = list(dict.fromkeys(keys))
    return csv_text(keys, ([row.get(key) for key in keys] for row in rows))
