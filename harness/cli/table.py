"""`bench table`: results as a table in the terminal, CSV, JSON, Markdown or Parquet."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.common import (
    bytes_text,
    columns,
    format_option,
    results_option,
    seconds_text,
    warn,
)
from harness.selectors import Misuse
from harness.store import Results, load

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("leaderboard", "cases", "records", "traces", "timings")


@click.command("table")
@click.argument("problems", nargs=-1, metavar="[PROBLEM]...")
@click.option(
    "--what",
    type=click.Choice(KINDS),
    default=KINDS[0],
    show_default=True,
    help="Which table: ranked solvers; every case; every record; every point of the "
    "traces; every value of the timings.",
)
@click.option("--machine", metavar="ID", help="Results of this machine; the latest by default.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to a file; needed for Parquet.",
)
@results_option
@format_option("text", "csv", "json", "markdown", "parquet")
def command(
    problems: tuple[str, ...],
    what: str,
    machine: str | None,
    output: Path | None,
    results: Path,
    form: str,
) -> int:
    """Print results as a table.

    Costs are held against the best known of each instance; intervals are 95 % bootstrap intervals
    over cases and seeds. Times are pyperf's.
    """
    from harness import tables

    loaded = load(results)
    for complaint in loaded.complaints:
        warn(complaint)
    frame = tables.select(tables.current(tables.records(loaded), machine), problems)
    if frame.empty:
        click.echo("no run is recorded yet")
        return 0
    table = _table(loaded, frame, what)
    if form == "parquet":
        _write_parquet(table, output)
        return 0
    text = {"csv": _csv, "json": _json, "markdown": _markdown, "text": _text}[form](table, what)
    if output is None:
        click.echo(text, nl=not text.endswith("\n"))
    else:
        output.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8")
    return 0


def rules_of(loaded: Results, problem: str) -> Any:
    """How a problem is ranked, as its newest run says."""
    from harness.statistics.leaderboard import Rules

    facts = loaded.problem(problem)
    return Rules(facts.get("compare", "ratio"), facts.get("rank_by", "cost"))


def print_leaderboard(loaded: Results, problem: str) -> None:
    """The ranking of one problem, for the end of a run."""
    from harness import tables

    frame = tables.current(tables.records(loaded))
    frame = frame[frame["problem"] == problem]
    if not frame.empty:
        click.echo(_text(_table(loaded, frame, "leaderboard"), "leaderboard"))


def _table(loaded: Results, frame: pd.DataFrame, what: str) -> pd.DataFrame:
    import pandas as pd

    from harness import tables
    from harness.statistics.leaderboard import leaderboard

    names = list(dict.fromkeys(frame["problem"]))
    if what == "leaderboard":
        boards = []
        for name in names:
            board = leaderboard(frame, name, rules_of(loaded, name))
            board.insert(0, "problem", name)
            boards.append(board)
        return pd.concat(boards, ignore_index=True)
    if what == "cases":
        parts = []
        for name in names:
            part = tables.cases(frame, name)
            part.insert(0, "problem", name)
            parts.append(part)
        return pd.concat(parts, ignore_index=True)
    if what == "traces":
        return tables.trace_points(tables.of_kind(frame, "trace"))
    if what == "timings":
        return tables.timing_values(tables.of_kind(frame, "timing"))
    return frame.drop(columns=["trace", "values"])


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    """Cells that hold dicts become JSON."""
    table = table.copy()
    for name in table.columns:
        if table[name].map(lambda cell: isinstance(cell, dict | list)).any():
            table[name] = table[name].map(json.dumps)
    return table


def _csv(table: pd.DataFrame, what: str) -> str:
    return str(_flat(table).to_csv(index=False))


def _json(table: pd.DataFrame, what: str) -> str:
    return str(table.to_json(orient="records", indent=1, double_precision=15))


def _write_parquet(table: pd.DataFrame, output: Path | None) -> None:
    if output is None:
        raise Misuse("Parquet is not for a terminal; name a file with --output")
    try:
        _flat(table).to_parquet(output)
    except ImportError:
        raise Misuse("Parquet needs pyarrow: pip install 'bench-harness[parquet]'") from None


def _human(table: pd.DataFrame, what: str) -> list[tuple[str, list[list[str]]]]:
    """(title, rows with a head) for people, a problem each."""
    if what == "leaderboard":
        return [
            (str(name), _leaderboard_rows(board))
            for name, board in table.groupby("problem", sort=False)
        ]
    if what == "cases":
        return [
            (str(name), _case_rows(part)) for name, part in table.groupby("problem", sort=False)
        ]
    shown = _flat(table)
    if what == "records":
        names = ["problem", "label", "case", "kind", "seed", "status", "cost", "seconds", "message"]
        shown = shown[names]
    cells = [[_cell(value) for value in row] for row in shown.itertuples(index=False)]
    return [(what, [list(map(str, shown.columns)), *cells])]


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "–" if value != value else f"{value:.6g}"
    return str(value).strip().splitlines()[-1] if str(value).strip() else ""


def _leaderboard_rows(board: pd.DataFrame) -> list[list[str]]:
    rows = [["rank", "solver", "role", "cost/best", "95 %", "time", "95 %", "memory", "runs"]]
    if (board["score"].dropna() < 1 - 1e-9).any():
        rows[0][3] = "cost-best"
    for row in board.to_dict("records"):
        failures = [
            f"{row[status]} {status.replace('_', ' ')}"
            for status in ("timeout", "out_of_memory", "crashed", "raised", "invalid", "skipped")
            if row[status]
        ]
        rows.append(
            [
                _span(row["rank"], row["rank_low"], row["rank_high"]),
                str(row["label"]),
                str(row["role"]),
                _number(row["score"]),
                _interval(row, "score", _number),
                seconds_text(row["seconds"]),
                _interval(row, "seconds", seconds_text) + _timed(row),
                bytes_text(row["memory"]),
                ", ".join([f"{row['ok']} ok", *failures]),
            ]
        )
    return rows


def _case_rows(part: pd.DataFrame) -> list[list[str]]:
    rows = [["case", "solver", "cost", "best", "cost/best", "time", "traced", "memory", "runs", ""]]
    for row in part.to_dict("records"):
        rows.append(
            [
                str(row["case"]),
                str(row["label"]),
                _number(row["cost_mean"]),
                _number(row["best"]),
                _number(row["ratio"]),
                seconds_text(row["seconds"]),
                seconds_text(row["traced"]),
                bytes_text(row["memory"]),
                f"{row['ok']}/{row['runs']}",
                _cell(row["message"]),
            ]
        )
    return rows


def _span(rank: int, low: int, high: int) -> str:
    return f"{rank}" if low == high == rank else f"{rank} ({low}–{high})"


def _interval(row: dict[str, Any], name: str, show: Callable[[float], str]) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return "–" if low != low else f"{show(low)}–{show(high)}"


def _timed(row: dict[str, Any]) -> str:
    """Which cases a time is about, where it is not about all."""
    return "" if row["timed"] in (0, row["cases"]) else f" ({row['timed']} of {row['cases']} cases)"


def _number(value: float) -> str:
    return "–" if value != value else f"{value:.5g}"


def _text(table: pd.DataFrame, what: str) -> str:
    parts = []
    for title, rows in _human(table, what):
        if not sys.stdout.isatty():
            parts.append(f"{title}\n{columns(rows)}")
            continue
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        drawn = Table(title=title, title_justify="left", header_style="bold", box=None)
        for name in rows[0]:
            drawn.add_column(name, overflow="fold")
        for row in rows[1:]:
            drawn.add_row(*[Text(cell) for cell in row])
        console = Console()
        with console.capture() as capture:
            console.print(drawn)
        parts.append(capture.get().rstrip("\n"))
    return "\n\n".join(parts) + "\n"


def _markdown(table: pd.DataFrame, what: str) -> str:
    parts = []
    for title, rows in _human(table, what):
        clean = [[cell.replace("|", "\\|") for cell in row] for row in rows]
        lines = [f"### {title}", "", "| " + " | ".join(clean[0]) + " |"]
        lines.append("|" + " --- |" * len(clean[0]))
        lines += ["| " + " | ".join(row) + " |" for row in clean[1:]]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)
