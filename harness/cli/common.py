"""What several commands share: options, and ways of printing."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

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
        help="A solver's file, a problem's folder or a pack's folder that is not installed. "
        "May be repeated; $BENCH_PLUGINS (separated by colons) adds more.",
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
    click.echo(json.dumps(_finite(content), indent=1, allow_nan=False))


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


def seconds_text(seconds: float | None) -> str:
    """A time for people: 12.3 ms; a dash where there is none."""
    if seconds is None or seconds != seconds:
        return "–"
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{_three(seconds / size)} {unit}"
    return f"{_three(seconds * 1e9)} ns"


def bytes_text(count: float | None) -> str:
    """A size for people: 1.2 MiB; a dash where there is none."""
    if count is None or count != count:
        return "–"
    for unit, size in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if count >= size:
            return f"{_three(count / size)} {unit}"
    return f"{count:.0f} B"


def _three(value: float) -> str:
    """Three digits, without an exponent."""
    return f"{value:.3g}" if value < 999.5 else f"{value:.0f}"
