"""One traced run: isolated, then scored from its answers, off the clock and in this process."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from time import process_time
from typing import Any

from harness.answers import decode, encode, own
from harness.api import Case, Instance, InvalidAnswer, Meter, Problem
from harness.doubts import doubt
from harness.instances import Stored, load_tree
from harness.isolate import Limits, Outcome, Worker, budget_json
from harness.items import pack
from harness.plan import Contestant, Plan, blank, job
from harness.record import ONLINE_TIMES, Record
from harness.repeat import repeat
from harness.run import Point

Scored = tuple[float, dict[str, float]]


def judge(problem: Problem, instance: Instance, answer: Any) -> Scored:
    """The cost and the secondary scores of an answer, as the problem computes them.

    Raises:
        InvalidAnswer: where the answer is not one, or its cost is not a finite number.
    """
    try:
        cost, scores = problem.score(instance, answer)
        cost = float(cost)
        scores = {str(name): float(value) for name, value in scores.items()}
    except InvalidAnswer:
        raise
    except Exception as error:
        raise InvalidAnswer(
            f"the answer can't be scored ({type(error).__name__}: {error})"
        ) from error
    if not math.isfinite(cost):
        raise InvalidAnswer(f"the cost of the answer is {cost}, not a finite number")
    return cost, {name: value for name, value in scores.items() if math.isfinite(value)}


def items(problem: Problem, instance: Instance, answer: Any) -> str:
    """Which test items an answer that was scored gets right, as a record keeps it.

    Raises:
        InvalidAnswer: where the problem can't tell.
    """
    try:
        right = problem.items(instance, answer)
        return "" if right is None else pack(right)
    except InvalidAnswer:
        raise
    except Exception as error:
        raise InvalidAnswer(
            f"which items of the answer are right can't be told ({type(error).__name__}: {error})"
        ) from error


def digest(problem: Problem, instance: Instance, answer: Any) -> str:
    """Digest of a scored answer in the problem's normal form.

    Raises:
        InvalidAnswer: where the problem can't bring it into that form.
    """
    try:
        return sha256(encode(own(problem.normal(instance, answer)))).hexdigest()[:16]
    except InvalidAnswer:
        raise
    except Exception as error:
        raise InvalidAnswer(
            f"the answer can't be brought into its normal form ({type(error).__name__}: {error})"
        ) from error


def trace(
    worker: Worker,
    plan: Plan,
    who: Contestant,
    case: Case,
    stored: Stored,
    seed: int,
    again: bool = False,
) -> Record:
    """Run a solver once in isolation and score what it yielded.

    Args:
        worker: runs it.
        plan: problem and limits.
        who: the solver.
        case: the case, and `stored` its instance.
        seed: of the solver's generator.
        again: whether to repeat the run and compare, where it is ok.

    Raises:
        IsolationError: where the server of the runs breaks down.
    """
    record = blank(plan, who, case, stored, seed, "trace")
    if who.refusal:
        return record
    instance = stored.load()
    target = plan.budget.target
    reached: Callable[[Point], bool] | None = None
    if target is not None:
        goal = target

        def reached(point: Point) -> bool:
            return _reaches(plan.problem, instance, point, goal)

    record.started = datetime.now(UTC).isoformat()
    outcome = worker.run(
        {**job(plan, who, stored, seed), "budget": budget_json(plan.budget, plan.timeout)},
        Limits(timeout=plan.timeout, memory=plan.memory),
        reached,
        thin=plan.problem.counts == "last" and plan.problem.kind != "online",
    )
    _fill(record, outcome, plan)
    _score(record, outcome, plan, instance)
    doubt(record, outcome, plan.threads, _opening(plan.problem, stored))
    if again and record.status == "ok":
        repeat(worker, plan, who, stored, record, outcome)
    return record


_OPENINGS: dict[tuple[type, str], float] = {}  # problem, digest -> processor seconds


def _opening(problem: Problem, stored: Stored) -> float:
    """Processor seconds that opening the data takes here: once for all runs of an instance."""
    key = type(problem), stored.digest
    if key not in _OPENINGS:
        before = process_time()
        with contextlib.suppress(Exception):  # what it fails with, the run has told already
            problem.open(load_tree(stored.data), Meter())
        _OPENINGS[key] = process_time() - before
    return _OPENINGS[key]


def _reaches(problem: Problem, instance: Instance, point: Point, target: float) -> bool:
    try:
        return judge(problem, instance, point.answer)[0] <= target
    except InvalidAnswer:
        return False


def _fill(record: Record, outcome: Outcome, plan: Plan) -> None:
    record.status, record.message = outcome.status, outcome.message
    record.wall, record.memory, record.threads = outcome.wall, outcome.memory, outcome.threads
    record.instructions, record.waited = outcome.instructions, outcome.waited
    ending = outcome.ending
    if ending is None:
        record.seconds = outcome.wall
        record.cpu = outcome.cpu
        record.why = outcome.status
        record.answers = outcome.points[-1].answers if outcome.points else 0
        record.calls = outcome.points[-1].calls if outcome.points else None
        return
    record.seconds, record.cpu, record.why = ending.seconds, ending.cpu, ending.why
    record.calls, record.answers = ending.calls, ending.answers
    asked, timeout = plan.budget.seconds, plan.timeout
    if ending.why == "seconds" and timeout is not None and (asked is None or timeout < asked):
        record.status = "timeout"
        record.message = f"stopped after {timeout:g} s, the limit of a run"
    if ending.latencies:
        ordered = sorted(ending.latencies)
        middle, high = (ordered[min(len(ordered) - 1, int(q * len(ordered)))] for q in (0.5, 0.99))
        record.scores.update(zip(ONLINE_TIMES, (middle, high, ending.build), strict=True))


def _score(record: Record, outcome: Outcome, plan: Plan, instance: Instance) -> None:
    """Fill in cost, scores, items and trace; an answer past the time limit does not count."""
    limits = [limit for limit in (plan.budget.seconds, plan.timeout) if limit is not None]
    limit = min(limits, default=math.inf)
    in_time = [point for point in outcome.points if point.seconds <= limit]
    best: Scored | None = None
    counted: Any = None  # the answer of which `best` tells
    try:
        for point, answer in _answers(in_time, plan.problem.kind == "online"):
            scored = judge(plan.problem, instance, answer)
            if best is None or plan.problem.counts == "last" or scored[0] < best[0]:
                best, counted = scored, answer
            elif point is not in_time[-1]:
                continue  # where the best counts, the trace holds the steps down and the end
            record.trace.append([point.seconds, point.calls, best[0]])
        if best is not None:
            record.items = items(plan.problem, instance, counted)
            record.answer = digest(plan.problem, instance, counted)
    except InvalidAnswer as error:
        record.status, record.message = "invalid", str(error)
    except ValueError as error:
        record.status, record.message = "invalid", f"the answer can't be read: {error}"
    if record.status == "invalid":
        return
    if best is not None:
        record.cost = best[0]
        record.scores.update(best[1])
    elif record.status == "ok":
        spent = f"{record.calls} calls" if record.why == "calls" else f"{limit:g} s"
        record.status = "timeout"
        record.message = f"no answer within the budget of {spent}"


def _answers(points: list[Point], online: bool) -> Iterator[tuple[Point, Any]]:
    """Each point with its answer; online with all decisions up to it.

    Raises:
        ValueError: where an answer can't be read.
    """
    decisions: list[Any] = []
    for point in points:
        answer = decode(point.answer)
        if online:
            if type(answer) is not list:
                raise ValueError("it is no list of decisions")
            decisions = [*decisions, *answer]  # the answers before stay what they were
            answer = decisions
        yield point, answer
