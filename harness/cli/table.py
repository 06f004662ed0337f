"""`bench table`: results as a table in the terminal, CSV, JSON, Markdown or Parquet."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.common import (
    bytes_text,
    format_option,
    open_catalogue,
    plugin_option,
    results_option,
    ruleset_option,
    seconds_text,
    spaced,
    warn,
)
from harness.cli.drawn import MARK, NONE, Shown, markdown, text_of
from harness.record import FLAGS
from harness.report.formats import ended, time_interval
from harness.report.plain import NAME, plain
from harness.selectors import Misuse
from harness.store import Results, load

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("leaderboard", "cases", "records", "traces", "timings", "flags")
_WARNINGS = 6  # lines below a table

_FAILURES = "timeout out_of_memory crashed raised invalid unsupported skipped".split()


@click.command("table")
@click.argument("problems", nargs=-1, metavar="[PROBLEM]...")
@click.option(
    "--what",
    type=click.Choice(KINDS),
    default=KINDS[0],
    show_default=True,
    help="Which table: ranked solvers; every case; every record; every point of the "
    "traces; every value of the timings; what readers are warned of.",
)
@click.option("--flags", is_flag=True, help="The same as --what flags.")
@click.option("--machine", metavar="ID", help="Results of this machine; the latest by default.")
@ruleset_option
@plugin_option
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
    flags: bool,
    machine: str | None,
    ruleset: str,
    plugins: tuple[Path, ...],
    output: Path | None,
    results: Path,
    form: str,
) -> int:
    """Print results as a table.

    Costs are held against the best known of each instance; intervals are of 95 %, over cases. Times
    are pyperf's. Solvers marked with ! have rows that carry a warning.
    """
    from harness import tables
    from harness.tuning import board_records

    loaded = load(results)
    for complaint in loaded.complaints:
        warn(plain(complaint))
    frame = tables.select(
        board_records(loaded, machine, ruleset, open_catalogue(plugins)), problems
    )
    if frame.empty:
        click.echo("no run is recorded yet")
        return 0
    for name in dict.fromkeys(frame["problem"]):
        for sentence in tables.mixed_limits(frame, name):
            warn(plain(f"{name}: {sentence}"))
    what = "flags" if flags else what
    table = _table(loaded, frame, what)
    if form == "parquet":
        _write_parquet(table, output)
        return 0
    if form == "csv":
        text = str(_flat(table).to_csv(index=False))
    elif form == "json":
        text = str(table.to_json(orient="records", indent=1, double_precision=15))
    else:
        shown = _human(loaded, table, what, _table(loaded, frame, "flags"))
        text = (
            markdown(shown) if form == "markdown" else text_of(shown, output is None and terminal())
        )
    if output is None:
        click.echo(text, nl=not text.endswith("\n"))
    else:
        output.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8")
    return 0


def terminal() -> bool:
    """Whether somebody looks at what is printed."""
    return sys.stdout.isatty()


def rules_of(loaded: Results, problem: str) -> Any:
    """How a problem is ranked, as its newest run says."""
    from harness.statistics.leaderboard import Rules

    facts = loaded.problem(problem)
    return Rules(facts.get("compare", "ratio"), facts.get("rank_by", "cost"))


def print_leaderboard(loaded: Results, problem: str, frame: pd.DataFrame) -> None:
    """The ranking of one problem, for the end of a run."""
    frame = frame[frame["problem"] == problem]
    if not frame.empty:
        board, flags = (_table(loaded, frame, what) for what in ("leaderboard", "flags"))
        click.echo(text_of(_human(loaded, board, "leaderboard", flags), terminal()))


def _table(loaded: Results, frame: pd.DataFrame, what: str) -> pd.DataFrame:
    import pandas as pd

    from harness import tables
    from harness.statistics.leaderboard import leaderboard

    def board(name: str) -> pd.DataFrame:
        ranked = leaderboard(frame, name, rules_of(loaded, name))
        found: dict[str, list[dict[str, Any]]] = {}
        for row in tables.flags(frame, name).to_dict("records"):
            found.setdefault(row.pop("label"), []).append(row)
        ranked["flags"] = [found.get(label, []) for label in ranked["label"]]
        return ranked

    made: dict[str, Callable[[str], pd.DataFrame]] = {
        "leaderboard": board,
        "cases": lambda name: tables.cases(frame, name),
        "flags": lambda name: tables.flags(frame, name),
    }
    if what in made:
        parts = []
        for name in dict.fromkeys(frame["problem"]):
            part = made[what](name)
            part.insert(0, "problem", name)
            parts.append(part)
        return pd.concat(parts, ignore_index=True)
    if what == "traces":
        return tables.trace_points(tables.of_kind(frame, "trace"))
    if what == "timings":
        return tables.timing_values(tables.of_kind(frame, "timing"))
    return frame.drop(columns=["trace", "values", "items"])


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    """Flags are joined by semicolons; other cells that hold lists or dicts become JSON."""
    table = table.copy()
    for name in table.columns:
        if name == "flags":
            table[name] = table[name].map(lambda told: "; ".join(map(_flag_text, told)))
        elif table[name].map(lambda cell: isinstance(cell, dict | list)).any():
            table[name] = table[name].map(json.dumps)
    return table


def _flag_text(one: Any) -> str:
    """A record's flag as it is; one that was counted with its number of rows."""
    if isinstance(one, dict):
        return f"{one['flag']} ({one['rows']}): {one['example']}"
    return str(one)


def _write_parquet(table: pd.DataFrame, output: Path | None) -> None:
    if output is None:
        raise Misuse("Parquet is not for a terminal; name a file with --output")
    try:
        _flat(table).to_parquet(output)
    except ImportError:
        raise Misuse("Parquet needs pyarrow: pip install 'bench-harness[parquet]'") from None


def _human(loaded: Results, table: pd.DataFrame, what: str, flags: pd.DataFrame) -> list[Shown]:
    """For people, a table for each problem where the rows are of problems."""
    layouts = {"leaderboard": _leaderboard, "cases": _cases, "flags": _flags}
    if what in layouts:
        found = []
        for name, part in table.groupby("problem", sort=False):
            below = () if what == "flags" else _warnings(flags[flags["problem"] == name])
            one = layouts[what](_name(name), part)
            if what == "leaderboard" and rules_of(loaded, name).compare == "difference":
                one.rows[0][4] = "cost-best"
            found.append(replace(one.whole(), warnings=tuple(below)))
        return found or [Shown("no row carries a warning", [[""]])]
    shown = table if what == "records" else _flat(table)
    if what == "records":
        names = ["problem", "label", "case", "kind", "seed", "status", "cost", "seconds", "flags"]
        shown = shown[[*names, "message"]]
        told = shown["flags"].map(lambda told: ", ".join(said.partition(": ")[0] for said in told))
        shown = shown.assign(flags=told)
    cells = [[_cell(value) for value in row] for row in shown.itertuples(index=False)]
    return [Shown(what, [list(map(str, shown.columns)), *cells])]


def _cell(value: Any) -> str:
    """On one line, a long text cut; of several lines the last, where an exception is named."""
    if isinstance(value, float):
        return NONE if value != value else f"{value:.6g}"
    lines = str(value).strip().rsplit("\n", 1)
    return plain(lines[-1].strip())


def _name(value: Any) -> str:
    return plain(str(value), NAME)


def _leaderboard(title: str, board: pd.DataFrame) -> Shown:
    rows = [["rank", "", "solver", "role", "cost/best", "95 %", "time", "95 %", "memory", "runs"]]
    for row in board.to_dict("records"):
        failures = [
            f"{row[status]} {status.replace('_', ' ')}" for status in _FAILURES if row[status]
        ]
        rows.append(
            [
                _span(row["rank"], row["rank_low"], row["rank_high"]),
                MARK if row["flags"] else "",
                _name(row["label"]),
                _name(row["role"]),
                _number(row["score"]),
                _interval(row, "score", _number),
                seconds_text(row["seconds"]),
                _time_interval(row) + _timed(row),
                bytes_text(row["memory"]),
                ", ".join([f"{row['ok']} ok", *failures]),
            ]
        )
    return Shown(title, rows, right=(4, 6, 8), optional=(1,), wraps=9, yields=(3, 8, 7, 5, 9))


def _cases(title: str, part: pd.DataFrame) -> Shown:
    head = (
        "case;;solver;cost;best;cost/best;time;±;traced;cpu;wall;instructions;memory;runs;timing;"
    )
    rows = [head.split(";")]
    for row in part.to_dict("records"):
        rows.append(
            [
                _name(row["case"]),
                MARK if row["flags"] else "",
                _name(row["label"]),
                _number(row["cost_mean"]),
                _number(row["best"]),
                _number(row["ratio"]),
                seconds_text(row["seconds"]),
                _percent(row["precision"]),
                seconds_text(row["traced"]),
                seconds_text(row["cpu"]),
                seconds_text(row["wall"]),
                _count(row["instructions"]),
                bytes_text(row["memory"]),
                f"{row['ok']}/{row['runs']}",
                _cell(ended(row["why"])),
                _cell(row["message"]),
            ]
        )
    optional, yields = (1, 7, 9, 10, 11, 14, 15), (14, 11, 10, 9, 12, 4, 8, 3, 15, 7, 13)
    return Shown(title, rows, tuple(range(3, 13)), optional, wraps=15, yields=yields)


def _flags(title: str, part: pd.DataFrame) -> Shown:
    rows = [["solver", "warning", "on", "for example"]]
    for row in part.to_dict("records"):
        rows.append([_name(row["label"]), _name(row["flag"]), _on(row), _cell(row["example"])])
    return Shown(title, rows, wraps=3)


def _warnings(flags: pd.DataFrame) -> list[str]:
    """What the marks are about: a line for each solver and kind of flag, or for many solvers."""
    lines = []
    order = [name for name in FLAGS if name in set(flags["flag"])]
    for name in dict.fromkeys([*order, *flags["flag"]]):
        found = flags[flags["flag"] == name].to_dict("records")
        means = plain(FLAGS.get(name) or found[0]["example"])
        means = f" ({means})" if means else ""
        if len(found) > 2:
            most = max(found, key=lambda row: row["rows"])
            where = f"{len(found)} solvers, most on {_cell(most['label'])}: {_on(most)}"
            lines.append(f"{_name(name)}: {where}{means}")
            continue
        for row in found:
            lines.append(f"{_cell(row['label'])}: {_name(name)} on {_on(row)}{means}")
            means = ""  # once is enough
    if len(lines) > _WARNINGS:
        more = len(lines) - _WARNINGS + 1
        lines[_WARNINGS - 1 :] = [f"and {more} more: bench table --flags"]
    return lines


def _on(row: dict[str, Any]) -> str:
    """`3 of 16 timings`."""
    what = {"timing": "timing", "trace": "traced run"}.get(row["kind"], "row")
    return f"{row['rows']} of {row['of']} {what}{'s' * (row['of'] != 1)}"


def _span(rank: int, low: int, high: int) -> str:
    return f"{rank}" if low == high == rank else f"{rank} ({low}–{high})"


def _interval(row: dict[str, Any], name: str, show: Callable[[float], str]) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if low != low:
        return NONE
    first, last = show(low), show(high)
    number, _, unit = first.partition(" ")
    return f"{number if unit and last.endswith(' ' + unit) else first}–{last}"


def _time_interval(row: dict[str, Any]) -> str:
    return spaced(time_interval(row["seconds_low"], row["seconds_high"])) or NONE


def _timed(row: dict[str, Any]) -> str:
    """Which cases a time is about, where it is not about all."""
    return "" if row["timed"] in (0, row["cases"]) else f" ({row['timed']} of {row['cases']} cases)"


def _number(value: float) -> str:
    return NONE if value != value else f"{value:.5g}"


def _percent(value: float) -> str:
    return NONE if value != value else f"{100 * value:.2g} %"


def _count(value: float) -> str:
    """A number of instructions: 1.23 G."""
    if value != value:
        return NONE
    for unit, size in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.0f}"
