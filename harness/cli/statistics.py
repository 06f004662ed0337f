"""`bench statistics`: what the statistics say of results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness import formats
from harness.cli.common import (
    csv_text,
    format_option,
    interval_text,
    json_text,
    open_catalogue,
    plugin_option,
    results_option,
    ruleset_option,
    spaced,
    warn,
    wrapped,
)
from harness.cli.drawn import Shown, markdown, text_of
from harness.findings import GROUPS, Column, Finding, NotApplicable, Statistic
from harness.report.plain import NAME, TEXT, plain
from harness.selectors import Misuse, nearest

if TYPE_CHECKING:
    from harness.catalogue import Catalogue

_MOST = 30  # rows of a table in a terminal
_WORDS = ("solver", "case", "text")  # forms that stand on the left


@dataclass(frozen=True)
class Said:
    """What a statistic says of a problem: a finding, or why there is none."""

    problem: str
    name: str
    statistic: Statistic
    finding: Finding | None
    why: str = ""


@click.command("statistics")
@click.argument("problems", nargs=-1, metavar="[PROBLEM]...")
@click.option(
    "-S",
    "--statistic",
    "wanted",
    multiple=True,
    metavar="NAME",
    help="This statistic, as often as wanted; by default those that lead a problem's page.",
)
@click.option("--all", "everything", is_flag=True, help="All statistics.")
@click.option("--list", "listing", is_flag=True, help="List the statistics, and compute none.")
@click.option("--machine", metavar="ID", help="Results of this machine; the latest by default.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to a file.",
)
@ruleset_option
@results_option
@plugin_option
@format_option("text", "json", "csv", "markdown")
def command(
    problems: tuple[str, ...],
    wanted: tuple[str, ...],
    everything: bool,
    listing: bool,
    machine: str | None,
    output: Path | None,
    ruleset: str,
    results: Path,
    plugins: tuple[Path, ...],
    form: str,
) -> int:
    """Print what the statistics say of results.

    Each gives its finding in a sentence, a table with 95 % intervals, and what a reader must know
    of it. What the records don't allow is said.

    \b
    bench statistics --list
    bench statistics k_medoids -S performance_profile
    """
    from harness.cli.table import terminal
    from harness.statistics.shelf import statistics_of

    catalogue = open_catalogue(plugins)
    shelf, complaints = statistics_of(catalogue)
    for complaint in complaints:
        warn(plain(complaint))
    chosen = _chosen(shelf, wanted, everything or listing)
    if listing:
        text = _listed(chosen, form, output is None and terminal())
    else:
        found = list(_found(chosen, problems, machine, ruleset, results, catalogue))
        if not found:
            click.echo("no run is recorded yet")
            return 0
        text = _written(found, form, output is None and terminal())
    if output is None:
        click.echo(text, nl=not text.endswith("\n"))
    else:
        output.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8")
    return 0


def _chosen(
    shelf: Mapping[str, Statistic], wanted: Sequence[str], everything: bool
) -> dict[str, Statistic]:
    for name in wanted:
        if name not in shelf:
            hint = nearest(name, shelf) or "`bench statistics --list` names them all"
            raise Misuse(f"there is no statistic {name!r}; {hint}")
    if wanted:
        return {name: shelf[name] for name in wanted}
    return {name: each for name, each in shelf.items() if everything or each.leading}


def _found(
    chosen: Mapping[str, Statistic],
    problems: Sequence[str],
    machine: str | None,
    ruleset: str,
    results: Path,
    catalogue: Catalogue,
) -> Iterator[Said]:
    from harness import tables
    from harness.report.subjects import problem_facts
    from harness.statistics.board import Board
    from harness.store import load
    from harness.tuning import board_records, tuned

    loaded = load(results)
    for complaint in loaded.complaints:
        warn(plain(complaint))
    records = tables.of_machine(tables.records(loaded), machine)
    frame = board_records(loaded, machine, ruleset, catalogue)
    frame = tables.select(frame, problems)
    for problem in dict.fromkeys(str(name) for name in frame["problem"]):
        mine = frame[frame["problem"] == problem]
        facts = problem_facts(problem, catalogue, loaded)
        trials = tuned(records, catalogue, problem, facts.compare)
        board = Board.of(mine, problem, facts, catalogue=catalogue, tuned=trials)
        for name, statistic in chosen.items():
            yield _said(problem, name, statistic, board)


def _said(problem: str, name: str, statistic: Statistic, board: Any) -> Said:
    """A statistic of a pack that fails costs only itself."""
    from harness.statistics.sound import Fault, sound_finding

    try:
        return Said(problem, name, statistic, sound_finding(statistic, board))
    except NotApplicable as reason:
        return Said(problem, name, statistic, None, str(reason))
    except Fault as fault:
        warn(plain(f"statistic {name!r}, {problem}: {fault}", TEXT))
        return Said(problem, name, statistic, None, str(fault))


def _listed(chosen: Mapping[str, Statistic], form: str, terminal: bool) -> str:
    facts = [
        {
            "name": name,
            "title": each.title,
            "group": each.group,
            "leading": each.leading,
            "source": each.source,
            "papers": list(each.papers),
        }
        for name, each in chosen.items()
    ]
    if form == "json":
        return json_text(facts)
    if form == "csv":
        return csv_text([list(facts[0] if facts else ()), *([*one.values()] for one in facts)])
    shown = []
    for group, title in GROUPS.items():
        mine = [(name, each) for name, each in chosen.items() if each.group == group]
        if mine:
            rows = [[name, plain(each.title), "leads" * each.leading] for name, each in mine]
            shown.append(Shown(title, [["name", "title", ""], *rows], optional=(2,)).whole())
    return markdown(shown) if form == "markdown" else text_of(shown, terminal)


def _written(found: Sequence[Said], form: str, terminal: bool) -> str:
    if form == "json":
        return json_text([_facts(one) for one in found])
    if form == "csv":
        return "\n".join(csv_text(_flat(one)) for one in found if one.finding is not None)
    several = len({one.problem for one in found}) > 1
    if form == "markdown":
        return "\n\n".join(_in_markdown(one, several) for one in found)
    return "\n\n".join(_in_text(one, several, terminal) for one in found)


def _title(one: Said, several: bool) -> str:
    problem = f" of {plain(one.problem, NAME)}" if several else ""
    return f"{plain(one.statistic.title)}{problem}"


def _in_text(one: Said, several: bool, terminal: bool) -> str:
    finding = one.finding
    summary = one.why if finding is None else finding.summary
    title = _title(one, several)
    lines = [
        click.style(title, bold=True) if terminal else title,
        *wrapped(plain(summary, TEXT), terminal),
    ]
    if finding is not None and finding.rows:
        lines.append(_body(_shown("", finding, _MOST), terminal))
    for note in finding.notes if finding is not None else ():
        lines += wrapped(plain(note, TEXT), terminal, "! ")
    return "\n".join(lines)


def _body(shown: Shown, terminal: bool) -> str:
    return text_of([shown], terminal).strip("\n")


def _in_markdown(one: Said, several: bool) -> str:
    finding = one.finding
    title = _title(one, several)
    if finding is None or not finding.rows:
        said = one.why if finding is None else finding.summary
        return f"### {_clean(title)}\n\n{_clean(said)}"
    table = markdown([_shown(title, finding)])
    head, _, rest = table.partition("\n\n")
    notes = "".join(f"\n- {_clean(note)}" for note in finding.notes)
    return f"{head}\n\n{_clean(finding.summary)}\n\n{rest}" + (f"\n{notes}" if notes else "")


def _clean(text: str) -> str:
    return plain(text, TEXT).replace("&", "&amp;").replace("<", "&lt;")


def _shown(title: str, finding: Finding, most: int | None = None) -> Shown:
    """The table of a finding; where there is no room, columns go from the right end."""
    heads: list[str] = []
    right = []
    for column in finding.columns:
        if column.form not in _WORDS:
            right.append(len(heads))
        heads.append(plain(column.title, NAME))
        if column.low:
            heads.append("95 %")
    rows = [list(_cells(row, finding.columns)) for row in finding.rows[:most]]
    if most is not None and len(finding.rows) > most:
        more = f"and {len(finding.rows) - most} more"
        rows.append([more, *[""] * (len(heads) - 1)])
    return Shown(title, [heads, *rows], tuple(right), yields=tuple(range(len(heads) - 1, 1, -1)))


def _cells(row: Mapping[str, Any], columns: Iterable[Column]) -> Iterator[str]:
    for column in columns:
        value = row.get(column.name)
        yield plain(spaced(formats.of(column.form)(value)), NAME)
        if column.low:
            yield interval_text(row.get(column.low), row.get(column.high), column.form)


def _flat(one: Said) -> list[list[Any]]:
    """The table with all digits and the ends of the intervals in columns of their own."""
    assert one.finding is not None
    names = [
        name
        for column in one.finding.columns
        for name in (column.name, column.low, column.high)
        if name
    ]
    rows = [[one.problem, one.name, *(row.get(name) for name in names)] for row in one.finding.rows]
    return [["problem", "statistic", *names], *rows]


def _facts(one: Said) -> dict[str, Any]:
    finding = one.finding
    return {
        "problem": one.problem,
        "statistic": one.name,
        "title": one.statistic.title,
        "group": one.statistic.group,
        "why_not": one.why or None,
        "summary": finding.summary if finding else None,
        "columns": [
            {"name": each.name, "title": each.title, "form": each.form, "low": each.low or None}
            | {"high": each.high or None, "note": each.note, "better": each.better or None}
            for each in (finding.columns if finding else ())
        ],
        "rows": [dict(row) for row in finding.rows] if finding else [],
        "notes": list(finding.notes) if finding else [],
    }
