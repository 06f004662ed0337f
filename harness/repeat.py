"""A run repeated: with the same seed it must do the same, and out of the oracle's reach too.

The first repetition is like the run itself: a solver that draws from the clock, or remembers,
does something else. On an oracle or online events a second one follows, with the real object in
the parent (`harness.remote`): a solver that has copied it, read what it does not offer or set back
its counter does something else, and the run is invalid.

Answers are compared bit by bit, by their number, at the points that the run itself kept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harness.answers import decode, encode
from harness.doubts import clock
from harness.instances import Stored
from harness.isolate import Limits, Outcome, Worker, budget_json
from harness.plan import Contestant, Plan, job
from harness.record import Record
from harness.remote import Examiner, kind_of

_MOST_POINTS = 500  # that are compared
_MOST_CALLS = 20_000  # through the pipe, at some 50 microseconds each
_PATIENCE = 3.0  # times the time limit of the run


def repeat(
    worker: Worker, plan: Plan, who: Contestant, stored: Stored, record: Record, first: Outcome
) -> None:
    """Repeat a run that was ok, and note in its record what came of it.

    Raises:
        IsolationError: where the server of the runs breaks down.
    """
    if first.ending is None or record.seed is None or not first.points:
        return
    again = _again(worker, plan, who, stored, record.seed, first)
    if again.ending is not None:
        clock(record, again, max(again.lag, again.lag_of_points))
    if record.status != "ok":
        return
    found = _difference(first, again, plan.problem.kind == "online")
    if found is None:
        return
    record.verified = not found
    if found:
        record.flags.append(f"differs: repeated with the same seed, {found}")
        return
    data = stored.load().data
    kind = kind_of(plan.problem, data)
    if kind == "data":
        return
    calls = min(plan.budget.calls or _MOST_CALLS, _MOST_CALLS)
    examiner = Examiner(plan.problem, data, calls)
    outside = _again(worker, plan, who, stored, record.seed, first, kind, examiner)
    found = _difference(first, outside, plan.problem.kind == "online", examiner)
    if found:
        record.verified = False
        record.status, record.message = "invalid", f"with the {kind} out of its reach, {found}"
        record.cost, record.scores, record.trace = None, {}, []


def _again(
    worker: Worker,
    plan: Plan,
    who: Contestant,
    stored: Stored,
    seed: int,
    first: Outcome,
    remote: str = "",
    examiner: Examiner | None = None,
) -> Outcome:
    assert first.ending is not None
    numbers = [point.answers for point in first.points]
    if examiner is not None:
        limit = examiner.meter.limit or _MOST_CALLS
        numbers = [point.answers for point in first.points if point.calls <= limit]
    numbers = numbers[-1 : -_MOST_POINTS - 1 : -1]
    # Time is not what is compared: the run may go on until it has done as much as the first.
    budget = replace(plan.budget, seconds=None, target=None)
    if first.ending.why in ("seconds", "target"):
        budget = replace(budget, answers=first.ending.answers)
    if examiner is not None:
        budget = replace(budget, calls=None)  # counted in the parent
    timeout = None if plan.timeout is None else _PATIENCE * plan.timeout
    asked: dict[str, Any] = {
        **job(plan, who, stored, seed),
        "budget": budget_json(budget, None),
        "hidden": stored.hidden(),
        "wanted": numbers,
    }
    if remote:
        asked["remote"] = remote
    limits = Limits(timeout=timeout, memory=plan.memory)
    return worker.run(asked, limits, thin=False, examiner=examiner)


def _difference(
    first: Outcome, other: Outcome, online: bool, examiner: Examiner | None = None
) -> str | None:
    """What differs, in words; empty where nothing does, None where nothing can be compared."""
    if other.status == "timeout":
        return None
    assert first.ending is not None
    cut_short = examiner is not None and examiner.meter.calls >= (examiner.meter.limit or 0)
    if other.ending is None and not cut_short:
        last = (other.message.strip().splitlines() or [""])[-1]
        return f"it ended otherwise: {other.status}: {last}"
    if online and examiner is not None:
        return _decisions(first, examiner)
    points = {point.answers: point for point in other.points}
    common = [(point, points[point.answers]) for point in first.points if point.answers in points]
    for one, two in common:
        if one.calls != two.calls:
            return f"answer {one.answers} came after {two.calls} calls, not after {one.calls}"
        if bytes(one.answer) != bytes(two.answer):
            return f"answer {one.answers} of {first.ending.answers} was another one"
    ending = other.ending
    if (
        ending is not None
        and not cut_short
        and first.ending.why not in ("seconds", "target")
        and (ending.why, ending.answers) != (first.ending.why, first.ending.answers)
    ):
        return f"it ended after {ending.answers} answers, not after {first.ending.answers}"
    return "" if common else None


def _decisions(first: Outcome, examiner: Examiner) -> str | None:
    """Decisions that arrived before the next event was told, against those of the first run."""
    made: list[Any] = []
    for point in first.points:
        made += decode(point.answer)
    told = examiner.decisions
    for number, (one, two) in enumerate(zip(made, told, strict=False), 1):
        if encode(one) != encode(two):
            return f"decision {number} of {len(made)} was another one"
    return "" if told or not made else None
