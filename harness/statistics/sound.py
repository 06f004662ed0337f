"""A statistic's finding, looked over before anybody shows it.

Statistics come from packs of others. What they give is held against what `Finding` promises, so
that a fault is told once, by name, and never reaches the code that writes tables and pages.
"""

from __future__ import annotations

import inspect
import re
import traceback
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from harness.findings import FORMS, PLOTS, Axis, Column, Finding, NotApplicable, Plot, Statistic

MOST_ROWS = 100_000  # of a table, and of a plot that is drawn point by point
MOST_POINTS = 1_000_000  # of the lines of a plot, which a page thins out
_LARGEST = 2**63  # of whole numbers; beyond it none can be written in every form
_PLAIN = (str, bool, int, float, type(None))
_NEEDED = {
    "lines": ("label", "x", "y"),
    "intervals": ("label", "x", "low", "high"),
    "ranks": ("label", "x"),
    "matrix": ("row", "column", "value"),
}
_PLOT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


class Fault(Exception):
    """A statistic failed, or gives what can't be shown: a sentence for a reader, and what to do."""


class _Unsound(Exception):
    """What is wrong with a finding, and what was expected."""


def sound_finding(statistic: Statistic, board: Any) -> Finding:
    """Compute a statistic and look its finding over; numbers of numpy become Python's.

    Raises:
        NotApplicable: where the records don't allow it.
        Fault: where the statistic is broken; everything else works all the same.
    """
    try:
        return _looked_over(statistic.compute(board))
    except NotApplicable:
        raise
    except _Unsound as wrong:
        raise _fault(statistic, f"What it gives can't be shown: {wrong}") from None
    except (Exception, SystemExit) as error:
        raise failure(statistic, error) from None


def failure(statistic: Statistic, error: BaseException) -> Fault:
    """What to say of a statistic in which, or in whose finding, an error came up."""
    said = "".join(traceback.format_exception_only(error)).strip()
    return _fault(statistic, f"It fails on these records ({said}{_line(statistic, error)})")


def _fault(statistic: Statistic, what: str) -> Fault:
    path = Path(_file(statistic))  # whole, it would tell readers of a page how a disk is laid out
    name = "/".join(path.parts[-2:])
    return Fault(
        f"{what}. This is a fault of the statistic: mend {name}, or tell whoever wrote it."
    )


def _line(statistic: Statistic, error: BaseException) -> str:
    """The line of the statistic's file at which it happened."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == _file(statistic)]
    return f"; line {lines[-1]}" if lines else ""


def _file(statistic: Statistic) -> str:
    try:
        return inspect.getfile(type(statistic))
    except (TypeError, OSError):  # it was made without a file
        return type(statistic).__name__


def _looked_over(finding: Any) -> Finding:
    if not isinstance(finding, Finding):
        raise _Unsound(
            f"compute() returned a {type(finding).__name__}, expected a harness.api.Finding"
        )
    _text(finding.summary, "the summary")
    for note in _several(finding.notes, "the notes"):
        _text(note, "a note")
    columns = _several(finding.columns, "the columns")
    for column in columns:
        _column(column)
    rows = _rows(finding.rows, columns)
    plots = _several(finding.plots, "the plots")
    for plot in plots:
        _plot(plot)
    return Finding(finding.summary, columns, rows, plots, tuple(finding.notes))


def _text(value: Any, what: str) -> None:
    if not isinstance(value, str):
        raise _Unsound(f"{what} is a {type(value).__name__}, expected a text")


def _several(values: Any, what: str) -> tuple[Any, ...]:
    if not isinstance(values, tuple | list):
        raise _Unsound(
            f"{what} are a {type(values).__name__}, expected a tuple (of one: with a comma)"
        )
    return tuple(values)


def _column(column: Any) -> None:
    if not isinstance(column, Column):
        raise _Unsound(f"a column is a {type(column).__name__}, expected a harness.api.Column")
    for name in ("name", "title", "low", "high", "note", "better"):
        _text(getattr(column, name), f"{name} of column {column.name!r}")
    if column.form not in FORMS:
        raise _Unsound(
            f"column {column.name!r} has the form {column.form!r}, expected one of "
            f"{', '.join(FORMS)}"
        )


def _rows(given: Any, columns: Sequence[Column]) -> list[dict[str, Any]]:
    if not hasattr(given, "__iter__") or isinstance(given, str | bytes | Mapping):
        raise _Unsound(f"the rows are a {type(given).__name__}, expected a list of dicts")
    rows = list(islice(given, MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise _Unsound(f"its table has more than {MOST_ROWS:,} rows, expected the best of them")
    if not rows:
        return []
    if not columns:
        raise _Unsound("it has rows but no columns, expected a Column for each key that is shown")
    plain = [_row(row, number) for number, row in enumerate(rows, 1)]
    for column in columns:
        for name in (column.name, column.low, column.high):
            if name and not any(name in row for row in plain):
                raise _Unsound(
                    f"no row has the key {name!r} that column {column.title!r} names; the first "
                    f"row has {', '.join(map(repr, plain[0])) or 'none'}"
                )
    return plain


def _row(row: Any, number: int) -> dict[str, Any]:
    if not isinstance(row, Mapping):
        raise _Unsound(f"row {number} is a {type(row).__name__}, expected a dict")
    plain = {}
    for name, value in row.items():
        value = value.item() if isinstance(value, np.generic) else value
        if not isinstance(value, _PLAIN):
            raise _Unsound(
                f"row {number} holds a {type(value).__name__} as {name!r}, expected a number, a "
                "text or None"
            )
        if isinstance(value, int) and abs(value) >= _LARGEST:
            raise _Unsound(f"row {number} holds a whole number of {name!r} beyond 64 bits")
        plain[str(name)] = value
    return plain


def _plot(plot: Any) -> None:
    if not isinstance(plot, Plot):
        raise _Unsound(f"a plot is a {type(plot).__name__}, expected a harness.api.Plot")
    if plot.kind not in PLOTS:
        raise _Unsound(f"a plot is of kind {plot.kind!r}, expected one of {', '.join(PLOTS)}")
    for name in ("name", "title", "note", "picker"):
        _text(getattr(plot, name), f"{name} of a plot")
    if not _PLOT_NAME.fullmatch(plot.name):
        raise _Unsound(f"a plot is named {plot.name!r}, expected letters, digits and hyphens")
    for name, axis in (("x", plot.x), ("y", plot.y)):
        if not isinstance(axis, Axis):
            raise _Unsound(f"the axis {name} of plot {plot.name!r} is no harness.api.Axis")
    _plot_columns(plot)


def _plot_columns(plot: Plot) -> None:
    if not isinstance(plot.columns, Mapping):
        raise _Unsound(f"the columns of plot {plot.name!r} are no dict of names and values")
    missing = [name for name in _NEEDED[plot.kind] if name not in plot.columns]
    if missing:
        raise _Unsound(
            f"plot {plot.name!r} lacks the column {missing[0]!r}; {plot.kind} need "
            f"{', '.join(_NEEDED[plot.kind])}"
        )
    lengths = {name: len(values) for name, values in plot.columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise _Unsound(f"the columns of plot {plot.name!r} differ in length: {told}")
    most = MOST_POINTS if plot.kind == "lines" else MOST_ROWS
    if max(lengths.values()) > most:
        raise _Unsound(f"plot {plot.name!r} has more than {most:,} points; thin them out")
