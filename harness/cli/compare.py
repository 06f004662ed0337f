"""`bench compare`: two runs, machines, commits, solvers or folders held against each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.common import format_option, json_text, results_option, warn
from harness.report.plain import NAME, plain
from harness.selectors import Misuse, nearest

if TYPE_CHECKING:
    from harness.cli.compared import Compared

_KINDS = ("run", "machine", "commit", "solver", "folder")
_LISTED = 12  # names of a kind in the list of what can be compared


@click.command("compare")
@click.argument("sides", nargs=-1, metavar="[A B]")
@click.option(
    "--kind",
    type=click.Choice(_KINDS),
    help="What A and B are, where their names could mean several things.",
)
@click.option("-p", "--problem", "problems", multiple=True, metavar="NAME", help="Only this one.")
@click.option("-c", "--case", "cases", multiple=True, metavar="NAME", help="Only this case.")
@click.option(
    "--threshold",
    default="5 %",
    show_default=True,
    metavar="SHARE",
    help="By how much a time must change to count.",
)
@click.option(
    "--cost-threshold",
    default="0 %",
    show_default=True,
    metavar="SHARE",
    help="By how much a ratio of costs must change to count.",
)
@click.option(
    "--fail-on",
    type=click.Choice(("worse", "any", "never")),
    default="worse",
    show_default=True,
    help="What makes the exit code 1: something got worse, anything changed, or nothing.",
)
@click.option("--all", "everything", is_flag=True, help="Show every case, not just what changed.")
@click.option("--machine", metavar="ID", help="Only results of this machine.")
@click.option(
    "--across-machines",
    "across",
    is_flag=True,
    help="Compare also where A and B were measured on different machines.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to a file.",
)
@click.option(
    "--page",
    type=click.Path(path_type=Path),
    metavar="DIR|FILE",
    help="Also write a page: into this folder, or as this .html file.",
)
@results_option
@format_option("text", "json", "csv", "markdown")
def command(
    sides: tuple[str, ...],
    kind: str | None,
    problems: tuple[str, ...],
    cases: tuple[str, ...],
    threshold: str,
    cost_threshold: str,
    fail_on: str,
    everything: bool,
    machine: str | None,
    across: bool,
    output: Path | None,
    page: Path | None,
    results: Path,
    form: str,
) -> int:
    """Compare two runs, machines, commits, solvers or results folders.

    A and B are runs (the name, or its beginning), machines (the id, or its beginning), commits,
    two solvers of a problem (k_medoids/pam), or the paths of two results folders. Without A and B,
    what there is to compare is listed.

    Ratios are B / A, so that above 1 is worse. Each comes with its 95 % interval by itself. It
    counts as better or worse where its p-value, corrected for the number of comparisons (Holm), is
    at most 5 %, its interval excludes no change, and it exceeds the threshold. A run that ended
    well in A and not in B is worse in any case.

    \b
    bench compare 20260102T 20260109T       two runs
    bench compare 23aa6c1a 9f31c7d2         two commits
    bench compare k_medoids/pam k_medoids/fasterpam
    bench compare main-results results      two folders
    """
    from harness import sides as lookup
    from harness.cli import compared

    if not sides:
        return _list(results, form)
    if len(sides) != 2:
        raise Misuse(f"{len(sides)} name{'s' * (len(sides) != 1)} given; expected two, A and B")
    least = _share(threshold, "--threshold"), _share(cost_threshold, "--cost-threshold")
    found = lookup.find(*sides, results, kind, machine, across)
    for complaint in found.complaints:
        warn(plain(complaint))
    _known(found, "problem", problems)
    _known(found, "case", cases)
    made = compared.of(found, problems, cases, *least)
    if form == "json":
        text = json_text(made.as_json())
    elif form == "csv":
        text = made.csv()
    else:
        text = made.text(form == "markdown", everything, to_file=output is not None)
    if output is None:
        click.echo(text, nl=not text.endswith("\n"))
    else:
        output.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8")
    if page is not None:
        _write_page(made, page)
    fails = {"worse": made.worse, "any": made.changed, "never": False}
    return 1 if fails[fail_on] else 0


def _write_page(made: Compared, page: Path) -> None:
    from harness.report.bare import write_report

    path = page if page.suffix == ".html" else page / "comparison.html"
    tables = made.tables(everything=True)
    write_report(path, made.title, made.verdict, tables, made.notes)
    click.echo(f"open {path.resolve().as_uri()}", err=True)


def _share(text: str, option: str) -> float:
    """`5 %`, `5%` or `0.05` as 0.05."""
    number, percent, rest = text.replace(" ", "").partition("%")
    try:
        value = float(number) / (100 if percent else 1)
    except ValueError:
        value = -1.0
    if rest or not 0 <= value < 10 or (not percent and value >= 1):
        raise Misuse(f"{option} is {text!r}; expected a share, such as '5 %' or 0.05")
    return value


def _known(found: Any, column: str, wanted: tuple[str, ...]) -> None:
    names = {str(name) for pair in found.pairs for side in pair for name in side.frame[column]}
    for name in wanted:
        if name not in names:
            hint = nearest(name, names) or f"there are {', '.join(sorted(names)[:_LISTED])}"
            raise Misuse(f"neither side has results of the {column} {name!r}; {hint}")


def _list(results: Path, form: str) -> int:
    """What there is to compare."""
    from harness import sides as lookup

    found = lookup.listed(results)
    if form == "json":
        click.echo(json_text(found))
        return 0
    for kind, names in found.items():
        click.echo(click.style(f"{kind}s", bold=True))
        for name in names[:_LISTED]:
            click.echo(f"  {plain(name, NAME)}")
        if len(names) > _LISTED:
            click.echo(f"  and {len(names) - _LISTED} more")
        if not names:
            click.echo("  none is recorded")
    click.echo("\nbench compare A B holds two of a kind against each other")
    return 0
