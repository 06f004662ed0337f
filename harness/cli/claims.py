"""`bench claims`: what papers claim, run here and judged."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.common import (
    format_option,
    open_catalogue,
    plugin_option,
    print_json,
    results_option,
    warn,
)
from harness.report.plain import TEXT, plain

if TYPE_CHECKING:
    from harness.catalogue import Catalogue
    from harness.claims import Judged, Stated

_TONES = {
    "reproduced": ("✓", "green"),
    "weaker than claimed": ("~", "yellow"),
    "contradicted": ("✗", "red"),
    "inconclusive": ("?", "yellow"),
    "not testable here": ("–", "bright_black"),
}
_NOT_RUN = ("·", "bright_black")
_WIDTH = 92


@click.command("claims")
@click.argument("names", nargs=-1, metavar="[PAPER|CLAIM|PROBLEM]...")
@click.option(
    "--list", "listing", is_flag=True, help="Run nothing; say what the records there say."
)
@click.option("--again", is_flag=True, help="Run all that the claims need, though it is there.")
@click.option("--machine", metavar="ID", help="With --list: records of this machine.")
@click.option("-q", "--quiet", is_flag=True, help="No progress display.")
@results_option
@plugin_option
@format_option("text", "json", "markdown")
def command(
    names: tuple[str, ...],
    listing: bool,
    again: bool,
    machine: str | None,
    quiet: bool,
    results: Path,
    plugins: tuple[Path, ...],
    form: str,
) -> int:
    """Run what papers' claims need, and print the verdict on each.

    A verdict is computed from records: the quantity that the claim is about is measured, and its
    95 % interval held against the range that the claim allows. It is reproduced, weaker than
    claimed, contradicted, inconclusive (the interval lies across a border) or not testable here.
    No verdict is stored, and none can be set. What is there already is not run again.

    \b
    bench claims                                   all claims of what is installed
    bench claims fast-eager-k-medoids-clustering   those of one paper
    bench claims k_medoids/fasterpam-speed-k100 --again
    bench claims --list --format json
    """
    from harness import tables
    from harness.claims import as_json, judged, stated, wanted
    from harness.store import load_if_any

    catalogue = open_catalogue(plugins)
    known, complaints = stated(catalogue)
    for complaint in complaints:
        warn(plain(complaint))
    claims = wanted(known, names)
    interrupted = False
    if not listing:
        interrupted = not _run(catalogue, claims, results, again, quiet)
    loaded = load_if_any(results)
    if listing:  # elsewhere what is run tells of them
        for complaint in loaded.complaints:
            warn(plain(complaint))
    frame = tables.records(loaded)
    if listing:
        frame = tables.of_machine(frame, machine)
    else:
        frame = tables.with_reference(frame)
        frame = frame[frame["machine"] == _here()]
    verdicts = judged(catalogue, frame, claims=claims, runs=loaded.runs)
    if form == "json":
        print_json([as_json(one) for one in verdicts])
    elif form == "markdown":
        click.echo(_markdown(verdicts))
    elif listing:
        click.echo(_listed(verdicts))
    else:
        click.echo("\n\n".join(_told(one) for one in verdicts))
    if form == "text":
        click.echo(_tally(verdicts))
    return 130 if interrupted else 0


def _here() -> str:
    from harness import machine

    return str(machine.machine_identity(machine.facts(())))


def _run(
    catalogue: Catalogue, claims: Sequence[Stated], results: Path, again: bool, quiet: bool
) -> bool:
    """Run what the claims need and the records don't hold; False where it was interrupted.

    Each claim has a run folder of its own, where anything of it is missing: what is done is kept.
    """
    from harness import claim_notes, machine
    from harness.claim_names import misnamed
    from harness.cli.outcome import Past, look
    from harness.cli.progress import Progress
    from harness.cli.session import header, record, requirements
    from harness.executors.local import Options, steps_of
    from harness.loading import PluginError
    from harness.plan import make_plan
    from harness.results import CLAIMS
    from harness.run import Budget
    from harness.store import RunFolder
    from harness.timing import Effort

    wrong = misnamed(catalogue, claims)
    if wrong:
        raise PluginError("\n".join(wrong))
    for one in claims:
        claim, quantity = one.claim, one.claim.quantity
        if quantity is None:
            continue
        plan = make_plan(
            catalogue,
            one.problem,
            quantity.solvers,
            quantity.cases,
            None,
            claim.seeds,
            Budget(claim.budget),
            claim.timeout,
        )
        effort = Effort(claim.rounds, claim.values, claim.timing_budget, claim.precision)
        options = Options(effort=effort if quantity.timed else None)
        facts = machine.facts(requirements([plan]))
        past = Past() if again else look([plan], options, results, facts, purposes=None)
        if past.nothing_missing:
            continue
        if not quiet:
            click.echo(f"measuring {plain(one.key)}", err=True)
        stated_so = claim_notes.header(one.key, claim)
        folder = RunFolder(results, {**header([plan], facts), "purpose": CLAIMS, **stated_so})
        with Progress(steps_of(plan, options), quiet) as progress:
            environment = machine.identity(facts)
            done = record([plan], options, folder, progress, environment, past.survey.kept)
        if done.ended == "interrupted":
            return False
    return True


def _tone(verdict: str | None) -> tuple[str, str]:
    return _NOT_RUN if verdict is None else _TONES[verdict]


def _told(one: Judged) -> str:
    """A claim in full."""
    mark, colour = _tone(one.verdict)
    verdict = click.style(f"{mark} {one.verdict or 'not run yet'}", fg=colour, bold=True)
    rows = [
        ("paper", one.paper),
        ("claims", one.statement),
        ("it says", one.figure),
        ("setting", one.setting),
        ("measured", _measured(one)),
        ("what", one.quantity),
        ("allowed", _range(one) if one.quantity else ""),
        ("because", one.why),
        ("records", _records(one)),
        ("repeat", one.command if one.quantity else ""),
    ]
    lines = [f"{verdict}  {click.style(plain(one.key), bold=True)}"]
    for name, text in rows:
        if text:
            lines += _wrapped(name, plain(text, TEXT))
    return "\n".join(lines)


def _wrapped(name: str, text: str) -> list[str]:
    import shutil
    import textwrap

    width = max(40, min(_WIDTH, shutil.get_terminal_size().columns))
    return textwrap.wrap(
        text,
        width,
        initial_indent=f"  {name:<9} ",
        subsequent_indent=" " * 12,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _measured(one: Judged) -> str:
    from harness import formats

    if one.measured is None:
        return ""
    form = formats.of(one.form)
    if one.low is None or one.high is None:
        return form(one.measured)
    return f"{form(one.measured)} (95 %: {form(one.low)} to {form(one.high)})"


def _range(one: Judged) -> str:
    from harness import formats

    form, (low, high) = formats.of(one.form), one.reproduced
    if math.isinf(high):
        return f"at least {form(low)}"
    if math.isinf(low):
        return f"at most {form(high)}"
    return form(low) if low == high else f"{form(low)} to {form(high)}"


def _records(one: Judged) -> str:
    if not one.records:
        return ""
    runs = Counter(address.partition("/")[0] for address in one.records)
    said = ", ".join(f"{many} of {run}" for run, many in sorted(runs.items()))
    return f"{said}; the first is {one.records[0]}"


def _listed(verdicts: Sequence[Judged]) -> str:
    """A line for each."""
    from harness.cli.drawn import Shown, text_of
    from harness.cli.table import terminal

    rows = [["", "claim", "measured", "allowed", "it says"]]
    for one in verdicts:
        mark, _ = _tone(one.verdict)
        allowed = _range(one) if one.quantity else ""
        cells = [one.key, _measured(one) or "–", allowed, one.statement]
        rows.append([mark, *map(plain, cells)])
    shown = Shown("", rows, wraps=4, yields=(4, 3))
    return text_of([shown], terminal()).strip("\n")


def _tally(verdicts: Sequence[Judged]) -> str:
    counts = Counter(one.verdict or "not run yet" for one in verdicts)
    parts = []
    for verdict in (*_TONES, "not run yet"):
        if counts[verdict]:
            mark, _ = _TONES.get(verdict, _NOT_RUN)
            parts.append(f"{mark} {counts[verdict]} {verdict}")
    many = "1 claim" if len(verdicts) == 1 else f"{len(verdicts)} claims"
    return f"\n{many}{': ' if parts else ''}{', '.join(parts)}"


def _markdown(verdicts: Sequence[Judged]) -> str:
    from harness.cli.drawn import Shown, markdown

    rows = [["Verdict", "Claim", "Paper says", "Measured", "Allowed", "Why"]]
    for one in verdicts:
        cells = [
            one.verdict or "not run yet",
            f"{one.key}: {one.statement}",
            one.figure,
            _measured(one) or "–",
            _range(one) if one.quantity else "–",
            one.why,
        ]
        rows.append([plain(cell, TEXT) for cell in cells])
    return markdown([Shown("Claims", rows)])
