"""What `bench run` says: what is there already, why the rest is run, and what came of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from harness import machine
from harness.catalogue import Catalogue
from harness.cli.common import print_json, warn
from harness.executors.local import Options
from harness.plan import Plan
from harness.record import STATUSES
from harness.report.plain import plain
from harness.resume import BOARDS, Survey, survey
from harness.store import Results, RunFolder, load, load_if_any


@dataclass
class Result:
    """What came of a run.

    Attributes:
        counts: traced runs, and timings that failed, by status; those that were kept count too.
        unmade: cases that could not be made.
        ended: how it ended.
        ran: records that were made.
    """

    counts: Counter[str] = field(default_factory=Counter)
    unmade: set[str] = field(default_factory=set)
    ended: str = "finished"
    ran: int = 0

    @property
    def failed(self) -> int:
        """How many runs did not end well; a case that a solver refuses is no surprise."""
        expected = ("ok", "unsupported", "skipped")
        return sum(n for status, n in self.counts.items() if status not in expected)

    def count(self, kind: str, status: str, instance: str, case: str) -> None:
        """Count a record."""
        if kind == "trace" or status not in ("ok", "skipped"):
            self.counts[status] += 1
        if not instance:
            self.unmade.add(case)


@dataclass
class Past:
    """What `--resume` found: the results as they were, and the plan held against them."""

    loaded: Results = field(default_factory=Results)
    survey: Survey = field(default_factory=Survey)

    @property
    def nothing_missing(self) -> bool:
        """Whether every run is there already."""
        return bool(self.survey.items) and not self.survey.missing

    @property
    def header(self) -> dict[str, Any]:
        """What the new run's header tells of what was there: which records it puts in place."""
        return {"kept": self.survey.hidden} if self.survey.hidden else {}

    def with_run(self, folder: RunFolder | None) -> Results:
        """The records that were kept and those of the new run."""
        kept = list(self.survey.kept.values())
        runs = {record["run"]: self.loaded.runs[record["run"]] for record in kept}
        if folder is None:
            return Results(runs, [dict(record) for record in kept])
        new = load(folder.path)
        return Results({**runs, **new.runs}, [*map(dict, kept), *new.records], new.complaints)


def look(
    plans: Sequence[Plan],
    options: Options,
    results: Path,
    facts: dict[str, Any],
    purposes: Container[str] | None = BOARDS,
) -> Past:
    """Hold plans against what the results folder holds; complaints go to standard error.

    Records count of runs that were made for one of the purposes; None for all.
    """
    loaded = load_if_any(results)
    for complaint in loaded.complaints:
        warn(complaint)
    found = survey(plans, options, loaded, machine.machine_identity(facts), purposes)
    return Past(loaded, found)


def say_restored(found: Survey) -> None:
    """That what is kept counts again, though the same was run later in another way."""
    hidden = sum(map(len, found.hidden.values()))
    if hidden:
        warn(
            f"{hidden} of the runs that are there already were not what tables and pages show: the "
            "same solver, case and seed was run later with another source or other limits; they "
            "count again from now on"
        )


def say_why(found: Survey, several: bool) -> None:
    """A line for each run: whether it is kept, and why."""
    rows = []
    for item in found.items:
        what = f"{item.planned.problem}/{item.what}" if several else item.what
        rows.append(("run " if item.there is None else "kept", f"{what}:", item.why))
    width = max((len(what) for _, what, _ in rows), default=0)
    for verb, what, why in rows:
        click.echo(f"{verb}  {what:<{width}} {why}")


def as_json(folder: RunFolder | None, result: Result, past: Past, explain: bool) -> None:
    """What came of it, for other programs."""
    said: dict[str, Any] = {
        "run": None if folder is None else folder.name,
        "folder": None if folder is None else str(folder.path),
        "ended": result.ended,
        "runs": dict(result.counts),
        "failed": result.failed,
        "kept": len(past.survey.kept),
        "ran": result.ran,
    }
    if explain:
        said["explained"] = [item.as_json() for item in past.survey.items]
    print_json(said)


def _declined(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Who could not be run, and who refused which cases, a line for each."""
    traces = [one for one in records if one["kind"] == "trace" and one["instance"]]
    skipped = {(one["label"], one["message"]) for one in traces if one["status"] == "skipped"}
    lines = [f"skipped {label}: {message}" for label, message in sorted(skipped)]
    cases: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)  # of each, case -> why
    for one in traces:
        why = one["message"] if one["status"] == "unsupported" else ""
        cases[one["problem"], one["label"]].setdefault(one["case"], why)
    for (_, label), told in sorted(cases.items()):
        refused = {case: why for case, why in told.items() if why}
        if refused:
            case, why = next(iter(refused.items()))
            several = len(told) > 1
            where = f"{len(refused)} of {len(told)} cases, such as {case}" if several else case
            lines.append(f"unsupported {label} on {where}: {why}")
    return lines


def summary(
    folder: RunFolder | None,
    result: Result,
    results: Path,
    plans: Sequence[Plan],
    past: Past,
    ruleset: str,
    catalogue: Catalogue,
) -> None:
    """What came of it, for people: the rankings, how many runs ended how, and where it is."""
    from harness.cli.table import print_leaderboard
    from harness.tuning import board_records

    loaded = past.with_run(folder)
    for complaint in loaded.complaints:
        warn(complaint)
    # The board of tuned settings needs the trials, which earlier runs hold.
    whole = load_if_any(results) if ruleset == "tuned" else loaded
    frame = board_records(whole, None, ruleset, catalogue)
    for plan in plans:
        print_leaderboard(whole, plan.name, frame)
    kept = len(past.survey.kept)
    said = ", ".join(f"{result.counts[name]} {name}" for name in STATUSES if result.counts[name])
    shares = f"; kept {kept}, ran {result.ran}" if past.survey.items else ""
    if past.nothing_missing:
        click.echo(f"Nothing is missing: {kept} runs are there already.")
        click.echo(f"Runs: {said or 'none'}{shares}.")
    elif result.ended == "interrupted":
        click.echo(f"Interrupted: {said or 'no run'} recorded{shares}, all of it kept.")
    else:
        click.echo(f"Runs: {said or 'none'}{shares}.")
    for line in _declined(loaded.records):
        click.echo(f"  {plain(line)}")
    where = "" if results == Path("results") else f" --results {results}"
    if folder is not None:
        click.echo(f"Recorded in {folder.path}")
    click.echo(f"Next: bench report{where}")
