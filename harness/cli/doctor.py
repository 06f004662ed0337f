"""`bench doctor`: what would disturb timings here, and what is broken."""

from __future__ import annotations

import os
from pathlib import Path

import click

from harness import machine
from harness.catalogue import Catalogue, ProblemEntry, SolverEntry
from harness.cli.common import columns, format_option, open_catalogue, plugin_option, print_json
from harness.kernels import KernelError, kernel
from harness.loading import PluginError
from harness.paths import cache_folder


@click.command("doctor")
@plugin_option
@format_option("text", "json")
def command(plugins: tuple[Path, ...], form: str) -> int:
    """Say what would disturb timings here, and what is broken.

    A disturbance makes timings noisier, and is told with what it means and how to mend it. What is
    broken (a kernel that is missing, a plugin that can't be loaded) makes the exit code 1.
    """
    facts = machine.facts()
    catalogue = open_catalogue(plugins)
    disturbances = machine.disturbances()
    broken = [*catalogue.complaints, *_broken(catalogue)]
    if form == "json":
        print_json({"environment": facts, "disturbances": disturbances, "broken": broken})
        return 1 if broken else 0
    shown = ("processor", "cores", "system", "distribution", "python", "compiler", "harness")
    click.echo(columns([(name, str(facts[name])) for name in shown], indent=""))
    click.echo()
    for found in disturbances:
        click.echo(f"{click.style('!', fg='yellow', bold=True)} {found['name']}: {found['state']}")
        click.echo(f"    {found['meaning']}\n    to mend it: {found['mend']}")
    if not disturbances:
        click.echo("nothing that would disturb timings was found")
    for sentence in broken:
        click.echo(f"{click.style('broken', fg='red', bold=True)} {sentence}")
    if not broken:
        click.echo(f"all {len(catalogue.solvers)} solvers can be loaded, or say what they need")
    return 1 if broken else 0


def _broken(catalogue: Catalogue) -> list[str]:
    found = []
    entries: list[ProblemEntry | SolverEntry] = [*catalogue.problems.values()]
    for entry in [*entries, *catalogue.solvers.values()]:
        try:
            entry.load()
        except PluginError as error:
            found.append(str(error))
    for name in _kernel_names():
        try:
            kernel(name)
        except KernelError as error:
            found.append(str(error))
    cache = cache_folder()
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        found.append(f"the cache folder {cache} can't be made ({error.strerror}); set $BENCH_CACHE")
    else:
        if not os.access(cache, os.W_OK):
            found.append(f"the cache folder {cache} can't be written; set $BENCH_CACHE to another")
    return found


def _kernel_names() -> list[str]:
    """The kernels of the checkout; a wheel has those that it was built with."""
    sources = Path(__file__).resolve().parents[2] / "cext"
    return sorted(path.stem for path in sources.glob("*.h") if path.with_suffix(".c").exists())
