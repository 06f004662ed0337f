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
from harness.run import Ending, Point

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
    online = plan.problem.kind == "online"
    points = _chosen(plan, record, first.points)
    again = _again(worker, plan, who, stored, record, first, points)
    if again.ending is not None:
        clock(record, again, max(again.lag, again.lag_of_points))
    if record.status != "ok":
        return
    found = _difference(first, again, points, online)
    if found is None:
        return
    record.verified = not found
    if found:
        record.flags.append(f"differs: repeated with the same seed, {found}")
        return
    calls = _MOST_CALLS if plan.budget.calls is None else min(plan.budget.calls, _MOST_CALLS)
    try:
        data = stored.load().data
        kind = kind_of(plan.problem, data)
        if kind == "data":
            return
        examiner = Examiner(plan.problem, data, calls)
    except Exception:  # open() works in the solver's process and not here: no fault of the solver's
        record.verified = None
        return
    points = _chosen(plan, record, [point for point in first.points if point.calls <= calls])
    outside = _again(worker, plan, who, stored, record, first, points, kind, examiner)
    found = _difference(first, outside, points, online, examiner)
    record.verified = None if found is None else not found
    if found:
        record.invalidate(f"with the {kind} out of its reach, {found}")


def _chosen(plan: Plan, record: Record, points: list[Point]) -> list[Point]:
    """Those to compare: the last, and where the best counts those that were better than before."""
    chosen = points[-_MOST_POINTS:]
    if plan.problem.counts == "best":
        steps = {seconds for seconds, _, _ in record.trace[-_MOST_POINTS:]}
        chosen = [point for point in points[:-_MOST_POINTS] if point.seconds in steps] + chosen
    return chosen


def _again(
    worker: Worker,
    plan: Plan,
    who: Contestant,
    stored: Stored,
    record: Record,
    first: Outcome,
    points: list[Point],
    remote: str = "",
    examiner: Examiner | None = None,
) -> Outcome:
    assert first.ending is not None and record.seed is not None
    # Time is not what is compared: the run may go on until it has done as much as the first.
    budget = replace(plan.budget, seconds=None, target=None)
    if first.ending.why in ("seconds", "target"):
        budget = replace(budget, answers=first.ending.answers)
    if examiner is not None:
        budget = replace(budget, calls=None)  # counted in the parent
    timeout = None if plan.timeout is None else _PATIENCE * plan.timeout
    asked: dict[str, Any] = {
        **job(plan, who, stored, record.seed),
        "budget": budget_json(budget, None),
        "wanted": [point.answers for point in points],
    }
    if remote:
        asked["remote"] = remote
    limits = Limits(timeout=timeout, memory=plan.memory)
    return worker.run(asked, limits, thin=False, examiner=examiner)


def _difference(
    first: Outcome,
    other: Outcome,
    asked: list[Point],
    online: bool,
    examiner: Examiner | None = None,
) -> str | None:
    """What differs, in words; empty where nothing does, None where nothing can be compared."""
    if other.status == "timeout" or (examiner is not None and examiner.unfit):
        return None
    assert first.ending is not None
    cut_short = examiner is not None and _cut_short(first.ending, examiner)
    if other.ending is None and not cut_short:
        last = (other.message.strip().splitlines() or [""])[-1]
        return f"it ended otherwise: {other.status}: {last}"
    found = _decisions(first, other, examiner) if online else _answers(asked, other)
    if found or cut_short or other.ending is None:
        return found
    calls = other.ending.calls if examiner is None else examiner.meter.calls
    return _endings(first.ending, other.ending, calls) or found


def _cut_short(ending: Ending, examiner: Examiner) -> bool:
    """Whether a run was refused calls that the first one was given; no other may end early."""
    meter = examiner.meter
    return meter.refused and meter.limit is not None and ending.calls > meter.limit


def _answers(asked: list[Point], other: Outcome) -> str | None:
    points = {point.answers: point for point in other.points}
    for one in asked:
        two = points.get(one.answers)
        if two is None:
            return f"answer {one.answers} was not given"
        if one.calls != two.calls:
            return f"answer {one.answers} came after {two.calls} calls, not after {one.calls}"
        if bytes(one.answer) != bytes(two.answer):
            return f"answer {one.answers} was another one"
    return "" if asked else None


def _decisions(first: Outcome, other: Outcome, examiner: Examiner | None) -> str:
    """Those of the run against those of the other, or that reached the examiner in time."""
    made = _made(first)
    try:
        told = _made(other) if examiner is None else examiner.decisions
    except (ValueError, TypeError):
        return "its decisions can't be read"
    for number, (one, two) in enumerate(zip(made, told, strict=False), 1):
        if encode(one) != encode(two):
            return f"decision {number} of {len(made)} was another one"
    least = len(made)
    if examiner is not None:  # the last one may have had no question to go with
        least = min(least, examiner.meter.limit or least) - 1
    return "" if least <= len(told) <= len(made) else f"it decided {len(told)}, not {len(made)}"


def _made(outcome: Outcome) -> list[Any]:
    """All decisions of a run."""
    return [decision for point in outcome.points for decision in decode(point.answer)]


def _endings(one: Ending, two: Ending, calls: int) -> str:
    """How the ends differ; that a run was out of time is no difference."""
    if two.answers != one.answers:
        return f"it ended after {two.answers} answers, not after {one.answers}"
    if calls != one.calls:
        return f"it made {calls} calls, not {one.calls}"
    if two.why != one.why and one.why not in ("seconds", "target"):
        return f"its end was {two.why!r}, not {one.why!r}"
    return ""
