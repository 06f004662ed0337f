"""Runs on this machine: traces case by case with rivals in random order, then timings."""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from queue import SimpleQueue
from typing import Any, Protocol

from harness import machine
from harness.api import Case, InvalidCase
from harness.canary import DISTURBED, Canary
from harness.instances import Stored
from harness.isolate import IsolationError, Worker
from harness.measure import trace
from harness.plan import Contestant, Plan, blank, instance
from harness.record import Record
from harness.timing import Effort, Timer

_LONG = 5.0  # seconds: a longer run is not taken again because it was disturbed
Kept = Mapping[str, Mapping[str, Any]]  # key -> the fields of a record that is there already


class Watcher(Protocol):
    """Told what goes on; the progress display is one."""

    def started(self, what: str) -> None:
        """Something that takes a while began, such as "k_medoids digits[k=50] fasterpam"."""

    def stepped(self, steps: int) -> None:
        """So many of the `steps_of` the plan are done."""


@dataclass(frozen=True)
class Options:
    """How a plan is run.

    Attributes:
        jobs: traced runs at the same time; timings are always taken alone.
        threads: that each run may use.
        effort: of the timings; None takes none.
        order: seed of the random order.
        repeat: share of the traced runs that is repeated and compared; of each solver at least
            one, where it is not 0.
    """

    jobs: int = 1
    threads: int = 1
    effort: Effort | None = field(default_factory=Effort)
    order: int = 0
    repeat: float = 0.1

    def of(self, plan: Plan) -> Options:
        """The same for one plan, which may take no timings."""
        return self if plan.timed else replace(self, effort=None)


def steps_of(plan: Plan, options: Options) -> int:
    """How many steps running the plan takes, for a progress bar."""
    effort = options.of(plan).effort
    timings = effort.rounds if effort else 0
    return len(plan.cases) * len(plan.contestants) * (len(plan.seeds) + timings)


def settled(plan: Plan, options: Options) -> Plan:
    """The plan with those options that decide results, so that they are part of every key."""
    effort = {} if options.effort is None else asdict(options.effort)
    return replace(plan, threads=options.threads, effort=effort)


def execute(
    plan: Plan,
    options: Options,
    timer: Timer | None,
    watch: Watcher,
    kept: Kept | None = None,
) -> Iterator[Record]:
    """Run a plan.

    Args:
        plan: what is to be run.
        options: how.
        timer: takes the timings; None takes none.
        watch: told what goes on.
        kept: the records that are there already, by key; what they tell is not run again.

    Yields:
        a record of every run that is not kept, whatever happens.
    """
    options = options.of(plan)
    plan, kept = settled(plan, options), kept or {}
    order = random.Random(options.order)
    with ExitStack() as stack:
        workers = [
            stack.enter_context(
                Worker(options.threads, processors=machine.processors(options.threads, skip))
            )
            for skip in range(options.jobs)
        ]
        runs = _Runs(plan, options, watch, workers)
        for case in plan.cases:
            watch.started(f"{plan.name} {case}: making the instance")
            try:
                stored = instance(plan, case)
            except InvalidCase as error:
                yield from _no_instance(plan, options, case, str(error), watch, kept)
                continue
            yield from _one_case(plan, options, timer, watch, case, stored, order, runs, kept)


def _no_instance(
    plan: Plan, options: Options, case: Case, why: str, watch: Watcher, kept: Kept
) -> Iterator[Record]:
    for who in plan.contestants:
        for seed in plan.seeds:
            record = blank(plan, who, case, None, seed, "trace")
            record.message = why
            watch.stepped(1)
            if record.key not in kept:
                yield record
        watch.stepped(options.effort.rounds if options.effort else 0)


def _one_case(
    plan: Plan,
    options: Options,
    timer: Timer | None,
    watch: Watcher,
    case: Case,
    stored: Stored,
    order: random.Random,
    runs: _Runs,
    kept: Kept,
) -> Iterator[Record]:
    pairs = [(who, seed) for seed in plan.seeds for who in plan.contestants]
    order.shuffle(pairs)
    found = [
        (pair, kept.get(blank(plan, pair[0], case, stored, pair[1], "trace").key)) for pair in pairs
    ]
    missing = [pair for pair, old in found if old is None]
    watch.stepped(len(pairs) - len(missing))
    seconds: dict[str, list[float]] = {}
    for _, old in found:
        if old is not None:
            _note(seconds, old["label"], old["status"], old["seconds"])
    for record in runs.of_case(case, stored, missing):
        _note(seconds, record.label, record.status, record.seconds)
        yield record
    if timer is None or options.effort is None:
        return
    for who in plan.contestants:
        if blank(plan, who, case, stored, None, "timing").key in kept:
            seconds.pop(who.label, None)
    expected = {label: statistics.median(values) for label, values in seconds.items()}
    yield from _timings(plan, options.effort, timer, watch, case, stored, expected)


def _timings(
    plan: Plan,
    effort: Effort,
    timer: Timer,
    watch: Watcher,
    case: Case,
    stored: Stored,
    expected: dict[str, float],
) -> Iterator[Record]:
    steps = effort.rounds * len(plan.contestants)
    stepped = 0

    def say(label: str, done: int, of: int) -> None:
        nonlocal stepped
        watch.started(f"{plan.name} {case}: timing {label} ({done + 1} of {of})")
        now = steps * done // max(of, 1)
        watch.stepped(now - stepped)
        stepped = now

    yield from timer.case(plan, case, stored, expected, say)
    watch.stepped(steps - stepped)


def _note(seconds: dict[str, list[float]], label: str, status: str, taken: float | None) -> None:
    """Remember how long a run took that ended well: it says what a timing will cost."""
    if status == "ok" and taken is not None:
        seconds.setdefault(label, []).append(taken)


class _Runs:
    """Takes the traced runs of a plan."""

    def __init__(self, plan: Plan, options: Options, watch: Watcher, workers: list[Worker]) -> None:
        self._plan, self._options, self._watch, self._workers = plan, options, watch, workers
        self._chance = random.Random(options.order)
        self._repeated: set[str] = set()
        self._free: SimpleQueue[Worker] = SimpleQueue()
        for worker in workers:
            self._free.put(worker)
        # Several runs at a time disturb each other, and the canary would tell of nothing else.
        alone = len(workers) == 1
        self._canary = Canary(machine.processors(options.threads)) if alone else None

    def of_case(
        self, case: Case, stored: Stored, pairs: Sequence[tuple[Contestant, int]]
    ) -> Iterator[Record]:
        """A record of each pair of solver and seed, as they end."""
        if len(self._workers) == 1:
            for who, seed in pairs:
                yield self._one(case, stored, who, seed)
                self._watch.stepped(1)
            return
        with ThreadPoolExecutor(len(self._workers)) as pool:
            futures = [pool.submit(self._one, case, stored, who, seed) for who, seed in pairs]
            try:
                for future in as_completed(futures):
                    yield future.result()
                    self._watch.stepped(1)
            except BaseException:
                for future in futures:
                    future.cancel()
                for worker in self._workers:
                    worker.abort()  # or the pool would wait for what is under way
                raise

    def _one(self, case: Case, stored: Stored, who: Contestant, seed: int) -> Record:
        worker = self._free.get()
        again = self._is_repeated(who.label)
        try:
            self._watch.started(f"{self._plan.name} {case}: {who.label}, seed {seed}")
            record = self._undisturbed(worker, case, stored, who, seed, again)
        except IsolationError as error:
            record = blank(self._plan, who, case, stored, seed, "trace")
            record.status, record.message = "crashed", str(error)
            record.key = ""  # it says nothing of the solver: a resumed run takes it again
        finally:
            self._free.put(worker)
        if record.verified is not None:
            self._repeated.add(record.label)
        return record

    def _is_repeated(self, label: str) -> bool:
        share = self._options.repeat
        return share > 0 and (label not in self._repeated or self._chance.random() < share)

    def _undisturbed(
        self, worker: Worker, case: Case, stored: Stored, who: Contestant, seed: int, again: bool
    ) -> Record:
        """One run; taken once more where the first was disturbed and was not long."""
        for attempt in range(2):
            before = self._canary.sing() if self._canary is not None else None
            record = trace(worker, self._plan, who, case, stored, seed, again)
            if self._canary is None or before is None or who.refusal:
                break
            record.drift = self._canary.drift(before, self._canary.sing())
            waited = any(flag.startswith("disturbed:") for flag in record.flags)
            if record.drift <= DISTURBED and not waited:
                break
            if attempt == 0 and (record.wall or 0.0) < _LONG:
                continue
            if not waited:
                record.flags.append(
                    f"disturbed: a fixed piece of work around it took {record.drift:.2f} times "
                    "the usual"
                )
            break
        return record
