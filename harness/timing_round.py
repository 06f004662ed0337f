"""One round of a timing: a worker process started, heard, and its values read and checked."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.answers import decode
from harness.api import Case, Instance, InvalidAnswer
from harness.instances import Stored, store
from harness.isolate import budget_json, call, clean_environment
from harness.measure import judge
from harness.paths import scratch_folder
from harness.plan import Contestant, Plan, job
from harness.timing_marks import Loop, Marks

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
_MIN_TIME = 0.05  # seconds that the solves of one value take together
_TWIN_BYTES = 128 << 20  # of an instance beyond which a twin would crowd the cache


class Failure(Exception):
    """A round that ends the timing of its solver: the status and the sentence for the reader."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


class Doubted(Failure):
    """A failure that a machine which stood still for a moment looks like, too: try once more."""


@dataclass(frozen=True)
class Twin:
    """Another instance as hard as the one that is timed: the same, relabelled."""

    name: str
    instance: Instance
    data: Path


@dataclass
class Work:
    """What a worker of one solver on one case does.

    Attributes:
        expected: seconds of one solve, from a traced run.
        cpus: processors that it is kept on.
        values, warmups: taken by one process.
        loops: solves that make one value; 0 until calibrated.
        twin: solved at the end, off the record, where there is one.
    """

    plan: Plan
    who: Contestant
    case: Case
    stored: Stored
    expected: float
    threads: int
    cpus: tuple[int, ...]
    values: int = 1
    warmups: int = 0
    loops: int = 0
    twin: Twin | None = None


@dataclass
class Round:
    """What one worker process gave.

    Attributes:
        benchmark: pyperf's, with the values and the warm-ups.
        values: seconds per solve.
        later: seconds per solve of what came after the process's first solve.
        first: seconds of that one. twin: of the solve of the twin. Both by the harness's clock.
        seen: of all loops, by the harness's clocks.
        cost: of its last answer.
        drift: of the canary around it.
    """

    benchmark: Any
    values: list[float]
    later: list[float]
    first: float
    twin: float | None
    seen: Loop
    cost: float | None = None
    drift: float = 1.0

    @property
    def waited(self) -> float:
        """The share of its time in which it could have run but had no processor."""
        return self.seen.waited / max(self.seen.wall, _MIN_TIME)


def make_twin(plan: Plan, stored: Stored) -> Twin | None:
    """The first symmetry of a problem that changes the instance, stored; None without one."""
    if (stored.data / "arrays.bin").stat().st_size > _TWIN_BYTES:
        return None
    cache = stored.data.parents[1]
    try:
        for symmetry in plan.problem.symmetries(stored.load(), np.random.default_rng(0)):
            twin = store(symmetry.instance, cache)
            if twin.digest != stored.digest:
                return Twin(symmetry.name, symmetry.instance, twin.data)
    except Exception:  # a plugin's code; `bench check` is where its symmetries are tested
        return None
    return None


def take(work: Work, number: int, calibrate: bool = False) -> Round:
    """Run one worker process, and check what it says.

    Args:
        work: what to do.
        number: of the round: its seed.
        calibrate: find out how many solves make one value, and take none.

    Raises:
        Failure: where the process failed, its answer is wrong, or its clock lies.
    """
    folder = Path(scratch_folder("timing"))
    try:
        marks = Marks(len(work.cpus))
        twin = None if calibrate else work.twin
        said, answers = _run(work, number, calibrate, twin, marks, folder)
        benchmark = _benchmark(said)
        (run,) = benchmark.get_runs()
        totals = [loops * value for loops, value in run.warmups]
        totals += [run.get_loops() * value for value in run.values]
        if not marks.confirms(totals):
            raise Failure("invalid", "the times that it wrote are not those that it took")
        later = [value for _, value in run.warmups][1:] + list(run.values)
        taken = Round(
            benchmark,
            list(run.values),
            later if run.warmups else later[1:],
            marks.first or 0.0,
            marks.twin,
            marks.seen(),
        )
        if not calibrate:
            taken.cost = _score(work, work.stored.load(), answers[0], "while timed")
        if twin is not None:
            _score(work, twin.instance, answers[1], f"while timed, with {twin.name}")
        return taken
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(
    work: Work, number: int, calibrate: bool, twin: Twin | None, marks: Marks, folder: Path
) -> tuple[Path, tuple[Path, Path]]:
    """Start a worker and hear it; returns the files of its times and of its answers."""
    answers, said = (folder / "answer", folder / "twin"), folder / "run.json"
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    descriptor = os.open(said, os.O_WRONLY | os.O_CREAT, 0o600)
    plan = work.plan
    task = {
        **job(plan, work.who, work.stored, number),
        "budget": budget_json(plan.budget, plan.timeout),
        "name": f"{plan.name}/{work.who.label} {work.case}",
        "cpus": list(work.cpus),
        "marks": theirs.fileno(),
        "folder": str(folder),
        "answer": str(answers[0]),
        "twin": "" if twin is None else str(twin.data),
        "twin_answer": str(answers[1]),
    }
    (folder / "job.json").write_text(json.dumps(task))
    command = [sys.executable, "-m", "harness.timing_worker", f"{folder}/job.json", "--worker"]
    command += ["--pipe", str(descriptor), "--worker-task=0", "--min-time", str(_MIN_TIME)]
    if calibrate:
        command += ["--calibrate-loops", "--values", "1", "--warmups", "0"]
    else:
        command += ["--loops", str(work.loops), "--values", str(work.values)]
        command += ["--warmups", str(work.warmups)]
    solves = (work.values + work.warmups) * max(1, work.loops) + 1
    limit = 60 + 10 * (solves * work.expected + 10 * _MIN_TIME)
    environment = clean_environment(work.threads, {"TMPDIR": str(folder)})
    with ours, theirs:
        try:
            passed = [descriptor, theirs.fileno()]
            code, output = call(command, limit, environment, passed, ours, marks.hear)
        finally:
            os.close(descriptor)
    if marks.lie:
        raise Doubted("invalid", marks.lie)
    if code != 0:
        raise _died(code, output, limit, twin if marks.at_twin else None)
    return said, answers


def _died(code: int | None, output: str, limit: float, twin: Twin | None) -> Failure:
    where = f" with {twin.name}" if twin else ""
    if code is None:
        return Failure("timeout", f"a timing worker was killed after {limit:.0f} s{where}")
    last = " / ".join(output.strip().splitlines()[-2:])[-300:]
    return Failure("crashed", f"a timing worker ended with exit code {code}{where}: {last}")


def _score(work: Work, instance: Instance, answer: Path, when: str) -> float:
    """Score the last answer, so that a timing is never of wrong work."""
    try:
        return judge(work.plan.problem, instance, decode(answer.read_bytes()))[0]
    except (InvalidAnswer, ValueError, OSError) as error:
        raise Failure("invalid", f"{when}: {error}") from None


def _benchmark(said: Path) -> Any:
    """pyperf's benchmark from a worker's file, without what is private."""
    import pyperf

    try:
        (run,) = pyperf.Benchmark.load(str(said)).get_runs()
    except (ValueError, OSError, LookupError, TypeError) as error:
        raise Failure("crashed", f"a timing worker's times can't be read: {error}") from None
    metadata = {k: v for k, v in run.get_metadata().items() if k not in _PRIVATE}
    return pyperf.Benchmark(
        [pyperf.Run(run.values, run.warmups, metadata=metadata, collect_metadata=False)]
    )
