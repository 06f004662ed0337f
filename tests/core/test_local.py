"""Plans run on this machine: in which order, what is repeated, what is taken again."""

import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from harness import machine
from harness.canary import DISTURBED, Canary, Reading
from harness.catalogue import Catalogue
from harness.executors import local
from harness.executors.local import Options, execute, settled, steps_of
from harness.isolate import IsolationError
from harness.plan import blank, instance, make_plan
from harness.run import Budget

TOYS = Path(__file__).parents[1] / "toys"


class Quiet:
    """A watcher that counts."""

    def __init__(self):
        self.said, self.steps = [], 0

    def started(self, what):
        self.said.append(what)

    def stepped(self, steps):
        self.steps += steps


def options(**more):
    return Options(**{"effort": None, "repeat": 0.0, **more})


@pytest.fixture
def plan(tmp_path):
    def plan(seeds=5, problem="toy_batch", solvers=(), suite="smoke"):
        catalogue = Catalogue([TOYS], tmp_path / "index.json")
        return make_plan(catalogue, problem, list(solvers), [], suite, seeds, Budget(), 20.0)

    return plan


class Bench:
    """Stands for workers and runs: what was asked for, and what comes of it."""

    def __init__(self):
        self.workers, self.runs, self.busy, self.most = [], [], 0, 0
        self.outcome = lambda record, attempt: None
        self.verify = lambda record: True
        self._lock = threading.Lock()

    def worker(self, threads, processors=()):
        self.workers.append((threads, processors))
        return Worker(len(self.workers))

    def trace(self, worker, plan, who, case, stored, seed, again=False):
        with self._lock:
            self.busy += 1
            self.most = max(self.most, self.busy)
            assert worker.take()
        try:
            record = blank(plan, who, case, stored, seed, "trace")
            if who.refusal:
                return record
            record.status, record.seconds, record.wall, record.cost = "ok", 0.01, 0.01, 1.0
            self.runs.append((str(case), who.label, seed, again))
            self.outcome(record, self.runs.count(self.runs[-1]))
            if again:
                record.verified = self.verify(record)
            return record
        finally:
            with self._lock:
                worker.taken = False
                self.busy -= 1


class Worker:
    def __init__(self, number):
        self.number, self.taken, self.aborted = number, False, False

    def take(self):
        was_free, self.taken = not self.taken, True
        return was_free

    def abort(self):
        self.aborted = True

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass


@pytest.fixture
def bench(monkeypatch):
    bench = Bench()
    monkeypatch.setattr(local, "Worker", bench.worker)
    monkeypatch.setattr(local, "trace", bench.trace)
    sing(monkeypatch)
    return bench


def sing(monkeypatch, *songs):
    """Let the canary sing these, in seconds, and then the usual; returns what was sung."""
    left, sung = list(songs), []

    def read():
        taken = left.pop(0) if left and len(sung) >= 4 else 1.0
        sung.append(taken)
        return Reading(taken, 1.0)

    monkeypatch.setattr(local, "Canary", lambda cpus: Canary((), read))
    return sung


def run(plan, given, watch=None, kept=None):
    return list(execute(plan, given, None, watch or Quiet(), kept))


# ---------------------------------------------------------------- what is repeated


def repeated(bench):
    return Counter(label for _, label, _, again in bench.runs if again)


def test_nothing_is_repeated_where_the_share_is_0(plan, bench):
    records = run(plan(), options(repeat=0.0))
    assert len(records) == len(bench.runs) == 2 * 2 * 5
    assert not repeated(bench)
    assert {record.verified for record in records} == {None}


def test_everything_is_repeated_where_the_share_is_1(plan, bench):
    run(plan(), options(repeat=1.0))
    assert repeated(bench) == {"guess": 10, "scan": 10}


def test_each_solver_is_repeated_at_least_once(plan, bench):
    run(plan(1, suite="edge"), options(repeat=1e-9))
    assert repeated(bench) == {"guess": 1, "scan": 1}
    assert [again for *_, again in bench.runs] == [True, True, False, False]


def test_a_solver_whose_run_could_not_be_compared_is_repeated_again(plan, bench):
    bench.verify = lambda record: None if record.label == "guess" else False
    run(plan(3, suite="edge"), options(repeat=1e-9))
    assert repeated(bench) == {"guess": 6, "scan": 1}


def test_about_the_share_is_repeated_and_which_is_seeded(plan, bench):
    chosen = []
    for order in (1, 1, 2):
        bench.runs.clear()
        run(plan(500, suite="edge"), options(repeat=0.1, order=order))
        chosen.append([pair for pair in bench.runs if pair[3]])
    assert chosen[0] == chosen[1] != chosen[2]
    for runs in chosen:
        assert 150 < len(runs) < 255  # of 2000; 3.7 standard deviations
        assert 70 < sum(label == "scan" for _, label, _, _ in runs) < 135


# ---------------------------------------------------------------- the order


def test_the_order_is_random_and_seeded_and_case_by_case(plan, bench):
    orders = []
    for order in (1, 1, 2):
        bench.runs.clear()
        run(plan(10), options(order=order))
        orders.append(list(bench.runs))
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[0]) == sorted(orders[2])
    cases = [case for case, *_ in orders[0]]
    assert cases == sorted(cases, key=cases.index)
    labels = [label for _, label, _, _ in orders[0][:20]]
    assert labels not in (["guess", "scan"] * 10, ["scan", "guess"] * 10, sorted(labels))


def test_records_that_are_kept_are_not_run_again(plan, bench):
    given = options()
    made = plan(4)
    everything = {record.key: vars(record) for record in run(made, given)}
    assert len(everything) == 16
    bench.runs.clear()
    watch = Quiet()
    assert run(made, given, watch, everything) == bench.runs == []
    assert watch.steps == steps_of(made, given) == 16
    missing = list(everything)[3:5]
    kept = {key: fields for key, fields in everything.items() if key not in missing}
    watch = Quiet()
    assert {record.key for record in run(made, given, watch, kept)} == set(missing)
    assert (len(bench.runs), watch.steps) == (2, 16)


def test_what_was_kept_under_other_threads_is_run(plan, bench):
    kept = {record.key: vars(record) for record in run(plan(1), options())}
    bench.runs.clear()
    assert len(run(plan(1), options(threads=2), kept=kept)) == len(bench.runs) == 4


def test_a_case_that_cannot_be_made_is_told_of_each_run(plan, bench, monkeypatch):
    def fail(plan, case):
        if "1000" in str(case):
            raise local.InvalidCase("too many")
        return instance(plan, case)

    monkeypatch.setattr(local, "instance", fail)
    watch = Quiet()
    records = run(plan(3), options(), watch)
    skipped = [record for record in records if record.status == "skipped"]
    assert (len(records), len(skipped), watch.steps) == (12, 6, 12)
    assert {record.message for record in skipped} == {"too many"}


# ---------------------------------------------------------------- disturbances


LOUD = 2.0


@pytest.fixture
def single(plan):
    made = plan(1, "toy_exact", ["loop"])
    return lambda: run(made, options())


@pytest.mark.parametrize("songs", [(LOUD, 1.0), (1.0, LOUD)], ids=["before", "after"])
def test_a_disturbed_run_is_taken_again_and_the_second_counts(single, bench, monkeypatch, songs):
    sung = sing(monkeypatch, *songs)
    bench.outcome = lambda record, attempt: setattr(record, "cost", float(attempt))
    (record,) = single()
    assert (len(bench.runs), record.cost, record.flags, record.drift) == (2, 2.0, [], 1.0)
    assert len(sung) == 5 + 3


def test_a_run_that_is_disturbed_twice_is_flagged(single, bench, monkeypatch):
    sing(monkeypatch, 1.0, LOUD, 1.0, LOUD)
    (record,) = single()
    told = "disturbed: a fixed piece of work around it took 2.00 times the usual"
    assert (len(bench.runs), record.flags, record.drift) == (2, [told], 2.0)


def test_a_long_run_is_flagged_and_not_taken_again(single, bench, monkeypatch):
    sing(monkeypatch, 1.0, LOUD)
    bench.outcome = lambda record, attempt: setattr(record, "wall", 5.0)
    (record,) = single()
    assert (len(bench.runs), len(record.flags)) == (1, 1)


def test_a_run_that_waited_is_taken_again_and_flagged_once(single, bench, monkeypatch):
    bench.outcome = lambda record, attempt: record.flags.append("disturbed: it waited")
    sing(monkeypatch, 1.0, LOUD, 1.0, LOUD)
    (record,) = single()
    assert (len(bench.runs), record.flags) == (2, ["disturbed: it waited"])


def test_little_drift_is_noted_and_not_flagged(single, bench, monkeypatch):
    sing(monkeypatch, 1.0, DISTURBED)
    (record,) = single()
    assert (len(bench.runs), record.flags, record.drift) == (1, [], DISTURBED)


def test_a_solver_that_cannot_run_is_not_taken_again(plan, bench, monkeypatch):
    sing(monkeypatch, *[LOUD] * 9)
    made = plan(1, "toy_exact", ["loop"])
    refused = replace(made.contestants[0], refusal="it is not installed")
    (record,) = run(replace(made, contestants=(refused,)), options(repeat=1.0))
    assert (record.status, record.message, record.drift) == ("skipped", "it is not installed", None)
    assert record.flags == bench.runs == []


# ---------------------------------------------------------------- several at a time


def test_several_runs_at_a_time_have_no_canary(plan, bench, monkeypatch):
    monkeypatch.setattr(local, "Canary", None)
    barrier = threading.Barrier(2, timeout=20)
    bench.outcome = lambda record, attempt: barrier.wait()
    records = run(plan(3), options(jobs=2))
    assert (len(records), bench.most) == (12, 2)
    assert {record.drift for record in records} == {None}


@pytest.mark.parametrize(
    ("jobs", "threads", "allowed", "expected"),
    [
        (1, 1, {0, 1}, [(1,)]),
        (2, 1, {0, 1}, [(1,), (0,)]),
        (3, 1, {0, 1}, [(1,), (0,), (0, 1)]),
        (2, 2, {0, 1, 2, 3, 4}, [(3, 4), (1, 2)]),
        (2, 2, {4, 5}, [(4, 5), (4, 5)]),
        (1, 4, {0, 1}, [(0, 1)]),
    ],
)
def test_workers_have_processors_of_their_own_where_there_are_enough(
    plan, bench, monkeypatch, jobs, threads, allowed, expected
):
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda pid: allowed)
    run(plan(1), options(jobs=jobs, threads=threads))
    assert bench.workers == [(threads, chosen) for chosen in expected]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_server_that_breaks_down_costs_one_run(plan, bench, jobs):
    def fail(record, attempt):
        if (record.label, record.seed) == ("scan", 1):
            raise IsolationError("the server broke down")

    bench.outcome = fail
    watch = Quiet()
    records = run(plan(3), options(jobs=jobs, repeat=0.5), watch)
    broken = [record for record in records if record.status != "ok"]
    assert (len(records), len(broken), watch.steps) == (12, 2, 12)
    for record in broken:
        told = (record.label, record.seed, record.status, record.message, record.key)
        assert told == ("scan", 1, "crashed", "the server broke down", "")


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interruption_ends_all_and_is_passed_on(plan, bench, monkeypatch, jobs):
    workers = []
    monkeypatch.setattr(local, "Worker", lambda *a, **k: workers.append(Worker(0)) or workers[-1])

    def interrupt(record, attempt):
        raise KeyboardInterrupt

    bench.outcome = interrupt
    with pytest.raises(KeyboardInterrupt):
        run(plan(5), options(jobs=jobs))
    assert [worker.aborted for worker in workers] == [jobs > 1] * jobs


# ---------------------------------------------------------------- for real


@pytest.mark.parametrize("jobs", [1, 2])
def test_toys_are_run_and_verified(plan, jobs):
    for problem in ("toy_batch", "toy_online"):
        made = plan(2, problem)
        records = run(made, options(jobs=jobs, repeat=1.0))
        assert len(records) == 2 * len(made.cases) * len(made.contestants)
        assert {(record.status, record.verified) for record in records} == {("ok", True)}
        assert {record.drift is None for record in records} == {jobs > 1}
        assert {record.key for record in records} == {
            blank(settled(made, options()), who, case, instance(made, case), seed, "trace").key
            for case in made.cases
            for who in made.contestants
            for seed in made.seeds
        }
