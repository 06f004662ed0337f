"""What a statistic is, and what it gives: rows, plots, and what a reader must know of them.

A statistic is a file with one class derived from `Statistic`, in `harness/statistics/` or in a
package that a pack names by the hook `bench_statistics`. It gets a board (the records of one
problem on one machine, see `harness.statistics.board.Board`) and returns a `Finding`: plain data,
which the terminal, the pages and files each show in their own way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

# How a number is written: `ratio` 1.0123, `factor` 12.3×, `share` 3.1 %, `time` 12.3 ms, `size`
# 1.2 MiB, `probability` 0.0123, `rank` 2.5. `solver` and `case` are names, `text` is anything.
FORMS = (
    *("solver", "case", "text", "number", "count", "ratio", "factor", "gap", "share", "time"),
    *("size", "probability", "rank"),
)
PLOTS = ("lines", "intervals", "ranks", "matrix")
GROUPS = {
    "ranking": "Who is best, and how sure that is",
    "time": "How fast",
    "target": "Reaching a target",
    "pairs": "Solver against solver",
    "growth": "Growth",
    "tuning": "Settings and luck",
    "prediction": "Predictions",
}


class NotApplicable(Exception):
    """Raised by `Statistic.compute`: why these records don't allow it, a sentence for a reader."""


@dataclass(frozen=True)
class Column:
    """A column of a finding's table.

    Attributes:
        name: its key in the rows.
        title: its heading.
        form: how it is written, one of `FORMS`.
        low, high: keys of the ends of its 95 % interval, where it has one.
        note: what the heading means, for a tooltip.
        better: "low" or "high" where smaller or larger is better.
    """

    name: str
    title: str
    form: str = "number"
    low: str = ""
    high: str = ""
    note: str = ""
    better: str = ""


@dataclass(frozen=True)
class Axis:
    """An axis of a plot: its title with the unit, how its numbers are written, whether it is
    logarithmic, and its ends where they don't follow from the data."""

    title: str
    form: str = "number"
    log: bool = False
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Plot:
    """A chart as data; the pages draw it, whatever its statistic.

    Attributes:
        kind: what the columns are:
            "lines": label, x, y, and low and high where there is a band; rows of one label in the
            order of x;
            "intervals": label, x, low, high: a point with its interval for each solver;
            "ranks": label, x: mean ranks on a line (a critical-difference diagram), `bars` joining
            those that can't be told apart;
            "matrix": row, column, value: a cell for each pair of solvers.
        name: of the plot within its statistic, for links and files: letters, digits, hyphens.
        title, note: above and below it; the note says what is drawn, and how the band was made.
        x, y: its axes; for "matrix" x tells how values are written.
        columns: name -> values, all of one length. A column `view` (texts) cuts the plot in views
            of which one is shown at a time, such as a case or a target.
        picker: what the views are, such as "case".
        step: whether lines are step functions (the value holds from its x on).
        bars: of "ranks": (first, last) mean rank of each group, and `difference` the critical one.
        middle: of "matrix": the value in the middle of the colours, such as 0.5.
    """

    kind: str
    name: str
    title: str
    x: Axis
    y: Axis
    columns: Mapping[str, Sequence[Any]]
    note: str = ""
    picker: str = ""
    step: bool = False
    bars: tuple[tuple[float, float], ...] = ()
    difference: float | None = None
    middle: float | None = None


@dataclass(frozen=True)
class Finding:
    """What a statistic found on one board.

    Attributes:
        summary: the finding in a sentence or two, with its uncertainty.
        columns, rows: a table, best first; a row maps the columns' names to plain values (None or
            NaN where there is none).
        plots: charts of it.
        notes: what a reader of just these numbers must know: what was left out, how few there are.
    """

    summary: str
    columns: tuple[Column, ...] = ()
    rows: Sequence[Mapping[str, Any]] = ()
    plots: tuple[Plot, ...] = ()
    notes: tuple[str, ...] = field(default=())


class Statistic:
    """A judgement on a board. Subclass it in a file of its own, whose name is its name.

    The module's docstring explains it to readers of a report, formulas and pitfalls included: it
    is shown on the page about the statistics.

    Class attributes:
        title: as a heading.
        group: where it stands on a page, a key of `GROUPS`.
        source: where it comes from, as one cites it.
        papers: keys of papers of the catalogue that brought it.
        leading: whether a problem's page shows it unfolded.
    """

    title: ClassVar[str] = ""
    group: ClassVar[str] = "ranking"
    source: ClassVar[str] = ""
    papers: ClassVar[tuple[str, ...]] = ()
    leading: ClassVar[bool] = False

    def compute(self, board: Any) -> Finding:
        """Judge a board.

        Args:
            board: a `harness.statistics.board.Board`.

        Raises:
            NotApplicable: where the records don't allow it.
        """
        raise NotImplementedError(f"{type(self).__name__} must define compute(self, board)")
