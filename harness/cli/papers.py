"""`bench papers`: all papers, and which of them work here."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.common import columns, format_option, open_catalogue, plugin_option, print_json
from harness.papers import load_papers, solvers_by_paper
from harness.selectors import Misuse, nearest
from harness.statistics.shelf import by_paper


@click.command("papers")
@click.argument("words", nargs=-1, metavar="[WORD]...")
@click.option("--family", help="Only papers of this family.")
@click.option(
    "--class",
    "kind",
    type=click.Choice(["algorithm", "core", "problem", "analysis", "none"]),
    help="Only papers of this class.",
)
@click.option("--works/--open", default=None, help="Only those that work here, or do not yet.")
@plugin_option
@format_option("text", "json")
def command(
    words: tuple[str, ...],
    family: str | None,
    kind: str | None,
    works: bool | None,
    plugins: tuple[Path, ...],
    form: str,
) -> None:
    """List the papers, and which of them work here.

    A paper works when an installed solver of role "paper" names its key and can be loaded, or a
    statistic names it, for a paper that brought one. Words restrict the list to papers whose key or
    title holds them all.
    """
    papers = load_papers()
    families = {paper.family for paper in papers}
    if family is not None and family not in families:
        hint = nearest(family, families) or f"there are {', '.join(sorted(families))}"
        raise Misuse(f"there is no family {family!r}; {hint}")
    papers = [
        paper
        for paper in papers
        if (family is None or paper.family == family)
        and (kind is None or paper.kind == kind)
        and all(word.lower() in f"{paper.key} {paper.title}".lower() for word in words)
    ]
    catalogue = open_catalogue(plugins)
    solvers = solvers_by_paper(catalogue, {paper.key for paper in papers})
    statistics = by_paper(catalogue)
    rows = [
        {
            "key": paper.key,
            "title": paper.title,
            "family": paper.family,
            "class": paper.kind,
            "works": paper.key in solvers or paper.key in statistics,
            "solvers": solvers.get(paper.key, []),
            "statistics": statistics.get(paper.key, []),
        }
        for paper in papers
        if works is None or works == (paper.key in solvers or paper.key in statistics)
    ]
    if form == "json":
        print_json(rows)
        return
    click.echo(
        columns(
            [
                (
                    "✓" if row["works"] else "·",
                    str(row["key"]),
                    str(row["class"]),
                    str(row["family"]),
                    str(row["title"]),
                )
                for row in rows
            ],
            indent="",
        )
    )
    working = sum(bool(row["works"]) for row in rows)
    click.echo(f"\n{len(rows)} papers, {working} of them with a working solver or statistic (✓)")
