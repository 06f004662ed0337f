"""What is to be run: the selection of a user, as cases with their solvers and seeds."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness import machine
from harness.api import Case, InvalidCase, Problem
from harness.cases import make_case, redrawn, suite_cases
from harness.catalogue import Catalogue, Configured, ProblemEntry, SolverEntry
from harness.declare import Declarer, NotMade
from harness.instances import Stored, build
from harness.keys import Sources, kernels_of, modules_of, record_key, sources_of
from harness.loading import PluginError, imported_modules
from harness.record import Record
from harness.run import Budget
from harness.selectors import Misuse, split


@dataclass(frozen=True)
class Contestant:
    """A solver as it will run: loaded once to check it, then run by source in its own process.

    `preload` and `kernels` are what it imports and loads, which is done before its clock starts;
    `refusal` says why it can't run: its rows are then `skipped`; `usable` is whether its file at
    least can be.
    """

    entry: SolverEntry
    label: str
    parameters: dict[str, Any] = field(default_factory=dict)
    preload: tuple[str, ...] = ()
    kernels: tuple[str, ...] = ()
    sources: Sources | None = None
    refusal: str = ""
    usable: bool = True

    @property
    def key(self) -> str:
        """Digest of the solver's source; empty where it was not loaded."""
        return self.sources.key if self.sources is not None else ""


@dataclass(frozen=True)
class Plan:
    """A problem, its cases, who competes, and under which limits.

    `threads` are those that a run may use, `effort` is what timings may cost; both decide results.
    `timed` is whether timings are taken at all.
    """

    name: str
    entry: ProblemEntry
    problem: Problem
    cases: tuple[Case, ...]
    contestants: tuple[Contestant, ...]
    seeds: tuple[int, ...]
    budget: Budget
    timeout: float | None
    memory: int | None
    sources: Sources
    threads: int = 1
    effort: dict[str, Any] = field(default_factory=dict)
    timed: bool = True

    @property
    def key(self) -> str:
        """Digest of the problem's source."""
        return self.sources.key


def make_plan(
    catalogue: Catalogue,
    name: str,
    solvers: Sequence[str],
    cases: Sequence[str],
    suite: str | None,
    seeds: int,
    budget: Budget,
    timeout: float | None = 60.0,
    memory: int | None = None,
    draw: int | None = None,
) -> Plan:
    """Resolve a selection.

    Args:
        catalogue: where names are looked up.
        name: of the problem.
        solvers: selectors of solvers; all where there are none.
        cases: selectors of cases, and `suite` the name of a list of them.
        seeds: how many traced runs of each solver on each case.
        budget: what a run may spend.
        timeout: seconds, the hard limit. memory: bytes that a run may add.
        draw: the draw of every case, instead of the one that its selector names.

    Raises:
        Misuse: for unknown names and parameters.
        PluginError: where the problem itself can't be used.
    """
    entry = catalogue.problem(name)
    problem = entry.load()
    chosen = [make_case(name, problem, text) for item in cases for text in split(item)]
    if suite is not None or not chosen:
        chosen += suite_cases(name, problem, suite or "smoke")
    if draw is not None:
        chosen = [redrawn(problem, case, draw) for case in chosen]
    unique = {str(case): case for case in chosen}
    with Declarer() as declarer:
        configured = catalogue.select_solvers(name, solvers, declarer.parameters)
        contestants = [contestant(item, declarer) for item in configured]
    for who in contestants:
        if not who.usable and who.entry.pack == "file":
            raise PluginError(who.refusal)  # a file that was named is wanted: say it at once
    if not configured:
        raise Misuse(
            f"there is no solver for {name}; `bench new solver {name}/mine` writes a first one"
        )
    return Plan(
        name,
        entry,
        problem,
        tuple(unique.values()),
        tuple(contestants),
        tuple(range(seeds)),
        budget,
        timeout,
        memory,
        sources_of(entry.source),
    )


def contestant(configured: Configured, declarer: Declarer) -> Contestant:
    """Ask a solver's file once, to know its parameters and whether it can run."""
    entry = configured.entry
    absent = machine.missing(entry.requires)
    if absent:
        names = " ".join(absent)
        return Contestant(
            entry, configured.label, refusal=f"{names} is not installed: pip install {names}"
        )
    try:
        parameters = declarer.parameters(entry, configured.given)
    except PluginError as error:
        usable = isinstance(error, NotMade)
        return Contestant(entry, configured.label, refusal=str(error), usable=usable)
    return Contestant(
        entry,
        configured.label,
        parameters,
        modules_of(entry.source),
        kernels_of(entry.source),
        sources_of(entry.source),
    )


def instance(plan: Plan, case: Case, cache: Path | None = None) -> Stored:
    """The stored instance of a case.

    Raises:
        InvalidCase: where it can't be made, whatever the reason.
    """
    try:
        return build(plan.problem, plan.name, case, plan.key, cache)
    except InvalidCase:
        raise
    except Exception as error:
        raise InvalidCase(
            f"{plan.name} fails to make {case}: {type(error).__name__}: {error}"
        ) from error


def blank(
    plan: Plan, who: Contestant, case: Case, stored: Stored | None, seed: int | None, kind: str
) -> Record:
    """A record with everything that is known before the run; its status is `skipped`."""
    digest = stored.digest if stored is not None else ""
    budget = _budget(plan, kind)
    return Record(
        kind=kind,
        problem=plan.name,
        solver=who.entry.stem,
        label=who.label,
        role=who.entry.role,
        parameters=who.parameters,
        case=str(case),
        instance=digest,
        sizes=stored.sizes if stored is not None else {},
        seed=seed,
        status="skipped",
        message=who.refusal,
        optimum=stored.optimum if stored is not None else None,
        sources={"problem": plan.key, **({"solver": who.key} if who.key else {})},
        budget=budget,
        key=record_key(
            {
                "kind": kind,
                "names": [plan.name, who.label, str(case)],  # two may have the same content
                "problem": plan.key,
                "solver": who.key,
                "parameters": who.parameters,
                "instance": digest,
                "seed": seed,
                "budget": budget,
            }
        ),
    )


def _budget(plan: Plan, kind: str) -> dict[str, Any]:
    """The limits of a run, and of a timing what it may cost; what is without limit is left out."""
    limits: dict[str, Any] = {"timeout": plan.timeout, "memory": plan.memory}
    limits["threads"] = plan.threads
    if kind == "timing":
        limits["effort"] = plan.effort
    known = {**dataclasses.asdict(plan.budget), **limits}
    return {name: value for name, value in known.items() if value is not None}


def job(plan: Plan, who: Contestant, stored: Stored, seed: int) -> dict[str, Any]:
    """What a child process needs to know, as plain JSON."""
    return {
        "problem": plan.entry.source.as_json(),
        "solver": who.entry.source.as_json(),
        "parameters": who.parameters,
        "preload": [*who.preload, *_opening(plan.entry.source.file)],
        "kernels": list(who.kernels),
        "data": str(stored.data),
        "hidden": stored.hidden(),
        "seed": seed,
    }


@functools.cache
def _opening(file: str) -> tuple[str, ...]:
    """What a problem's `open` imports: no more than its own work is to be done with the data."""
    return tuple(imported_modules(file, within="open"))
