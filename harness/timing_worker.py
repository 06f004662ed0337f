"""A timing worker: pyperf's own worker protocol around the solves of one job.

Started by `harness.timing` as `python -m harness.timing_worker job.json --worker ...`. Clocks are
bound at import, so that a solver that patches the `time` module changes nothing; one that patches
this module is found out by the marks (`harness.timing_marks`).
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

_STRETCH = 256  # solves between two marks, made ready beforehand; more would crowd the cache
_MOST_WRITTEN = 2 << 30  # bytes of a file


def main() -> None:
    """Time the job that the first argument names."""
    task = json.loads(Path(sys.argv[1]).read_text())
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setaffinity(0, task["cpus"])
    # Only now what takes long to import or starts threads, on the processors that are its own.
    import pyperf

    from harness.answers import encode
    from harness.child import prepare

    runner = pyperf.Runner()
    runner.argparser.add_argument("job")
    runner.parse_args()
    with socket.socket(fileno=task["marks"]) as channel:
        fence(task)
        solver, problem, data = prepare(task)
        solves = Solves(task, solver, problem, channel)
        runner.bench_time_func(task["name"], lambda loops: solves.loop(data, loops))
        Path(task["answer"]).write_bytes(encode(solves.answer))
        if task["twin"]:
            solves.twin(Path(task["twin"]))
            Path(task["twin_answer"]).write_bytes(encode(solves.answer))


def fence(task: dict[str, Any]) -> None:
    """What a timing may touch: its own folder to write, of the cache its own data to read."""
    from harness.sandbox import Fence

    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_WRITTEN, _MOST_WRITTEN))
    shown = [Path(task[name]) for name in ("data", "twin") if task[name]]
    around = Fence([Path(path) for path in task["hidden"]], shown)
    around.prepare()
    around.enter([Path(path) for path in (task["folder"], *task.get("writable", ()))])


class Solves:
    """Solves with the clock running, and the marks around them.

    The loop over answers is not that of `run.drive`, whose bookkeeping for the trace would be timed
    along. Every solve has a generator of its own.
    """

    def __init__(
        self, task: dict[str, Any], solver: Any, problem: Any, channel: socket.socket
    ) -> None:
        self._budget, self._seed = task["budget"], task["seed"]
        self._solver, self._problem, self._channel = solver, problem, channel
        self._count = 0
        self._solve = self._timed()
        self.answer: Any = None

    def loop(self, data: Any, loops: int) -> float:
        """pyperf's time function: the seconds of so many solves; the first has its own marks."""
        total = 0.0
        left = loops
        while left:
            size = min(left, _STRETCH) if self._count else 1
            total += self._stretch(data, size)
            left -= size
        self._tell(b"l", total)
        return total

    def twin(self, folder: Path) -> None:
        """Solve another instance once, off the record."""
        from harness.instances import load_tree

        data = load_tree(folder)
        self._tell(b"t")
        self._stretch(data, 1)

    def _stretch(self, data: Any, size: int) -> float:
        """So many solves; what each needs is made before the clock starts."""
        import numpy as np

        from harness.api import Meter

        ready = []
        for _ in range(size):
            self._count += 1
            seen = self._problem.open(data, Meter(self._budget["calls"]))
            ready.append((seen, np.random.default_rng([self._seed, self._count])))
        solve = self._solve
        self._tell(b"s")
        total = 0.0
        for seen, rng in ready:
            total += solve(seen, rng)
        self._tell(b"e", total)
        return total

    def _timed(self) -> Callable[[Any, Any], float]:
        """A function: what a solver sees and a generator -> the seconds of the solve."""
        from harness.answers import own
        from harness.api import BudgetSpent, Events

        solver = self._solver
        limit = self._budget["seconds"] or float("inf")
        most = self._budget["answers"] or sys.maxsize

        def solve(seen: Any, rng: Any) -> float:
            events = seen if isinstance(seen, Events) else None
            answers = 0
            decisions: list[Any] = []
            answer: Any = None
            start = perf_counter()
            try:
                for answer in solver.solve(seen, rng):
                    answer = own(answer)
                    answers += 1
                    if events is not None:
                        events.decided()
                        decisions.append(answer)
                    if answers >= most or perf_counter() - start >= limit:
                        break
            except BudgetSpent:
                pass
            seconds = perf_counter() - start
            self.answer = decisions if events is not None else answer
            return seconds

        return solve

    def _tell(self, kind: bytes, seconds: float | None = None) -> None:
        """Send a mark, and stay until it is answered."""
        from harness.timing_marks import SECONDS

        self._channel.send(kind if seconds is None else kind + SECONDS.pack(seconds))
        if not self._channel.recv(1):
            raise SystemExit("the harness hung up")


if __name__ == "__main__":
    main()
