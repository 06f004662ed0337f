"""One recorded row run again from what the store holds, and whether the two agree.

The row tells solver, parameters, case, seed and limits; run.json tells the machine and the parts of
the sources. What is another now is said; the instance must be the same, or nothing can be said.

What agrees: the status, and the cost where the run did not end by time. The cost must be equal, or
equal to 1e-9 where the machine or a library is another. Of two timings the medians must be within
a factor of each other that covers both ranges of values; on another machine times say nothing.
"""

from __future__ import annotations

import dataclasses
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from harness import machine
from harness.api import Case, InvalidCase
from harness.cases import make_case
from harness.catalogue import Catalogue, Configured
from harness.declare import Declarer
from harness.fields import is_integer
from harness.instances import Stored
from harness.isolate import IsolationError, Worker
from harness.keys import sources_of
from harness.loading import PluginError
from harness.measure import trace
from harness.plan import Contestant, Plan, contestant, instance
from harness.record import Record
from harness.resume import source_changes
from harness.run import Budget
from harness.selectors import Misuse
from harness.store import Results
from harness.timing import Effort, Timer

CLOSE = 1e-9  # relative, of costs where another machine or library rounds otherwise
LEAST_FACTOR = 1.1  # of medians: few values understate how much times vary
_MOST_NAMED = 8  # candidates in an error
_ADDRESS = re.compile(r"(?:(?P<run>[^/:]+)/)?(?P<key>[0-9a-fA-F]{6,32})")
_LINE = re.compile(r"(?P<run>[^/:]+):(?P<line>[0-9]{1,12})")


class NotReplayable(Exception):
    """The row can't be run again; the text is the reason."""


@dataclass
class Replay:
    """What came of it.

    Attributes:
        published, now: the record as it was and as it is; `now` is None where nothing was run.
        changed: what is another than it was, some words each.
        notes: by which criterion the two were held against each other.
        verdict: "agrees", "differs" or "can't be replayed"; `why` says in what, or why not.
    """

    published: Mapping[str, Any]
    now: Mapping[str, Any] | None = None
    changed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    verdict: str = "agrees"
    why: str = ""


def find(loaded: Results, text: str) -> dict[str, Any]:
    """The record that a text names.

    Args:
        loaded: what the results folder holds.
        text: the beginning of a record's key (six digits or more), RUN/KEY, or RUN:LINE. Where one
            key has several records, the latest, which is the one that tables show.

    Raises:
        Misuse: where it names none, or several; the candidates are named.
    """
    by_line, by_key = _LINE.fullmatch(text), _ADDRESS.fullmatch(text)
    named = by_line or by_key
    if named is None:
        raise Misuse(
            f"{text!r} names no record; expected the beginning of its key (six hexadecimal digits "
            "or more), RUN/KEY, or RUN:LINE of records.jsonl"
        )
    run = named["run"]
    if run is not None and run not in loaded.runs:
        known = _some(sorted(loaded.runs, reverse=True))
        raise Misuse(f"there is no run {run!r}; there are {known}")
    records = [each for each in loaded.records if run in (None, each["run"])]
    if by_line is not None:
        return _of_line(records, by_line["run"], int(by_line["line"]))
    assert by_key is not None
    prefix = by_key["key"].lower()
    found = {each["key"]: each for each in records if each["key"].startswith(prefix)}
    if len(found) == 1:
        return next(iter(found.values()))
    if not found:
        raise Misuse(
            f"no record's key begins with {prefix}; there are {_some([*map(address, records)])}"
        )
    several = _some([f"{key} ({_title(each)})" for key, each in found.items()])
    raise Misuse(f"{len(found)} keys begin with {prefix}; say which: {several}")


def _of_line(records: Sequence[dict[str, Any]], run: str, line: int) -> dict[str, Any]:
    for each in records:
        if each["line"] == line:
            return each
    lines = [each["line"] for each in records]
    known = f"its records are on lines {min(lines)} to {max(lines)}" if lines else "it has none"
    raise Misuse(f"run {run} has no record on line {line}; {known}")


def address(record: Mapping[str, Any]) -> str:
    """RUN:LINE, which names a record whatever its key is."""
    return f"{record['run']}:{record['line']}"


def _title(record: Mapping[str, Any]) -> str:
    seed = "timing" if record["kind"] == "timing" else f"seed {record['seed']}"
    return f"{record['problem']}/{record['label']} on {record['case']}, {seed}"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return (", ".join(names[:_MOST_NAMED]) or "none") + more


def replay(catalogue: Catalogue, header: Mapping[str, Any], record: Mapping[str, Any]) -> Replay:
    """Run a recorded row again, and hold the two against each other.

    Args:
        catalogue: where its problem and solver are.
        header: run.json of its run.
        record: the row, as the store holds it.
    """
    done = Replay(record)
    try:
        plan, case = _plan(catalogue, record)
        (who,) = plan.contestants
        done.changed = _changed(header, record, plan, who)
        stored = _same_instance(plan, case, record)
        done.now = asdict(_run(plan, who, case, stored, record))
    except NotReplayable as reason:
        done.verdict, done.why = "can't be replayed", str(reason)
        return done
    differences = _timing(done) if record["kind"] == "timing" else _trace(done)
    if differences:
        done.verdict, done.why = "differs", "; ".join(differences)
    return done


def _plan(catalogue: Catalogue, record: Mapping[str, Any]) -> tuple[Plan, Case]:
    """The plan of which the row is the only run."""
    if record["status"] == "skipped":
        raise NotReplayable(f"it was not run: {record['message']}")
    if record["kind"] == "trace" and not (is_integer(record["seed"]) and record["seed"] >= 0):
        raise NotReplayable(f"its seed is {record['seed']}, expected a number of 0 or more")
    try:
        entry = catalogue.problem(record["problem"])
        problem = entry.load()
        case = make_case(record["problem"], problem, record["case"])
        who = _contestant(catalogue, record)
    except (Misuse, PluginError) as error:
        raise NotReplayable(str(error)) from None
    budget = record["budget"]
    spent = Budget(*(_limit(budget, name) for name in ("seconds", "answers", "calls", "target")))
    timeout, memory = _limit(budget, "timeout"), _limit(budget, "memory")
    threads = _limit(budget, "threads") or 1
    effort = budget.get("effort")
    plan = Plan(
        record["problem"],
        entry,
        problem,
        (case,),
        (who,),
        (record["seed"] or 0,),
        spent,
        timeout,
        memory,
        sources_of(entry.source),
        threads,
        effort if isinstance(effort, dict) else {},
    )
    return plan, case


def _contestant(catalogue: Catalogue, record: Mapping[str, Any]) -> Contestant:
    """The solver with the recorded parameters.

    Raises:
        Misuse, PluginError, NotReplayable: where it is not there or can't run.
    """
    name = f"{record['problem']}/{record['solver']}"
    if name not in catalogue.solvers:
        raise Misuse(f"there is no solver {name!r}; name its file or its pack with --plugin")
    entry = catalogue.solvers[name]
    given = dict(record["parameters"])
    with Declarer() as declarer:
        if not machine.missing(entry.requires):
            for parameter, default in declarer.parameters(entry).items():
                if isinstance(default, tuple) and isinstance(given.get(parameter), list):
                    given[parameter] = tuple(given[parameter])  # JSON has lists only
        who = contestant(Configured(entry, given), declarer)
    if who.refusal:
        raise NotReplayable(who.refusal)
    return dataclasses.replace(who, label=record["label"])


_WHOLE = ("answers", "calls", "memory", "threads", "rounds", "values")


def _limit(limits: Mapping[str, Any], name: str) -> Any:
    """A limit of the run, None where it had none; a record may hold anything."""
    value = limits.get(name)
    if value is None:
        return None
    number = is_integer(value) or (isinstance(value, float) and name not in _WHOLE)
    if number and (value > 0 or name == "target"):
        return value
    kind = "a whole number" if name in _WHOLE else "a number"
    raise NotReplayable(f"its limit {name} is {value!r}, expected {kind} above 0")


_ELSEWHERE = "another machine"


def _changed(
    header: Mapping[str, Any], record: Mapping[str, Any], plan: Plan, who: Contestant
) -> list[str]:
    found = []
    if header.get("machine") != machine.machine_identity(machine.facts()):
        found.append(_ELSEWHERE)
    found += source_changes(header, record, "solver", who.sources)
    found += source_changes(header, record, "problem", plan.sources)
    return list(dict.fromkeys(found))


def _same_instance(plan: Plan, case: Case, record: Mapping[str, Any]) -> Stored:
    try:
        stored = instance(plan, case)
    except InvalidCase as error:
        raise NotReplayable(f"the case can't be made: {error}") from None
    if stored.digest != record["instance"]:
        raise NotReplayable(
            f"the case's instance changed (its digest was {record['instance'] or 'none'}, now it "
            f"is {stored.digest}); go back to the problem's source and libraries of that run"
        )
    return stored


def _run(
    plan: Plan, who: Contestant, case: Case, stored: Stored, record: Mapping[str, Any]
) -> Record:
    if record["kind"] == "timing":
        expected = {who.label: record["seconds"] or 0.0}
        (timed,) = Timer(_effort(plan), plan.threads).case(plan, case, stored, expected)
        return timed
    try:
        with Worker(plan.threads) as worker:
            again = record["verified"] is not None
            return trace(worker, plan, who, case, stored, record["seed"], again)
    except IsolationError as error:
        raise NotReplayable(str(error)) from None


def _effort(plan: Plan) -> Effort:
    """What the timing might cost, as far as the record tells."""
    known = {each.name for each in dataclasses.fields(Effort)} & set(plan.effort)
    given = {name: _limit(plan.effort, name) for name in known}
    return Effort(**{k: v for k, v in given.items() if v is not None or k == "precision"})


def _trace(done: Replay) -> list[str]:
    """In what two traced runs differ."""
    old, now = done.published, done.now
    assert now is not None
    found = _statuses(old, now)
    if any(each["why"] == "seconds" or each["status"] == "timeout" for each in (old, now)):
        done.notes.append(
            "time ended the run, so that two runs need not get equally far: statuses are compared, "
            "costs are not"
        )
        return found
    rounds = any(each == _ELSEWHERE or each.startswith("library ") for each in done.changed)
    done.notes.append(
        f"costs agree where they are equal to {CLOSE:g}, as the machine or a library is another"
        if rounds
        else "costs agree where they are equal"
    )
    if not _same_cost(old["cost"], now["cost"], CLOSE if rounds else 0.0):
        found.append(f"cost {old['cost']} -> {now['cost']}")
    return found


def _statuses(old: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    if old["status"] == now["status"]:
        return []
    last = now["message"].strip().splitlines()[-1:]
    return [f"status {old['status']} -> {now['status']}" + "".join(f" ({each})" for each in last)]


def _same_cost(old: float | None, now: float | None, tolerance: float) -> bool:
    if old is None or now is None:
        return old is now
    return old == now or abs(old - now) <= tolerance * max(abs(old), abs(now))


def _timing(done: Replay) -> list[str]:
    """In what two timings differ."""
    old, now = done.published, done.now
    assert now is not None
    found = _statuses(old, now)
    if found or old["status"] != "ok":
        done.notes.append("statuses are compared")
        return found
    if _ELSEWHERE in done.changed:
        done.notes.append("times of two machines say nothing of each other: statuses are compared")
        return found
    factor = max(LEAST_FACTOR, _spread(old["values"]) * _spread(now["values"]))
    done.notes.append(
        f"medians agree within a factor of {factor:.3g}, which covers the ranges of both values"
    )
    one, two = (statistics.median(each["values"] or [0.0]) for each in (old, now))
    if max(one, two) > factor * min(one, two):
        found.append(f"median {one:.4g} s -> {two:.4g} s")
    return found


def _spread(values: Sequence[float]) -> float:
    """The factor by which values lie around their median at most."""
    middle = statistics.median(values or [0.0])
    if not values or middle <= 0 or min(values) <= 0:
        return 1.0
    return float(max(max(values) / middle, middle / min(values)))
