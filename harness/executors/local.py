"""Runs on this machine: traces case by case with rivals in random order, then timings."""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Protocol

from harness.api import Case, InvalidCase
from harness.instances import Stored
from harness.isolate import IsolationError, Worker
from harness.measure import trace
from harness.plan import Contestant, Plan, blank, instance
from harness.record import Record
from harness.timing import Effort, Timer


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
    """

    jobs: int = 1
    threads: int = 1
    effort: Effort | None = field(default_factory=Effort)
    order: int = 0


def steps_of(plan: Plan, options: Options) -> int:
    """How many steps running the plan takes, for a progress bar."""
    timings = options.effort.rounds if options.effort else 0
    return len(plan.cases) * len(plan.contestants) * (len(plan.seeds) + timings)


def execute(plan: Plan, options: Options, timer: Timer | None, watch: Watcher) -> Iterator[Record]:
    """Run a plan; every run of it yields a record, whatever happens."""
    order = random.Random(options.order)
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(options.threads)) for _ in range(options.jobs)]
        for case in plan.cases:
            watch.started(f"{plan.name} {case}: making the instance")
            try:
                stored = instance(plan, case)
            except InvalidCase as error:
                yield from _no_instance(plan, options, case, str(error), watch)
                continue
            yield from _one_case(plan, options, timer, watch, case, stored, order, workers)


def _no_instance(
    plan: Plan, options: Options, case: Case, why: str, watch: Watcher
) -> Iterator[Record]:
    for who in plan.contestants:
        for seed in plan.seeds:
            record = blank(plan, who, case, None, seed, "trace")
            record.message = why
            watch.stepped(1)
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
    workers: list[Worker],
) -> Iterator[Record]:
    pairs = [(who, seed) for seed in plan.seeds for who in plan.contestants]
    order.shuffle(pairs)
    seconds: dict[str, list[float]] = {}
    for record in _traces(plan, watch, case, stored, pairs, workers):
        if record.status == "ok" and record.seconds is not None:
            seconds.setdefault(record.label, []).append(record.seconds)
        yield record
    if timer is None or options.effort is None:
        return
    expected = {label: statistics.median(values) for label, values in seconds.items()}
    steps = options.effort.rounds * len(plan.contestants)
    stepped = 0

    def say(label: str, done: int, of: int) -> None:
        nonlocal stepped
        watch.started(f"{plan.name} {case}: timing {label} ({done + 1} of {of})")
        now = steps * done // max(of, 1)
        watch.stepped(now - stepped)
        stepped = now

    yield from timer.case(plan, case, stored, expected, say)
    watch.stepped(steps - stepped)


def _traces(
    plan: Plan,
    watch: Watcher,
    case: Case,
    stored: Stored,
    pairs: list[tuple[Contestant, int]],
    workers: list[Worker],
) -> Iterator[Record]:
    free: SimpleQueue[Worker] = SimpleQueue()
    for worker in workers:
        free.put(worker)

    def one(who: Contestant, seed: int) -> Record:
        worker = free.get()
        try:
            watch.started(f"{plan.name} {case}: {who.label}, seed {seed}")
            return trace(worker, plan, who, case, stored, seed)
        except IsolationError as error:
            record = blank(plan, who, case, stored, seed, "trace")
            record.status, record.message = "crashed", str(error)
            return record
        finally:
            free.put(worker)

    if len(workers) == 1:
        for who, seed in pairs:
            yield one(who, seed)
            watch.stepped(1)
        return
    with ThreadPoolExecutor(len(workers)) as pool:
        futures = [pool.submit(one, who, seed) for who, seed in pairs]
        try:
            for future in as_completed(futures):
                yield future.result()
                watch.stepped(1)
        except BaseException:
            for future in futures:
                future.cancel()
            for worker in workers:
                worker.abort()  # or the pool would wait for what is under way
            raise
