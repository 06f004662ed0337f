"""`bench tune`: try settings of every solver, so that boards can show them tuned."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.common import (
    format_option,
    open_catalogue,
    plugin_option,
    print_json,
    results_option,
    seconds_text,
    warn,
)

if TYPE_CHECKING:
    from harness.catalogue import Catalogue
    from harness.cli.outcome import Result
    from harness.plan import Plan
    from harness.tuning import Tuned


@click.command("tune")
@click.argument("problem")
@click.option(
    "-s", "--solver", "solvers", multiple=True, metavar="NAMES", help="Solvers; all by default."
)
@click.option(
    "--trials",
    type=click.IntRange(2),
    default=16,
    show_default=True,
    help="Settings of each solver: its defaults, and quasi-random ones of its space. More trials "
    "go on where fewer ended.",
)
@click.option(
    "-c",
    "--case",
    "cases",
    multiple=True,
    metavar="CASES",
    help="Cases to tune on, instead of the suite tuning; boards leave them out.",
)
@click.option(
    "-n", "--seeds", type=click.IntRange(1), default=1, show_default=True, help="Runs of each."
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Hard limit of a run; the same as the board's is fair.",
)
@click.option(
    "--budget",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Stop a run in good order after this time of its own; what it has then counts.",
)
@click.option("--calls", type=click.IntRange(1), help="Allow so many oracle calls.")
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Runs at the same time.",
)
@click.option("--again", is_flag=True, help="Run all trials, though they are there.")
@click.option("--list", "listing", is_flag=True, help="Run nothing; say what the trials there say.")
@click.option("-q", "--quiet", is_flag=True, help="No progress display.")
@results_option
@plugin_option
@format_option("text", "json")
def command(
    problem: str,
    solvers: tuple[str, ...],
    trials: int,
    cases: tuple[str, ...],
    seeds: int,
    timeout: float,
    budget: float | None,
    calls: int | None,
    jobs: int,
    again: bool,
    listing: bool,
    quiet: bool,
    results: Path,
    plugins: tuple[Path, ...],
    form: str,
) -> int:
    """Try settings of every solver, so that boards can show them tuned.

    All solvers of a problem that declare a space have the same number of trials, on cases that no
    board has. The setting that a leaderboard of all trials ranks first is the solver's tuned one;
    `bench run --ruleset tuned` runs it, and pages show it beside the defaults. Trials that are
    there are not run again, so that the same command goes on after an interruption.

    \b
    bench tune neural_training
    bench tune neural_training -s adamw,lion --trials 32
    bench run neural_training --suite standard --ruleset tuned
    """
    from harness import tables
    from harness.store import load_if_any
    from harness.tuning import tuned

    catalogue = open_catalogue(plugins)
    entry = catalogue.problem(problem)
    result = None
    if not listing:
        from harness.run import Budget

        stems = _stems(catalogue, entry.name, solvers)
        spent = Budget(budget, None, calls)
        plan = _plan(catalogue, entry.name, stems, trials, cases, seeds, spent, timeout)
        result = _run(plan, results, jobs, again, quiet)
    loaded = load_if_any(results)
    frame = tables.of_machine(tables.records(loaded))
    compare = loaded.problem(entry.name).get("compare", "ratio")
    found = tuned(frame, catalogue, entry.name, compare)
    if form == "json":
        print_json([_as_json(one) for one in found])
    else:
        click.echo(_told(found, entry.name, compare))
    if result is None:
        return 0
    return 130 if result.ended == "interrupted" else 0


def _stems(catalogue: Catalogue, problem: str, names: Sequence[str]) -> list[str]:
    """The solvers to tune: those named, or all that declare a space.

    Raises:
        Misuse: where one is unknown or has nothing to tune.
    """
    from harness.selectors import Misuse, nearest, split

    known = {entry.stem: entry for entry in catalogue.solvers_of(problem)}
    wanted = [name for text in names for name in split(text)]
    for name in wanted:
        if name not in known:
            hint = nearest(name, known) or f"`bench show {problem}` names them all"
            raise Misuse(f"there is no solver {name!r} for {problem}; {hint}")
        if not known[name].space and not known[name].error:
            raise Misuse(f"{name} declares no space, so there is nothing to tune; leave it out")
    for name in wanted or known:
        if known[name].error:
            warn(known[name].error)
    found = list(dict.fromkeys(wanted)) or [stem for stem, entry in known.items() if entry.space]
    if not found:
        raise Misuse(
            f"no solver of {problem} declares a space to tune, such as "
            'space: ClassVar = {"learning_rate": ("log", 1e-4, 1.0)}'
        )
    return found


def _plan(
    catalogue: Catalogue,
    problem: str,
    stems: Sequence[str],
    trials: int,
    cases: Sequence[str],
    seeds: int,
    budget: Any,
    timeout: float,
) -> Plan:
    from harness.plan import make_plan
    from harness.selectors import Misuse
    from harness.tuning import selectors

    spaces = {entry.stem: entry.space for entry in catalogue.solvers_of(problem)}
    known = catalogue.problem(problem).load().suites
    if not cases and "tuning" not in known:
        raise Misuse(
            f"{problem} has no suite tuning; name cases with -c that its board does not use"
        )
    chosen = [text for stem in stems for text in selectors(stem, spaces[stem], trials)]
    suite = None if cases else "tuning"
    plan = make_plan(catalogue, problem, chosen, cases, suite, seeds, budget, timeout)
    shared = _shared(plan)
    if shared:
        warn(f"on the board of suite standard, too, and so left out there: {', '.join(shared)}")
    return plan


def _shared(plan: Plan) -> list[str]:
    """The cases that the leaderboard has, too."""
    from harness.cases import suite_cases

    if "standard" not in plan.problem.suites:
        return []
    board = {str(case) for case in suite_cases(plan.name, plan.problem, "standard")}
    return [str(case) for case in plan.cases if str(case) in board]


def _run(plan: Plan, results: Path, jobs: int, again: bool, quiet: bool) -> Result | None:
    """Run the trials that are missing; None where all are there."""
    from harness import machine
    from harness.cli.outcome import Past, look
    from harness.cli.progress import Progress
    from harness.cli.session import header, record, requirements
    from harness.executors.local import Options, steps_of
    from harness.results import TUNING
    from harness.store import RunFolder

    options = Options(jobs, 1, None, repeat=0.0)
    facts = machine.facts(requirements([plan]))
    past = Past() if again else look([plan], options, results, facts, purposes=(TUNING,))
    if past.nothing_missing and not again:
        return None
    folder = RunFolder(results, {**header([plan], facts), **past.header, "purpose": TUNING})
    # A setting that diverges or takes too long is what trials are for; the table counts them.
    expected = ("invalid", "timeout", "memory")
    with Progress(steps_of(plan, options), quiet, expected) as progress:
        kept = past.survey.kept
        return record([plan], options, folder, progress, machine.identity(facts), kept)


def _told(found: Sequence[Tuned], problem: str, compare: str) -> str:
    """What was chosen, a line for each solver."""
    from harness.cli.drawn import Shown, text_of
    from harness.cli.table import terminal
    from harness.report.plain import plain

    if not found:
        return f"No solver of {problem} was tuned; `bench tune {problem}` does it."
    heading = ["solver", "tuned setting", "score", "with defaults", "trials", "failed", "time"]
    rows = [heading]
    for one in found:
        default = one.default
        rows.append(
            [
                plain(one.solver),
                plain(one.setting or "defaults"),
                _score(one.chosen.score, compare),
                _score(default.score, compare) if default else "–",
                str(len(one.trials)),
                str(sum(trial.failed > 0 for trial in one.trials)),
                seconds_text(one.seconds),
            ]
        )
    what = "cost against the best known of the trials"
    cases = ", ".join(found[0].cases)
    lines = [
        text_of([Shown("", rows, wraps=1, yields=(1,))], terminal()).strip("\n"),
        f"\nscore: {what}, on {plain(cases)}; time: of all trials, on the solver's own clock",
        f"next: bench run {problem} --suite standard --ruleset tuned",
    ]
    return "\n".join(lines)


def _score(score: float, compare: str) -> str:
    from harness import formats

    form = formats.of("ratio" if compare == "ratio" else "gap")
    return "–" if score != score else form(score)


def _as_json(one: Tuned) -> dict[str, Any]:
    """A solver's trials as plain data."""
    return {
        "solver": one.solver,
        "chosen": one.chosen.label,
        "cases": list(one.cases),
        "seeds": one.seeds,
        "seconds": one.seconds,
        "calls": one.calls,
        "trials": [
            {
                "label": trial.label,
                "parameters": dict(trial.parameters),
                "score": trial.score,
                "runs": trial.runs,
                "failed": trial.failed,
                "seconds": trial.seconds,
                "calls": trial.calls,
            }
            for trial in one.trials
        ],
    }
