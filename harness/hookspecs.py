"""The hooks that a pack may implement, each a documented function.

A pack is a distribution with an entry point in the group `bench_harness` that names a module; the
module's functions marked `@harness.api.hookimpl` are its hooks. pluggy sees packs, never the
hundreds of solver files in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    import click
    import pandas as pd

hookspec = pluggy.HookspecMarker("bench_harness")


@hookspec
def bench_packs() -> list[str]:
    """Import names of packages whose folders are problems and whose files are solvers.

    Called at every start of `bench`; the module that implements it must be quick to import and
    import no algorithm.
    """
    raise NotImplementedError


@hookspec
def bench_statistics() -> list[str]:
    """Import names of packages whose files are statistics, one `harness.api.Statistic` each.

    Called when a statistic is asked for, not at every start. Files whose names begin with an
    underscore are shared by their neighbours. A folder of statistics inside a pack of problems
    makes no solvers.
    """
    raise NotImplementedError


@hookspec
def bench_commands() -> list[click.Command]:
    """Further commands of `bench`. Called when a name is not one of the harness's own."""
    raise NotImplementedError


@hookspec
def bench_report_sections(problem: str, records: pd.DataFrame) -> list[tuple[str, str]]:
    """Further sections of a problem's page, as (title, HTML); the HTML is shown as it is."""
    raise NotImplementedError
