"""`bench merge`: join results folders, such as those of several machines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from harness.cli.common import format_option, print_json, warn
from harness.merge import Joined, merge
from harness.store import load


@click.command("merge")
@click.argument(
    "folders", nargs=-1, required=True, metavar="FOLDER...", type=click.Path(path_type=Path)
)
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="The results folder that shall hold them all; made where there is none.",
)
@format_option("text", "json")
def command(folders: tuple[Path, ...], into: Path, form: str) -> int:
    """Join results folders, or single run folders, into one.

    Runs are copied byte for byte, each whole or not at all. A run that is there already is left as
    it is; of two copies of one run the longer is kept; two runs of one name with other content are
    refused. Tables and pages hold one machine at a time (--machine).

    \b
    bench merge laptop/results server/results --into results
    """
    joined = []
    for each in merge(folders, into):
        joined.append(each)
        if form == "text" and each.outcome != "refused":
            click.echo(each.sentence)
        elif each.outcome == "refused":
            warn(each.sentence)
    facts = _facts(joined)
    if form == "json":
        print_json(facts)
    else:
        runs, records, machines = facts["runs"], facts["records"], facts["machines"]
        refused = facts["refused"]
        click.echo(
            f"{_count(runs, 'run')} with {_count(records, 'record')} of "
            f"{_count(len(machines), 'machine')} joined in {into}"
            + (f"; {refused} refused" if refused else "")
        )
    return 3 if facts["refused"] else 0


def _facts(joined: list[Joined]) -> dict[str, Any]:
    """What is joined, a run that was named twice counted once; unreadable lines are warned of."""
    records, machines, complaints = 0, set(), []
    for path in sorted({each.path for each in joined if each.path is not None}):
        loaded = load(path)
        complaints += loaded.complaints
        records += len(loaded.records)
        machines |= {str(header.get("machine", "unknown")) for header in loaded.runs.values()}
    for complaint in complaints:
        warn(complaint)
    return {
        "runs": len({each.path for each in joined if each.path is not None}),
        "records": records,
        "machines": sorted(machines),
        "refused": sum(each.outcome == "refused" for each in joined),
        "outcomes": [
            {"source": str(each.source), "outcome": each.outcome, "said": each.sentence}
            for each in joined
        ],
    }


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
