"""`bench report`: the results as a static site."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.common import (
    format_option,
    open_catalogue,
    plugin_option,
    print_json,
    results_option,
    warn,
)
from harness.store import load


@click.command("report")
@click.argument("problems", nargs=-1, metavar="[PROBLEM]...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("site"),
    show_default=True,
    metavar="DIR",
    help="Where the site is written.",
)
@click.option(
    "--figures",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Also write every chart as SVG, PDF, PNG and CSV, a folder for each problem.",
)
@click.option("--machine", metavar="ID", help="Results of this machine; the latest by default.")
@results_option
@plugin_option
@format_option("text", "json")
def command(
    problems: tuple[str, ...],
    output: Path,
    figures: Path | None,
    machine: str | None,
    results: Path,
    plugins: tuple[Path, ...],
    form: str,
) -> int:
    """Write the results as a static site.

    A page for each problem, solver and paper, what the papers claim with verdicts, and how each
    number was computed. The pages need no network and no server: open index.html in a browser, or
    put the folder on any web server.
    """
    from harness import tables
    from harness.cli.pages import write_pages

    loaded = load(results)
    for complaint in loaded.complaints:
        warn(complaint)
    catalogue, records = open_catalogue(plugins), tables.records(loaded)
    pages = write_pages(loaded, records, machine, problems, catalogue, output, figures)
    if form == "json":
        print_json({"pages": [str(page) for page in pages]})
    else:
        click.echo(f"{len(pages)} pages; open {pages[0].resolve().as_uri()}")
    return 0
