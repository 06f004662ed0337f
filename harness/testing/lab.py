"""Where the kit runs things: isolated, under hard limits, each run kept as plain values."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.answers import decode
from harness.api import Instance
from harness.instances import Stored, store
from harness.isolate import IsolationError, Limits, Worker
from harness.loading import Source
from harness.paths import scratch_folder
from harness.run import Budget, Point

_MEMORY = 8 << 30  # bytes of address space; a runaway must not take the machine down
_INSIDE = Source(str(Path(__file__).with_name("inside.py"))).as_json()


@dataclass(frozen=True, eq=False)
class Run:
    """How one isolated run ended.

    Attributes:
        status: ok, timeout, memory, crashed, raised or invalid.
        message: why not ok, on one line.
        why: what ended it: finished, seconds, answers, calls; empty where it did not say.
        seconds: the solver's own time; where it did not live to tell, that of the process.
        answers, calls: how many.
        points: the answers that the harness kept, decoded.
        output: what it printed.
        changed: names of the data that it changed; known of batches only.
        generators: generators of the whole process that it used; known of batches only.
        imported: modules that it imported while it solved; known of batches only.
    """

    status: str
    message: str = ""
    why: str = ""
    seconds: float = 0.0
    answers: int = 0
    calls: int = 0
    points: tuple[Point, ...] = ()
    output: str = ""
    changed: tuple[str, ...] = ()
    generators: tuple[str, ...] = ()
    imported: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return self.status == "ok"


@dataclass
class Lab:
    """Two servers of isolated runs that differ in all that must not matter, and a scratch folder.

    They start with the first run. Use it as a context manager; one serves any number of checks.

    Attributes:
        timeout: seconds of wall clock after which a run is killed.
        setup: seconds for imports and loading before it.
        boards: the problems that were checked here, with their runs.
    """

    timeout: float = 20.0
    setup: float = 60.0
    boards: dict[Any, Any] = field(default_factory=dict, repr=False)
    _workers: list[Worker] = field(default_factory=list)
    _scratch: str = ""

    def __enter__(self) -> Lab:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _open(self) -> None:
        if self._scratch:
            return
        self._scratch = scratch_folder("kit")
        for seed in ("0", "1"):  # of Python's hashes, by which sets of strings are ordered
            worker = Worker(environment={"PYTHONHASHSEED": seed})
            self._workers.append(worker.__enter__())

    def close(self) -> None:
        """End the servers and forget everything; the next run opens them again."""
        self.boards.clear()
        while self._workers:
            self._workers.pop().__exit__()
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = ""

    def keep(self, instance: Instance) -> Stored:
        """Store an instance in the scratch folder."""
        self._open()
        return store(instance, Path(self._scratch))

    def run(
        self,
        job: Mapping[str, Any],
        budget: Budget,
        elsewhere: bool = False,
        timeout: float | None = None,
    ) -> Run:
        """Run a job; `elsewhere` is the server with other hashes and another global generator."""
        self._open()
        limits = Limits(timeout or self.timeout, self.setup, _MEMORY)
        asked = {"seconds": budget.seconds, "answers": budget.answers, "calls": budget.calls}
        try:
            outcome = self._workers[elsewhere].run(
                {**job, "budget": {**asked, "target": None}}, limits, thin=False
            )
        except IsolationError as error:
            return Run("crashed", f"it took the server of the runs down: {error}")
        try:
            points = [
                Point(point.seconds, point.calls, point.answers, decode(point.answer))
                for point in outcome.points
            ]
        except ValueError as error:
            return Run("invalid", f"an answer can't be read: {error}", output=outcome.output)
        message = one_line(outcome.message)
        if outcome.ending is None:
            last = points[-1] if points else Point(0.0, 0, 0, None)
            said = outcome.status, message, "", outcome.wall, last.answers, last.calls
        else:
            end = outcome.ending
            said = outcome.status, message, end.why, end.seconds, end.answers, end.calls
        return Run(*said, tuple(points), outcome.output)

    def inside(
        self,
        task: Mapping[str, Any],
        elsewhere: bool = False,
        timeout: float | None = None,
        preload: Sequence[str] = (),
    ) -> tuple[dict[str, Any] | None, Run]:
        """Do a task of `harness.testing.inside`; what was found (None where it failed), the run."""
        job = {
            "problem": _INSIDE,
            "solver": _INSIDE,
            "parameters": {"task": dict(task)},
            "preload": list(preload),
            "data": str(self.keep(Instance({})).data),
            "seed": 0,
            # Making cases fills the cache; everything else leaves nothing behind.
            "writable": [task["cache"]] if task.get("cache") else [],
        }
        run = self.run(job, Budget(), elsewhere, timeout)
        return (run.points[-1].answer if run.ok and run.points else None), run

    def batch(
        self,
        job: Mapping[str, Any],
        folders: Sequence[tuple[Path, Budget]],
        elsewhere: bool = False,
        writable: bool = False,
    ) -> list[Run] | None:
        """Run a job on many data folders in one process, which saves its imports.

        Returns:
            a run for each, with every answer that differs from those before it; None where the
            process did not live to the end, so that nobody knows which of them was to blame.
        """
        jobs = [{"data": str(data), "budget": vars(budget)} for data, budget in folders]
        task = {**job, "do": "solve", "jobs": jobs, "writable": writable}
        found, run = self.inside(
            task, elsewhere, self.timeout + 0.5 * len(jobs), preload=job["preload"]
        )
        if found is None or run.output:
            return None
        return [_of_batch(one) for one in found["runs"]]


def _of_batch(one: dict[str, Any]) -> Run:
    points = tuple(Point(0.0, calls, number, answer) for number, calls, answer in one["points"])
    return Run(
        one["status"],
        one["message"],
        one.get("why", ""),
        one.get("seconds", 0.0),
        one.get("answers", points[-1].answers if points else 0),
        one.get("calls", 0),
        points,
        changed=tuple(one["changed"]),
        generators=tuple(one["generators"]),
        imported=tuple(one["imported"]),
    )


def one_line(message: str) -> str:
    """The tail of a traceback as one line: the error, and where it was raised."""
    lines = message.strip().splitlines()
    frames = [i for i, line in enumerate(lines) if line.lstrip().startswith('File "')]
    if not frames:
        return " / ".join(line.strip() for line in lines if line.strip())
    after = [line for line in lines[frames[-1] + 1 :] if line[:1].strip()]
    said = after[0] if after else lines[-1].strip()
    place = re.match(r'\s*File "(.+?)", line (\d+)', lines[frames[-1]])
    return f"{said} ({Path(place[1]).name}, line {place[2]})" if place else said
