"""`bench run`: run solvers on cases and record what they did."""

from __future__ import annotations

import inspect
import shlex
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from harness import machine
from harness.catalogue import Catalogue
from harness.cli.common import (
    format_option,
    open_catalogue,
    plugin_option,
    print_json,
    results_option,
    warn,
)
from harness.cli.progress import Progress
from harness.executors.local import Options, execute, steps_of
from harness.plan import Plan, make_plan
from harness.record import STATUSES, Record
from harness.run import Budget
from harness.selectors import Misuse
from harness.store import RunFolder
from harness.timing import Effort, Timer


@click.command("run")
@click.argument("problems", nargs=-1, metavar="PROBLEM...")
@click.option(
    "-s",
    "--solver",
    "solvers",
    multiple=True,
    metavar="NAMES",
    help="Solvers, such as fasterpam,'pam[init=lab]'; all by default.",
)
@click.option(
    "-c",
    "--case",
    "cases",
    multiple=True,
    metavar="CASES",
    help="Cases, such as 'digits[k=50]'; together with those of --suite.",
)
@click.option("--suite", help="A named list of cases; smoke by default, where no case is given.")
@click.option(
    "-n",
    "--seeds",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="Traced runs of each solver on each case, each with a seed of its own.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Hard limit of a run: past it the run is killed, and its status is timeout.",
)
@click.option(
    "--budget",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Stop a run in good order after this time of its own; what it has then counts.",
)
@click.option("--answers", type=click.IntRange(1), help="Stop after so many answers.")
@click.option("--calls", type=click.IntRange(1), help="Allow so many oracle calls.")
@click.option("--target", type=float, metavar="COST", help="Stop when an answer is this good.")
@click.option(
    "--memory",
    type=click.FloatRange(0, min_open=True),
    metavar="GIB",
    help="Memory that a run may add to what it starts with.",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Traced runs at the same time; timings are always taken alone.",
)
@click.option(
    "--threads",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Threads that each run may use.",
)
@click.option(
    "--timings/--no-timings",
    default=True,
    show_default=True,
    help="Whether to take timings with pyperf after the traced runs.",
)
@click.option(
    "--rounds",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="Timing: fresh processes per solver and case, rivals in random order.",
)
@click.option(
    "--values",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="Timing: values per process, after a warm-up.",
)
@click.option(
    "--timing-budget",
    type=click.FloatRange(0, min_open=True),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="Timing: what one solver on one case may take in all.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress display.")
@results_option
@plugin_option
@format_option("text", "json")
def command(
    problems: tuple[str, ...],
    solvers: tuple[str, ...],
    cases: tuple[str, ...],
    suite: str | None,
    seeds: int,
    timeout: float,
    budget: float | None,
    answers: int | None,
    calls: int | None,
    target: float | None,
    memory: float | None,
    jobs: int,
    threads: int,
    timings: bool,
    rounds: int,
    values: int,
    timing_budget: float,
    quiet: bool,
    results: Path,
    plugins: tuple[Path, ...],
    form: str,
) -> int:
    """Run solvers on cases and record what they did.

    Every run is a process of its own with hard limits; its answers are scored by the problem, off
    the clock. Nothing is lost by Ctrl-C: what was recorded until then stays.

    \b
    bench run k_medoids
    bench run k_medoids -s fasterpam,pam -c 'digits[k=50]' --seeds 5 --timeout 60
    bench run k_medoids --suite standard
    bench run k_medoids --plugin mine.py
    """
    catalogue = open_catalogue(plugins)
    spent = Budget(budget, answers, calls, target)
    limit = None if memory is None else int(memory * (1 << 30))
    plans = [
        make_plan(catalogue, name, solvers, cases, suite, seeds, spent, timeout, limit)
        for name in _names(catalogue, problems, plugins)
    ]
    effort = Effort(rounds, values, timing_budget) if timings else None
    options = Options(jobs, threads, effort)
    if not suite and not cases and not quiet:
        click.echo("suite smoke; --suite standard is the leaderboard's", err=True)
    facts = machine.facts(_requirements(plans))
    folder = RunFolder(results, _header(plans, facts))
    with Progress(sum(steps_of(plan, options) for plan in plans), quiet) as progress:
        result = _run(plans, options, folder, progress, machine.identity(facts))
    counts, ended = result.counts, result.ended
    failed = sum(count for status, count in counts.items() if status not in ("ok", "skipped"))
    if form == "json":
        print_json(
            {
                "run": folder.name,
                "folder": str(folder.path),
                "ended": ended,
                "runs": dict(counts),
                "failed": failed,
            }
        )
    else:
        _summary(folder, counts, results, plans, ended)
    if ended == "interrupted":
        return 130
    return 1 if failed or result.unmade else 0


@dataclass(frozen=True)
class Result:
    """What came of a run: traced runs by status, cases that could not be made, how it ended."""

    counts: Counter[str]
    unmade: set[str]
    ended: str


def _names(catalogue: Catalogue, problems: Sequence[str], plugins: Sequence[Path]) -> list[str]:
    """The problems to run: those named, or the one that a given plugin is about."""
    if problems:
        return list(dict.fromkeys(catalogue.problem(name).name for name in problems))
    files = {str(path.absolute()) for path in plugins}
    about = {entry.problem for entry in catalogue.solvers.values() if entry.source.file in files}
    if len(about) == 1:
        return list(about)
    known = ", ".join(sorted(catalogue.problems)) or "none is installed"
    raise Misuse(f"say which problem to run: {known}")


def _requirements(plans: Sequence[Plan]) -> tuple[str, ...]:
    """What the contestants need beyond the harness; the versions belong to the environment."""
    return tuple(
        sorted({name for p in plans for who in p.contestants for name in who.entry.requires})
    )


def _header(plans: Sequence[Plan], facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "command": shlex.join(["bench", *sys.argv[1:]]),
        "machine": machine.machine_identity(facts),
        "environments": {machine.identity(facts): facts},
        "problems": {
            plan.name: {
                "title": plan.problem.title,
                "kind": plan.problem.kind,
                "cost_name": plan.problem.cost_name,
                "counts": plan.problem.counts,
                "compare": plan.problem.compare,
                "rank_by": plan.problem.rank_by,
                "size": plan.problem.size,
                "doc": inspect.cleandoc(type(plan.problem).__doc__ or ""),
            }
            for plan in plans
        },
    }


def _run(
    plans: Sequence[Plan],
    options: Options,
    folder: RunFolder,
    progress: Progress,
    environment: str,
) -> Result:
    timer = Timer(options.effort, options.threads) if options.effort else None
    counts: Counter[str] = Counter()
    unmade: set[str] = set()
    ended = "finished"
    try:
        for plan in plans:
            for record in execute(plan, options, timer, progress):
                record.environment = environment
                folder.append(record)
                if record.kind == "timing" and timer is not None and record.status == "ok":
                    folder.write_timings(timer.suite())
                if record.kind == "trace" or record.status not in ("ok", "skipped"):
                    counts[record.status] += 1
                if not record.instance and record.case not in unmade:
                    unmade.add(record.case)
                    progress.failure("skipped", f"{record.problem} {record.case}: {record.message}")
                _tell(record, progress)
    except KeyboardInterrupt:
        ended = "interrupted"
    finally:
        folder.close(ended=ended)
    return Result(counts, unmade, ended)


def _tell(record: Record, progress: Progress) -> None:
    if record.status in ("ok", "skipped"):
        return
    seed = "timing" if record.seed is None else f"seed {record.seed}"
    last = record.message.strip().splitlines()[-1:] or [""]
    progress.failure(
        record.status, f"{record.problem}/{record.label} on {record.case}, {seed}: {last[0]}"
    )


def _summary(
    folder: RunFolder,
    counts: Counter[str],
    results: Path,
    plans: Sequence[Plan],
    ended: str,
) -> None:
    from harness.cli.table import print_leaderboard
    from harness.store import load

    loaded = load(folder.path)
    for complaint in loaded.complaints:
        warn(complaint)
    for plan in plans:
        print_leaderboard(loaded, plan.name)
    said = ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
    if ended == "interrupted":
        click.echo(f"Interrupted: {said or 'no run'} recorded, all of it kept.")
    else:
        click.echo(f"Runs: {said or 'none'}.")
    skipped = {
        (record["label"], record["message"])
        for record in loaded.records
        if record["status"] == "skipped" and record["kind"] == "trace" and record["instance"]
    }
    for label, message in sorted(skipped):
        click.echo(f"  skipped {label}: {message}")
    where = "" if results == Path("results") else f" --results {results}"
    click.echo(f"Recorded in {folder.path}\nNext: bench report{where}")
