"""`bench doctor`: what would disturb timings here, and what is broken."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click

from harness import machine
from harness.catalogue import Catalogue, SolverEntry
from harness.cli.common import columns, format_option, open_catalogue, plugin_option, print_json
from harness.kernels import KernelError, kernel
from harness.loading import PluginError
from harness.paths import cache_folder

_SETUP = 10.0  # seconds that a solver's file may take to be imported


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
    capabilities = machine.capabilities()
    broken = [*catalogue.complaints, *_broken(catalogue)]
    noise = _noise()
    if noise is not None and (found := machine.noisy(noise)) is not None:
        disturbances.insert(0, found)
    if form == "json":
        print_json(
            {
                "environment": facts,
                "noise": noise,
                "disturbances": [asdict(found) for found in disturbances],
                "capabilities": [asdict(found) for found in capabilities],
                "broken": broken,
            }
        )
        return 1 if broken else 0
    shown = ("processor", "cores", "system", "distribution", "python", "compiler", "harness")
    rows = [(name, str(facts[name])) for name in shown]
    if noise is not None:
        rows.append(("noise", f"{100 * noise:.2g} % (95 % of readings within that of the usual)"))
    click.echo(columns(rows, indent=""))
    _tell(disturbances, capabilities)
    for sentence in broken:
        click.echo(f"{click.style('broken', fg='red', bold=True)} {sentence}")
    if not broken:
        click.echo(f"all {len(catalogue.solvers)} solvers can be loaded, or say what they need")
    return 1 if broken else 0


def _tell(disturbances: list[machine.Disturbance], capabilities: list[machine.Capability]) -> None:
    """Show what was found; each with its mending below it."""
    names = [found.name for found in disturbances] + [one.name for one in capabilities]
    width = max(map(len, names))

    def say(sign: str, colour: str, name: str, state: str, below: list[str]) -> None:
        mark = click.style(sign, fg=colour, bold=True)
        click.echo(f"{mark} {click.style(name.ljust(width), bold=True)}  {state}")
        for line in below:
            click.echo(f"{' ' * (width + 4)}{click.style(line, dim=True)}")

    click.echo("\nwhat would disturb timings" + ("" if disturbances else ": nothing was found"))
    for found in disturbances:
        say("!", "yellow", found.name, found.state, [found.meaning, f"to mend it: {found.mend}"])
    click.echo("\nwhat can be observed and limited")
    for one in capabilities:
        mend = [f"to mend it: {one.mend}"] if one.mend else []
        say("+" if one.there else "-", "green" if one.there else "red", one.name, one.detail, mend)
    click.echo()


def _noise() -> float | None:
    """The spread of a fixed piece of work; None where its kernel is missing."""
    from harness.canary import Canary, spread

    try:
        return spread(Canary(machine.processors(1)))
    except KernelError:  # told with what is broken
        return None


def _broken(catalogue: Catalogue) -> list[str]:
    found = []
    for problem in catalogue.problems.values():
        try:
            problem.load()
        except PluginError as error:
            found.append(str(error))
    found += _broken_solvers(catalogue.solvers.values())
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


def _broken_solvers(entries: Iterable[SolverEntry]) -> list[str]:
    """What is wrong with solvers' files, asked in processes of their own."""
    from harness.declare import Declarer, NotMade

    found = []
    with Declarer(_SETUP) as declarer:
        for entry in entries:
            try:
                declarer.parameters(entry)
            except NotMade as error:
                if not machine.missing(entry.requires):
                    found.append(f"{entry.source.file}: {error}")
            except PluginError as error:
                found.append(str(error))
    return found


def _kernel_names() -> list[str]:
    """The kernels of the checkout; a wheel has those that it was built with."""
    sources = Path(__file__).resolve().parents[2] / "cext"
    return sorted(path.stem for path in sources.glob("*.h") if path.with_suffix(".c").exists())
