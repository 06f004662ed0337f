"""Timings by pyperf: values from fresh worker processes, until they are precise enough.

Each round of a solver is a worker process (`python -m harness.timing_worker`, pyperf's own worker
protocol) with one warm-up and some values; the workers of rival solvers on one case alternate in
random order. Between them the canary sings: a round that was disturbed is taken again where
rounds and time for it are left, and is told of where it counts. Rounds go on until the ratio to
the case's fastest solver is known precisely enough, or the time for it is spent; `harness.sampling`
says how that is decided, and why never by whether a difference is significant.

Workers take the time themselves, by a clock that a solver could tamper with; `harness.timing_marks`
holds it against the clocks of this process. A solver that keeps answers between solves is found
by a twin of the instance, solved once when all else is done.

The raw runs are kept as a pyperf suite that `python -m pyperf stats` and `compare_to` read.
"""

from __future__ import annotations

import math
import random
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from harness import machine, sampling
from harness.api import Case
from harness.canary import DISTURBED, Canary, Reading
from harness.instances import Stored
from harness.plan import Contestant, Plan, blank
from harness.record import Record
from harness.timing_marks import told
from harness.timing_round import Doubted, Failure, Round, Work, make_twin, take

MOST_ROUNDS = 50  # processes of one solver on one case, unless more are asked for at least
WAITED = 0.05  # share of a round spent waiting for a processor, beyond which it is disturbed
_CALIBRATE_BELOW = 0.01  # seconds of one solve: below, several solves make one value
# A first solve, or one of the twin, that takes so many times the usual and so much longer keeps
# something between solves.
_KEPT_TIMES, _KEPT_SECONDS = 10.0, 0.005


@dataclass(frozen=True)
class Effort:
    """How many values to take.

    Attributes:
        rounds: worker processes per solver and case, at least.
        values: values per process, after one warm-up.
        seconds: what one solver on one case may cost in all; the least rounds are taken anyway.
        precision: go on until the 95 % interval of the ratio to the case's fastest solver is this
            narrow, relative to the ratio; None for `rounds` processes and no more.
    """

    rounds: int = 5
    values: int = 3
    seconds: float = 10.0
    precision: float | None = 0.05

    def for_solve(self, seconds: float) -> Effort | None:
        """Less effort for a long solve; None where three solves would be too many."""
        if self.rounds * (self.values + 1) * seconds <= self.seconds:
            return self
        if 3 * seconds > 2 * self.seconds:
            return None
        rounds = max(3, min(self.rounds, int(self.seconds / seconds)))
        return replace(self, rounds=rounds, values=1)


@dataclass
class _Series:
    """The timing of one solver on one case, as it grows."""

    record: Record
    who: Contestant
    effort: Effort
    work: Work
    attempts: int = 0
    retaken: int = 0
    spent: float = 0.0
    failed: bool = False
    calibration: Any = None
    rounds: list[Round] = field(default_factory=list)
    disturbed: list[Round] = field(default_factory=list)  # of those, the ones that count anyway
    verdict: sampling.Verdict = field(default_factory=lambda: sampling.Verdict(math.inf, ""))

    @property
    def next(self) -> float:
        """Seconds that one more round will cost."""
        return self.spent / max(1, self.attempts)

    def sample(self) -> sampling.Sample:
        times = [statistics.median(taken.values) for taken in self.rounds]
        most = max(MOST_ROUNDS, self.effort.rounds)
        return sampling.Sample(
            times, self.effort.rounds, most, self.spent, self.next, self.effort.seconds
        )


class Timer:
    """Takes timings and keeps the pyperf suite of one `bench run`.

    Args:
        effort: how many values to take.
        threads: that each worker may use; it is kept on as many processors.
        seed: of the random order of rivals.
        canary: sings between workers; one on the workers' processors by default.
    """

    def __init__(
        self, effort: Effort, threads: int = 1, seed: int = 0, canary: Canary | None = None
    ) -> None:
        self._effort, self._threads = effort, threads
        self._order = random.Random(seed)
        self._cpus = machine.processors(threads)
        self._canary = canary
        self._benchmarks: list[Any] = []

    def suite(self) -> str:
        """The suite so far as pyperf's JSON; empty where there is none."""
        import pyperf

        if not self._benchmarks:
            return ""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "suite.json"
            pyperf.BenchmarkSuite(self._benchmarks).dump(str(path))
            return path.read_text()

    def case(
        self,
        plan: Plan,
        case: Case,
        stored: Stored,
        expected: dict[str, float],
        watch: Callable[[str, int, int], None] = lambda label, done, of: None,
    ) -> Iterator[Record]:
        """Time every contestant on one case.

        Args:
            plan: problem, contestants and limits.
            case: the case, and `stored` its instance.
            expected: seconds of a traced run by label; who is not in it is not timed.
            watch: told the label, the workers done and the workers planned so far.

        Yields:
            a record of kind "timing" for each contestant that was traced.
        """
        series = []
        for who in plan.contestants:
            if who.label not in expected:
                continue
            started = self._start(plan, who, case, stored, expected[who.label])
            if isinstance(started, Record):
                yield started
            else:
                series.append(started)
        if not series:
            return
        twin = make_twin(plan, stored)
        self._canary = self._canary or Canary(self._cpus)
        before = self._canary.sing()
        planned, done = sum(one.effort.rounds for one in series), 0
        while active := self._active(series):
            self._order.shuffle(active)
            for one in active:
                watch(one.who.label, done, max(planned, done + 1))
                if not one.attempts:
                    one.work.twin = twin
                before = self._round(one, before)
                done += 1
        for one in series:
            yield self._finish(one)

    def _active(self, series: list[_Series]) -> list[_Series]:
        """Who needs another round."""
        sound = [one for one in series if not one.failed]
        verdicts = sampling.judge([one.sample() for one in sound], self._effort.precision)
        for one, verdict in zip(sound, verdicts, strict=True):
            one.verdict = verdict
        return [one for one in sound if not one.verdict.why]

    def _start(
        self, plan: Plan, who: Contestant, case: Case, stored: Stored, seconds: float
    ) -> _Series | Record:
        record = blank(plan, who, case, stored, None, "timing")
        effort = self._effort.for_solve(seconds)
        if effort is None:
            record.message = (
                f"one solve takes {seconds:.3g} s, so three exceed what a timing may cost "
                f"({self._effort.seconds:g} s; --timing-budget raises it)"
            )
            return record
        work = Work(plan, who, case, stored, seconds, self._threads, self._cpus)
        work.values = effort.values
        work.warmups = 1 if effort == self._effort else 0
        work.loops = 0 if seconds < _CALIBRATE_BELOW else 1
        return _Series(record, who, effort, work)

    def _round(self, one: _Series, before: Reading) -> Reading:
        """One worker process of a solver; returns the canary's reading after it."""
        assert self._canary is not None
        start = perf_counter()
        try:
            if one.work.loops == 0:
                one.calibration = _take(one, calibrate=True).benchmark
                one.work.loops = one.calibration.get_runs()[0].get_loops()
                before = self._canary.sing()
            taken = _take(one)
            after = self._canary.sing()
            if _keeps_answers(taken):  # once more: it may have been a hiccup
                taken = _take(one)
                before, after = after, self._canary.sing()
                if _keeps_answers(taken):
                    raise Failure("invalid", _kept(taken))
        except Failure as failure:
            one.failed = True
            one.record.status, one.record.message = failure.status, failure.message
            return self._canary.sing()
        taken.drift = self._canary.drift(before, after)
        one.work.twin = None
        one.attempts += 1
        one.spent += perf_counter() - start
        self._count(one, taken)
        return after

    def _count(self, one: _Series, taken: Round) -> None:
        """Let a round count, unless it was disturbed and another can take its place."""
        if taken.drift > DISTURBED or taken.waited > WAITED:
            if one.retaken < one.effort.rounds and one.spent + one.next <= one.effort.seconds:
                one.retaken += 1
                return
            one.disturbed.append(taken)
        one.rounds.append(taken)
        one.record.cost = taken.cost

    def _finish(self, one: _Series) -> Record:
        record = one.record
        if one.failed:
            return record
        runs = [taken.benchmark for taken in one.rounds]
        if one.calibration is not None:
            runs.insert(0, one.calibration)
        for other in runs[1:]:
            runs[0].add_runs(other)
        self._benchmarks.append(runs[0])
        record.values = [value for taken in one.rounds for value in taken.values]
        record.processes = len(one.rounds)
        record.seconds = statistics.median(record.values)
        record.status, record.message = "ok", ""
        record.why = one.verdict.why
        record.precision = one.verdict.width if math.isfinite(one.verdict.width) else None
        record.drift = max(taken.drift for taken in one.rounds)
        record.waited = sum(taken.seen.waited for taken in one.rounds)
        record.flags = list(_flags(one))
        return record


def _take(one: _Series, calibrate: bool = False) -> Round:
    """A round; where the clocks disagree, another one: they rarely do so twice by accident."""
    try:
        return take(one.work, one.attempts, calibrate)
    except Doubted:
        return take(one.work, one.attempts, calibrate)


def _flags(one: _Series) -> Iterator[str]:
    """What a reader is warned of, each "name: sentence"."""
    rounds = one.rounds
    if one.disturbed:
        drift = max(taken.drift for taken in one.disturbed)
        waited = max(taken.waited for taken in one.disturbed)
        reasons = []
        if drift > DISTURBED:
            reasons.append(f"a fixed piece of work took up to {drift:.2f} times its usual time")
        if waited > WAITED:
            reasons.append(
                f"up to {_percent(waited)} of a process's time went by without a processor"
            )
        yield (
            f"disturbed: around {len(one.disturbed)} of {len(rounds)} processes "
            + " and ".join(reasons)
        )
    asked = one.effort.precision
    if one.verdict.why != "precise" and asked is not None:
        wide = (
            f"the interval is {_percent(one.verdict.width)} wide"
            if math.isfinite(one.verdict.width)
            else "there is no interval"
        )
        count = f"{len(rounds)} process" + ("es" if len(rounds) > 1 else "")
        yield f"unstable: {wide} after {count}; {_percent(asked)} was asked for"
    doubted = [taken for taken in rounds if taken.seen.doubt()]
    if doubted:
        worst = max(doubted, key=lambda taken: taken.seen.worked - taken.seen.claimed).seen
        yield (f"clock: its clock says {told(worst.claimed)}, the harness's {told(worst.worked)}")
    firsts = [taken.first for taken in rounds if taken.later]
    if firsts:
        first = statistics.median(firsts)
        later = statistics.median(value for taken in rounds for value in taken.later)
        if _far_beyond(first, later):
            yield (
                f"warm: the first solve in a process took {told(first)}, later ones {told(later)}; "
                "what it keeps between solves (compiled code, or answers) is not in this time"
            )


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %" if share < 1 else f"{100 * share:.0f} %"


def _far_beyond(seconds: float, usual: float) -> bool:
    return seconds > _KEPT_TIMES * usual and seconds - usual > _KEPT_SECONDS


def _keeps_answers(taken: Round) -> bool:
    """Whether an instance that it had not seen took far longer than the repeats."""
    return (
        taken.twin is not None
        and bool(taken.later)
        and _far_beyond(taken.twin, statistics.median(taken.later))
    )


def _kept(taken: Round) -> str:
    return (
        f"a relabelled instance took {told(taken.twin or 0.0)} where the repeats took "
        f"{told(statistics.median(taken.later))}: it keeps answers between solves"
    )
