"""Timings by pyperf, whose only importer this is.

Each value is taken in a fresh worker process (`python -m harness.timing`, pyperf's own worker
protocol); the workers of rival solvers on one case alternate in random order. The raw runs are
kept as a pyperf suite that `python -m pyperf stats` and `compare_to` read.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.answers import decode, encode, own
from harness.api import BudgetSpent, Case, Events, InvalidAnswer, Meter
from harness.child import prepare
from harness.instances import Stored
from harness.isolate import budget_json, call, clean_environment
from harness.measure import judge
from harness.plan import Contestant, Plan, blank, job
from harness.record import Record

# What pyperf collects of a machine that a published file should not tell.
_PRIVATE = (
    "hostname",
    "python_executable",
    "python_config_args",
    "command",
    "boot_time",
    "uptime",
    "runnable_threads",
    "load_avg_1min",
)
_CALIBRATE_BELOW = 0.01  # seconds of one solve: below, several solves make one value
_MIN_TIME = 0.05  # seconds that the solves of one value take together


@dataclass(frozen=True)
class Effort:
    """How many values to take.

    Attributes:
        rounds: worker processes per solver and case.
        values: values per process, after one warm-up.
        seconds: what one solver on one case may cost in all.
    """

    rounds: int = 5
    values: int = 3
    seconds: float = 10.0

    def for_solve(self, seconds: float) -> Effort | None:
        """Less effort for a long solve; None where three solves would be too many."""
        if self.rounds * (self.values + 1) * seconds <= self.seconds:
            return self
        if 3 * seconds > 2 * self.seconds:
            return None
        return Effort(max(3, min(self.rounds, int(self.seconds / seconds))), 1, self.seconds)


@dataclass
class _Series:
    """The timing of one solver on one case, as it grows."""

    record: Record
    who: Contestant
    effort: Effort
    expected: float
    warmups: int
    loops: int = 0  # 0: to be calibrated
    benchmark: Any = None
    taken: int = 0
    failed: bool = False
    values: list[float] = field(default_factory=list)


class Timer:
    """Takes timings and keeps the pyperf suite of one `bench run`."""

    def __init__(self, effort: Effort, threads: int = 1, seed: int = 0) -> None:
        self._effort, self._threads = effort, threads
        self._order = random.Random(seed)
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
            watch: told the label, the workers done and the workers planned.

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
        planned = sum(one.effort.rounds for one in series)
        done = 0
        for number in range(max((one.effort.rounds for one in series), default=0)):
            active = [one for one in series if number < one.effort.rounds and not one.failed]
            self._order.shuffle(active)
            for one in active:
                watch(one.who.label, done, planned)
                self._round(plan, one, stored, number)
                done += 1
        for one in series:
            yield self._finish(one)

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
        warmups = 1 if effort == self._effort else 0
        loops = 0 if seconds < _CALIBRATE_BELOW else 1
        return _Series(record, who, effort, seconds, warmups, loops)

    def _round(self, plan: Plan, one: _Series, stored: Stored, number: int) -> None:
        if one.loops == 0:
            run = self._worker(plan, one, stored, number, calibrate=True)
            if run is None:
                return
            one.loops = run.get_runs()[0].get_loops()
        self._worker(plan, one, stored, number, calibrate=False)

    def _worker(
        self, plan: Plan, one: _Series, stored: Stored, number: int, calibrate: bool
    ) -> Any:
        """Run one worker process; returns its pyperf benchmark, or None where it failed."""
        with tempfile.TemporaryDirectory(prefix="bench-timing-") as folder:
            answer, said = Path(folder) / "answer", Path(folder) / "run.json"
            task = {
                **job(plan, one.who, stored, number),
                "budget": budget_json(plan.budget, plan.timeout),
                "name": f"{plan.name}/{one.who.label} {one.record.case}",
                "answer": str(answer),
            }
            (Path(folder) / "job.json").write_text(json.dumps(task))
            descriptor = os.open(said, os.O_WRONLY | os.O_CREAT, 0o600)
            command = [sys.executable, "-m", "harness.timing", f"{folder}/job.json", "--worker"]
            command += ["--pipe", str(descriptor), "--worker-task=0", "--min-time", str(_MIN_TIME)]
            if calibrate:
                command += ["--calibrate-loops", "--values", "1", "--warmups", "0"]
            else:
                command += ["--loops", str(one.loops), "--values", str(one.effort.values)]
                command += ["--warmups", str(one.warmups)]
            solves = (one.effort.values + one.warmups) * max(1, one.loops)
            limit = 60 + 10 * (solves * one.expected + 10 * _MIN_TIME)
            environment = clean_environment(self._threads, {"TMPDIR": folder})
            try:
                code, output = call(command, limit, environment, [descriptor])
            finally:
                os.close(descriptor)
            if code != 0:
                one.failed = True
                one.record.status = "timeout" if code is None else "crashed"
                one.record.message = (
                    f"a timing worker was killed after {limit:.0f} s"
                    if code is None
                    else f"a timing worker ended with exit code {code}: "
                    + " / ".join(output.strip().splitlines()[-2:])[-300:]
                )
                return None
            if not calibrate and not self._judge(plan, one, stored, answer):
                return None
            return self._add(one, said)

    def _judge(self, plan: Plan, one: _Series, stored: Stored, answer: Path) -> bool:
        """Score the worker's last answer, so that a timing is never of wrong work."""
        try:
            cost, _ = judge(plan.problem, stored.load(), decode(answer.read_bytes()))
        except (InvalidAnswer, ValueError, OSError) as error:
            one.failed = True
            one.record.status, one.record.message = "invalid", f"while timed: {error}"
            return False
        one.record.cost = cost
        return True

    def _add(self, one: _Series, said: Path) -> Any:
        import pyperf

        loaded = pyperf.Benchmark.load(str(said))
        runs = []
        for run in loaded.get_runs():
            metadata = {k: v for k, v in run.get_metadata().items() if k not in _PRIVATE}
            runs.append(
                pyperf.Run(run.values, run.warmups, metadata=metadata, collect_metadata=False)
            )
            one.values.extend(run.values)
        benchmark = pyperf.Benchmark(runs)
        if one.benchmark is None:
            one.benchmark = benchmark
        else:
            one.benchmark.add_runs(benchmark)
        return benchmark

    def _finish(self, one: _Series) -> Record:
        record = one.record
        if one.values and not one.failed:
            self._benchmarks.append(one.benchmark)
            record.seconds = statistics.median(one.values)
            record.values = one.values
            record.status, record.message = "ok", ""
        return record


def _solves(task: dict[str, Any], keep: list[Any]) -> Callable[[int], float]:
    """pyperf's time function: so many solves, each with a generator of its own.

    The loop is not that of `run.drive`, whose bookkeeping for the trace would be timed along.
    """
    import numpy as np

    budget = task["budget"]
    clock = time.perf_counter
    limit = budget["seconds"] or float("inf")
    most = budget["answers"] or sys.maxsize
    solver, problem, data = prepare(task)
    count = 0

    def time_function(loops: int) -> float:
        nonlocal count
        total = 0.0
        for _ in range(loops):
            count += 1
            meter = Meter(budget["calls"])
            seen = problem.open(data, meter)
            rng = np.random.default_rng([task["seed"], count])
            events = seen if isinstance(seen, Events) else None
            answers = 0
            decisions: list[Any] = []
            answer: Any = None
            start = clock()
            try:
                for answer in solver.solve(seen, rng):
                    answer = own(answer)
                    answers += 1
                    if events is not None:
                        events.decided()
                        decisions.append(answer)
                    if answers >= most or clock() - start >= limit:
                        break
            except BudgetSpent:
                pass
            total += clock() - start
            keep[0] = decisions if events is not None else answer
        return total

    return time_function


def main() -> None:
    """A pyperf worker: time the job that the first argument names."""
    import pyperf

    runner = pyperf.Runner()
    runner.argparser.add_argument("job")
    task = json.loads(Path(runner.parse_args().job).read_text())
    keep: list[Any] = [None]
    runner.bench_time_func(task["name"], _solves(task, keep))
    Path(task["answer"]).write_bytes(encode(keep[0]))


if __name__ == "__main__":
    main()
