"""What several commands share: options, and ways of printing."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from harness import formats

if TYPE_CHECKING:
    from harness.catalogue import Catalogue

F = TypeVar("F", bound=Callable[..., Any])


def plugin_option(function: F) -> F:
    """`--plugin PATH`, as often as wanted; $BENCH_PLUGINS adds more."""
    return click.option(
        "--plugin",
        "plugins",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="PATH",
        help="A solver's, statistic's or claims' file, or a problem's or pack's folder, that is "
        "not installed. May be repeated; $BENCH_PLUGINS (separated by colons) adds more.",
    )(function)


def results_option(function: F) -> F:
    """`--results DIR`."""
    return click.option(
        "--results",
        type=click.Path(path_type=Path),
        default=Path("results"),
        show_default=True,
        metavar="DIR",
        help="The folder of the results.",
    )(function)


def ruleset_option(function: F) -> F:
    """`--ruleset default|tuned`."""
    return click.option(
        "--ruleset",
        type=click.Choice(("default", "tuned")),
        default="default",
        show_default=True,
        help="Solvers with their own defaults, or with the settings that `bench tune` found.",
    )(function)


def format_option(*formats: str) -> Callable[[F], F]:
    """`--format`, the first of the formats being the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How to print it.",
    )


def open_catalogue(plugins: Sequence[Path] = ()) -> Catalogue:
    """The catalogue with the given plugins and $BENCH_PLUGINS; complaints go to standard error."""
    from harness.catalogue import Catalogue

    more = [Path(part) for part in os.environ.get("BENCH_PLUGINS", "").split(":") if part]
    catalogue = Catalogue([*plugins, *more])
    for complaint in catalogue.complaints:
        warn(complaint)
    return catalogue


def warn(sentence: str) -> None:
    """A warning on standard error."""
    click.echo(f"{click.style('warning:', fg='yellow')} {sentence}", err=True)


def print_json(content: Any) -> None:
    """JSON on standard output, NaN as null."""
    click.echo(json_text(content))


def json_text(content: Any) -> str:
    """JSON of plain data, NaN and what is infinite as null."""
    return json.dumps(_finite(content), indent=1, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def columns(rows: Sequence[Sequence[str]], indent: str = "  ") -> str:
    """Rows of text in aligned columns; on a terminal, lines are cut to its width."""
    import shutil

    if not rows:
        return ""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 1000
    count = max(len(row) for row in rows)
    widths = [max((len(row[i]) for row in rows if i < len(row)), default=0) for i in range(count)]
    lines = []
    for row in rows:
        cells = [cell.ljust(widths[i]) for i, cell in enumerate(row)]
        line = (indent + "  ".join(cells)).rstrip()
        lines.append(line if len(line) <= width else line[: width - 1].rstrip() + "…")
    return "\n".join(lines)


def spaced(text: str) -> str:
    """The text with plain spaces, which can be searched for and copied from a terminal."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def wrapped(text: str, terminal: bool, mark: str = "") -> list[str]:
    """An indented paragraph, as wide as is read well, and as the terminal has room for."""
    import shutil
    import textwrap

    width = min(100, shutil.get_terminal_size().columns) if terminal else 100
    first, below = f"  {mark}", " " * (2 + len(mark))
    whole = text.replace(" %", "\N{NO-BREAK SPACE}%")
    lines = textwrap.wrap(whole, width, initial_indent=first, subsequent_indent=below)
    return [spaced(line) for line in lines]


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV; what is missing is empty."""
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        ["" if cell is None or cell != cell else cell for cell in row] for row in rows
    )
    return out.getvalue()


def seconds_text(seconds: float | None) -> str:
    """A time for people: 12.3 ms; a dash where there is none."""
    return spaced(formats.seconds(seconds))


def bytes_text(count: float | None) -> str:
    """A size for people: 1.2 MiB; a dash where there is none."""
    return spaced(formats.size(count))


def interval_text(low: float | None, high: float | None, form: str) -> str:
    """An interval in a form of `harness.findings.FORMS`; a dash where an end is missing."""
    if low is None or high is None or low != low or high != high:
        return formats.NONE
    text = formats.interval(low, high, formats.of(form)) or formats.of(form)(low)
    return spaced(text.replace("×–", "–"))
