"""`bench list`: the problems and solvers that are installed."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.common import columns, format_option, open_catalogue, plugin_option, print_json


@click.command("list")
@click.argument("problems", nargs=-1, metavar="[PROBLEM]...")
@plugin_option
@format_option("text", "json")
def command(problems: tuple[str, ...], plugins: tuple[Path, ...], form: str) -> None:
    """List the problems and solvers that are installed.

    Names of problems restrict the list. A solver that can't be used is listed with the reason.
    """
    catalogue = open_catalogue(plugins)
    names = [catalogue.problem(name).name for name in problems] or sorted(
        {*catalogue.problems, *(entry.problem for entry in catalogue.solvers.values())}
    )
    if form == "json":
        print_json(
            [
                {
                    "problem": name,
                    "summary": catalogue.problems[name].summary
                    if name in catalogue.problems
                    else "",
                    "solvers": [
                        {
                            "name": entry.name,
                            "role": entry.role,
                            "papers": list(entry.papers),
                            "summary": entry.summary,
                            "pack": entry.pack,
                            "error": entry.error or None,
                        }
                        for entry in catalogue.solvers_of(name)
                    ],
                }
                for name in names
            ]
        )
        return
    if not names:
        click.echo("nothing is installed; `bench new problem mine` writes a first problem")
    for number, name in enumerate(names):
        if number:
            click.echo()
        problem = catalogue.problems.get(name)
        summary = problem.summary if problem else "(the problem itself is not installed)"
        click.echo(f"{click.style(name, bold=True)}  {summary}")
        rows = [
            (entry.stem, entry.role, entry.error or entry.summary)
            for entry in catalogue.solvers_of(name)
        ]
        click.echo(columns(rows))
