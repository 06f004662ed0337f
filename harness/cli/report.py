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
@click.option("--machine", metavar="ID", help="Results of this machine; the latest by default.")
@results_option
@plugin_option
@format_option("text", "json")
def command(
    problems: tuple[str, ...],
    output: Path,
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
    from harness.claims import Judged, judged, stated
    from harness.loading import PluginError
    from harness.papers import load_papers
    from harness.report import write_site
    from harness.selectors import Misuse

    loaded = load(results)
    for complaint in loaded.complaints:
        warn(complaint)
    catalogue = open_catalogue(plugins)
    everything = tables.records(loaded)
    frame = tables.select(tables.current(everything, machine), problems)
    claims, complaints = stated(catalogue)
    for complaint in complaints:
        warn(complaint)
    measured = tables.of_machine(everything, machine)
    verdicts: list[Judged] = []
    for problem in dict.fromkeys(claim.problem for claim in claims):
        if problems and problem not in problems:
            continue
        mine = [claim for claim in claims if claim.problem == problem]
        try:
            verdicts += judged(catalogue, measured, claims=mine)
        except (PluginError, Misuse) as error:  # a problem that is broken costs only its claims
            warn(f"the claims of {problem} can't be judged: {error}")
    pages = write_site(loaded, frame, catalogue, output, load_papers(), claims=verdicts)
    if form == "json":
        print_json({"pages": [str(page) for page in pages]})
    else:
        click.echo(f"{len(pages)} pages; open {pages[0].resolve().as_uri()}")
    return 0
