"""`bench publish`: the results as a static site on a branch of a git repository."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.common import (
    format_option,
    open_catalogue,
    plugin_option,
    print_json,
    results_option,
    warn,
)
from harness.report.plain import plain
from harness.store import Results, load

if TYPE_CHECKING:
    pass


@click.command("publish")
@click.argument("problems", nargs=-1, metavar="[PROBLEM]...")
@click.option(
    "--branch", default="gh-pages", show_default=True, metavar="NAME", help="The branch to write."
)
@click.option(
    "--remote",
    default="",
    metavar="NAME|PATH",
    help="Push there, on top of what is there; else the local branch gets a commit.",
)
@click.option(
    "--folder",
    default="",
    metavar="DIR",
    help="A folder of the branch, such as docs/bench; its top by default.",
)
@click.option(
    "--machine",
    "wanted",
    multiple=True,
    metavar="ID",
    help="Results of this machine, as often as wanted; the latest by default.",
)
@click.option("-m", "--message", default="", metavar="TEXT", help="The message of the commit.")
@click.option(
    "--repository",
    type=click.Path(path_type=Path),
    default=Path(),
    metavar="DIR",
    help="The git repository; the one of the working folder by default.",
)
@click.option("--dry-run", "dry", is_flag=True, help="Only say what would be done.")
@results_option
@plugin_option
@format_option("text", "json")
def command(
    problems: tuple[str, ...],
    branch: str,
    remote: str,
    folder: str,
    wanted: tuple[str, ...],
    message: str,
    repository: Path,
    dry: bool,
    results: Path,
    plugins: tuple[Path, ...],
    form: str,
) -> int:
    """Write the results as a static site to a branch of a git repository.

    Each machine has a folder of its own there, beside those that were published before; an index
    lists them. Nothing else on the branch is touched, nor any checked-out file, and nothing is
    pushed without --remote. Where others push at the same time, it is done again on top of theirs.

    \b
    bench publish --dry-run
    bench publish --remote origin
    """
    from harness import tables
    from harness.cli.pages import write_pages
    from harness.publish import Site, Target, check, publish
    from harness.report.bare import machines_page

    target = Target(repository, branch, remote, folder, message)
    check(target, wanted)
    loaded = load(results)
    for complaint in loaded.complaints:
        warn(plain(complaint))
    records = tables.records(loaded)
    frames = {
        name: tables.select(tables.current(records, name), problems)
        for name in dict.fromkeys(wanted or tables.machines(records)[:1])
    }
    check(target, list(frames))
    with tempfile.TemporaryDirectory(prefix="bench-site-") as scratch:
        sites, catalogue = [], open_catalogue(plugins)
        for number, (machine, frame) in enumerate(frames.items()):
            site = Path(scratch) / str(number)
            write_pages(loaded, records, machine, problems, catalogue, site)
            sites.append(Site(machine, site, _facts(loaded, machine, frame)))
        done = publish(target, sites, machines_page, dry)
    where = f"{branch} of {remote}" if remote else f"the local branch {branch}"
    if form == "json":
        print_json(
            {
                "branch": branch,
                "remote": remote or None,
                "dry_run": dry,
                "commit": done.commit or None,
                "parent": done.parent or None,
                "added": done.added,
                "changed": done.changed,
                "removed": done.removed,
                "published": list(frames),
                "machines": sorted(done.machines),
                "attempts": done.attempts,
            }
        )
        return 0
    files = f"{done.added} files added, {done.changed} changed, {done.removed} removed"
    verb = "would be" if dry else "were"
    if not done.commit and not dry:
        click.echo(f"Nothing is new on {where}.")
        return 0
    click.echo(f"{files.replace(' files ', f' files {verb} ')} on {where}.")
    click.echo(f"It holds {', '.join(sorted(done.machines))}.")
    if not done.parent:
        click.echo("The branch is new." if not dry else "The branch would be new.")
    if done.commit:
        click.echo(f"Commit {done.commit[:12]}")
        if not remote:
            click.echo(f"Next: git push origin {branch}")
    return 0


def _facts(loaded: Results, machine: str, frame: Any) -> dict[str, Any]:
    """What the index tells of a machine; its latest environment counts."""
    known: dict[str, Mapping[str, Any]] = {}
    for run in sorted(set(frame["run"])):
        told = loaded.runs[run].get("environments")
        known.update(told if isinstance(told, dict) else {})
    ids = [str(name) for name in frame["environment"] if str(name) in known]
    latest = known[ids[-1]] if ids and isinstance(known[ids[-1]], dict) else {}
    texts = {
        name: plain(latest[name])
        for name in ("processor", "system", "commit")
        if isinstance(latest.get(name), str)
    }
    traces = frame[frame["kind"] == "trace"]
    solvers = traces[["problem", "label"]].drop_duplicates()
    cases = traces[["problem", "case"]].drop_duplicates()
    return {
        **texts,
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "counts": {
            "problems": int(frame["problem"].nunique()),
            "solvers": len(solvers),
            "cases": len(cases),
            "runs": len(traces),
        },
    }
