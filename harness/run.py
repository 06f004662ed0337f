"""The one loop that drives a solver: budget, clock, and which answers are kept for the trace.

The loop knows nothing of processes: `keep` is called, off the clock, with each answer that the
trace wants, and decides whether the run goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field, replace
from time import perf_counter, process_time  # by name: what a solver does to `time` changes nothing
from typing import Any

import numpy as np

from harness.answers import own
from harness.api import BudgetSpent, Events, InvalidAnswer, Meter, Problem, Solver

GROWTH = 1.1  # answers are kept when this much more time has passed: 24 points a decade
_AT_LEAST_EVERY = 0.02  # seconds; what a hard kill can lose


@dataclass(frozen=True)
class Budget:
    """What a run may spend; None is without limit.

    Attributes:
        seconds: of the solver's own time; looked at whenever it yields.
        answers: number of answers.
        calls: oracle calls, or events of an online problem.
        target: a cost; the run ends once a kept answer is as good.
    """

    seconds: float | None = None
    answers: int | None = None
    calls: int | None = None
    target: float | None = None


@dataclass(frozen=True)
class Point:
    """An answer, when it was there, and after how many answers and calls."""

    seconds: float
    calls: int
    answers: int
    answer: Any


@dataclass
class Ending:
    """How a run of the loop ended, and what it used.

    `why` is finished, seconds, answers, calls or target; `seconds` and `cpu` are the solver's own
    time, scoring and keeping excluded. `latencies` are seconds per event of an online problem, and
    `build` those until the first event was asked for: what an index takes to be built.
    """

    why: str = "finished"
    seconds: float = 0.0
    cpu: float = 0.0
    calls: int = 0
    answers: int = 0
    latencies: list[float] = field(default_factory=list)
    build: float = 0.0


def drive(
    solver: Solver,
    problem: Problem,
    seen: Any,
    meter: Meter,
    seed: int,
    budget: Budget,
    keep: Callable[[Point], bool],
    wanted: Container[int] | None = None,
) -> Ending:
    """Run `solver` on `seen` (what `problem.open` gave) until it ends or the budget is spent.

    Args:
        solver: the solver, and `problem` what it solves.
        seen: what the solver gets.
        meter: that of the oracle or the events in `seen`.
        seed: of the solver's generator.
        budget: what the run may spend.
        keep: called with each answer that the trace wants; False ends the run.
        wanted: numbers of the answers to keep, instead of those that a trace wants.

    Raises:
        InvalidAnswer: where an answer is not plain data, or there is none.
        Exception: whatever the solver raises.
    """
    loop = _Loop(problem, seen, meter, budget, keep, wanted)
    rng = np.random.default_rng(seed)
    answers: Any = None

    def first() -> Any:
        # A solve() that is no generator does its work here, so this is on the clock too.
        nonlocal answers
        answers = solver.solve(seen, rng)
        if not hasattr(answers, "__next__"):
            raise InvalidAnswer(
                f"solve() returned {type(answers).__name__}, expected a generator: "
                "yield each answer instead of returning it"
            )
        return next(answers)

    try:
        more = loop.step(first)
        while more:
            more = loop.step(lambda: next(answers))
    finally:
        loop.flush()  # what was yielded before a fault still counts
    if loop.ending.answers == 0 and loop.ending.why == "finished":
        raise InvalidAnswer("solve() ended without yielding an answer")
    return loop.ending


class _Loop:
    """The state of one `drive`."""

    def __init__(
        self,
        problem: Problem,
        seen: Any,
        meter: Meter,
        budget: Budget,
        keep: Callable[[Point], bool],
        wanted: Container[int] | None,
    ) -> None:
        self.ending = Ending()
        self.online = isinstance(seen, Events)
        self._events: Events | None = seen if isinstance(seen, Events) else None
        self._meter = meter
        self._budget = budget
        self._keep = keep
        self._keep_all = problem.counts == "best" and not self.online
        self._wanted = wanted
        self._pending: Point | None = None  # the last answer, while it is not kept
        self._kept_at = 0.0
        self._next_at = 0.0
        self._decisions: list[Any] = []
        self._revealed_at = 0.0
        self._started_at: float | None = None
        if self._events is not None:
            self._events.on_reveal(self._stamp)

    def _stamp(self) -> None:
        self._revealed_at = perf_counter()
        if self._meter.calls == 1 and self._started_at is not None:  # the first event
            self.ending.build = self._revealed_at - self._started_at

    def step(self, work: Callable[[], Any]) -> bool:
        """One answer: timed, owned, and perhaps kept. False when the run has ended."""
        ending = self.ending
        cpu = process_time()
        start = perf_counter()
        if self._started_at is None:
            self._started_at = start
        try:
            answer = own(work())
        except StopIteration:
            ending.why = "finished"
            return False
        except BudgetSpent:
            ending.why = "calls"
            return False
        finally:
            now = perf_counter()
            ending.seconds += now - start
            ending.cpu += process_time() - cpu
            ending.calls = self._meter.calls
        ending.answers += 1
        if self._stood_long() and not self.flush():
            ending.why = "target"
            return False
        if self._events is not None:
            self._decide(answer, now)
        self._pending = Point(ending.seconds, ending.calls, ending.answers, answer)
        return self._go_on()

    def _stood_long(self) -> bool:
        """Whether the answer held back is the last for so long that the trace wants it."""
        pending = self._pending
        if pending is None or self._wanted is not None:
            return False
        return self.ending.seconds >= pending.seconds * GROWTH

    def _decide(self, answer: Any, now: float) -> None:
        assert self._events is not None
        if not self._events.decided(answer):
            raise InvalidAnswer("a decision was yielded while no event was open")
        self.ending.latencies.append(now - self._revealed_at)
        self._decisions.append(answer)

    def _go_on(self) -> bool:
        ending, budget = self.ending, self._budget
        if self._is_wanted():
            if not self.flush():
                ending.why = "target"
                return False
            self._kept_at = ending.seconds
            self._next_at = ending.seconds * GROWTH
        if budget.answers is not None and ending.answers >= budget.answers:
            ending.why = "answers"
            return False
        if budget.seconds is not None and ending.seconds >= budget.seconds:
            ending.why = "seconds"
            return False
        return True

    def _is_wanted(self) -> bool:
        ending = self.ending
        if self._wanted is not None:
            return ending.answers in self._wanted
        since = ending.seconds - self._kept_at
        return self._keep_all or ending.seconds >= self._next_at or since >= _AT_LEAST_EVERY

    def flush(self) -> bool:
        """Keep the last answer if it was not kept yet; for online problems, what is new."""
        point, self._pending = self._pending, None
        if point is None:
            return True
        if self.online:
            point = replace(point, answer=self._decisions)
            self._decisions = []
        return self._keep(point)
