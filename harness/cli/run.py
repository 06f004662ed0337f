"""`bench run`: run solvers on cases and record what they did."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
from click.core import ParameterSource

from harness import machine
from harness.api import Problem
from harness.catalogue import Catalogue
from harness.cli.common import (
    format_option,
    open_catalogue,
    plugin_option,
    results_option,
    ruleset_option,
)
from harness.cli.outcome import Past, Result, as_json, look, say_restored, say_why, summary
from harness.cli.progress import Progress
from harness.cli.rulesets import refuse_tuning_cases, tuned_selectors
from harness.cli.session import header, record, requirements
from harness.executors.local import Options, steps_of
from harness.plan import make_plan
from harness.results import TUNED
from harness.resume import BOARDS
from harness.run import Budget
from harness.selectors import Misuse
from harness.store import RunFolder
from harness.timing import Effort

_DRAWS = 10**12  # too many to be gone through by a solver that would know its instance beforehand


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
    "--fresh",
    is_flag=True,
    help="Draw every case anew: instances that nobody has seen, and no solver can have prepared "
    "for. The draw is part of the cases' names, so that they can be run again.",
)
@click.option(
    "-n",
    "--seeds",
    type=click.IntRange(1),
    help="Traced runs of each solver on each case, each with a seed of its own; 3 by default, 1 in "
    "the smoke suite.",
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
    default=None,
    help="Whether to take timings with pyperf after the traced runs; by default as the problem "
    "says (they tell nothing where every run goes on until its calls are spent), and in the smoke "
    "suite only where an option on timings is given.",
)
@click.option(
    "--rounds",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="Timing: fresh processes per solver and case at least, rivals in random order.",
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
@click.option(
    "--precision",
    type=click.FloatRange(0, 1000),
    default=5.0,
    show_default=True,
    metavar="PERCENT",
    help="Timing: go on until the 95 % interval of the ratio to the case's fastest solver is this "
    "narrow, or the timing budget is spent; 0 takes exactly --rounds.",
)
@click.option(
    "--repeat",
    type=click.FloatRange(0, 100),
    default=10.0,
    show_default=True,
    metavar="PERCENT",
    help="Share of the traced runs that is repeated and compared, of each solver at least one; "
    "0 repeats none.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Run only what is missing: runs that the results folder tells of, made on this machine "
    "from the same code, libraries, instance and limits, are kept.",
)
@click.option(
    "--explain",
    is_flag=True,
    help="Say of each run why it is kept or done; implies --resume.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress display.")
@ruleset_option
@results_option
@plugin_option
@format_option("text", "json")
def command(
    problems: tuple[str, ...],
    solvers: tuple[str, ...],
    cases: tuple[str, ...],
    suite: str | None,
    fresh: bool,
    seeds: int | None,
    timeout: float,
    budget: float | None,
    answers: int | None,
    calls: int | None,
    target: float | None,
    memory: float | None,
    jobs: int,
    threads: int,
    timings: bool | None,
    rounds: int,
    values: int,
    timing_budget: float,
    precision: float,
    repeat: float,
    resume: bool,
    explain: bool,
    quiet: bool,
    ruleset: str,
    results: Path,
    plugins: tuple[Path, ...],
    form: str,
) -> int:
    """Run solvers on cases and record what they did.

    Every run is a process of its own with hard limits; its answers are scored by the problem, off
    the clock. Nothing is lost by Ctrl-C or a crash: what was recorded until then stays, and the
    same command with --resume does the rest.

    \b
    bench run k_medoids
    bench run k_medoids -s fasterpam,pam -c 'digits[k=50]' --seeds 5 --timeout 60
    bench run k_medoids --suite standard --resume
    bench run neural_training --suite standard --ruleset tuned
    bench run k_medoids --plugin mine.py
    """
    if fresh and (resume or explain):
        raise Misuse(
            "--fresh draws what was never run, so there is nothing to resume; name the cases of "
            "that run with -c, with their draw"
        )
    catalogue = open_catalogue(plugins)
    draw = secrets.randbelow(_DRAWS) + 1 if fresh else None
    spent = Budget(budget, answers, calls, target)
    limit = None if memory is None else int(memory * (1 << 30))
    names = _names(catalogue, problems, plugins)
    chosen: dict[str, Sequence[str]] = dict.fromkeys(names, solvers)
    if ruleset == "tuned":
        chosen.update(tuned_selectors(catalogue, names, solvers, results))
    smoke = suite == "smoke" or not (suite or cases)
    seeds = seeds or (1 if smoke else 3)
    plans = [
        make_plan(catalogue, name, those, cases, suite, seeds, spent, timeout, limit, draw)
        for name, those in chosen.items()
    ]
    purposes: tuple[str, ...] = (TUNED,) if ruleset == "tuned" else BOARDS
    if ruleset == "tuned":
        refuse_tuning_cases(plans, results)
    narrow = precision / 100 or None
    plans = [replace(plan, timed=_timed(plan.problem, timings, smoke)) for plan in plans]
    effort = Effort(rounds, values, timing_budget, narrow)
    options = Options(jobs, threads, effort, repeat=repeat / 100)
    if not suite and not cases and not quiet:
        click.echo("suite smoke: is it working? --suite standard is the leaderboard's", err=True)
    facts = machine.facts(requirements(plans))
    past = Past() if not (resume or explain) else look(plans, options, results, facts, purposes)
    if explain and form == "text":
        say_why(past.survey, several=len(plans) > 1)
    say_restored(past.survey)
    folder, result = None, Result()
    if not past.nothing_missing or past.header:
        made_for = {"purpose": TUNED} if ruleset == "tuned" else {}
        folder = RunFolder(results, {**header(plans, facts), **past.header, **made_for})
        with Progress(sum(steps_of(plan, options) for plan in plans), quiet) as progress:
            kept = past.survey.kept
            result = record(plans, options, folder, progress, machine.identity(facts), kept)
    for old in past.survey.kept.values():
        result.count(old["kind"], old["status"], old["instance"], old["case"])
    if form == "json":
        as_json(folder, result, past, explain)
    else:
        summary(folder, result, results, plans, past, ruleset, catalogue)
    if result.ended == "interrupted":
        return 130
    return 1 if result.failed or result.unmade else 0


def _timed(problem: Problem, told: bool | None, smoke: bool) -> bool:
    """Whether timings are taken: as told, or where an option says how they are to be taken.

    Else as the problem says; the smoke suite, which shows that things work, goes without them.
    """
    if told is not None:
        return told
    given = click.get_current_context().get_parameter_source
    options = ("rounds", "values", "timing_budget", "precision")
    if any(given(name) is ParameterSource.COMMANDLINE for name in options):
        return True
    return problem.timed and not smoke


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
