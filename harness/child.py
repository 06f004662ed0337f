"""What happens inside the process of one run: load, drive the solver, send what it yields.

Everything that leaves goes through one socket in frames: a type letter, a length, a payload.

    S  the clock starts now             JSON: resident bytes before the solve
    P  a point of the trace             length, JSON, encoded answer
    E  the run ended                    JSON: the fields of `run.Ending`
    X  the run failed                   JSON: status, message
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import socket
import struct
import sys
import time
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from harness.answers import encode
from harness.api import InvalidAnswer, Meter, Problem, Solver, Undecided
from harness.instances import load_tree
from harness.loading import PluginError, Source, load_class, preload
from harness.run import Budget, Ending, Point, drive

FRAME = struct.Struct("<cQ")


_HOLD_BYTES, _HOLD_SECONDS = 1 << 16, 0.02  # of points that are sent together


class Sender:
    """The child's end of the channel.

    Points may be held back for some milliseconds, so that a hundred thousand of them are not as
    many system calls; whatever else is sent takes them along.
    """

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._held = bytearray()
        self._points = 0
        self._sent_at = time.monotonic()

    def json(self, kind: bytes, content: Any) -> None:
        """Send a frame whose payload is JSON, now."""
        self._frame(kind, json.dumps(content).encode())
        self._flush()

    def point(self, point: Point, hold: bool) -> None:
        """Send a point; later, with others, where `hold` allows it."""
        head = json.dumps([point.seconds, point.calls, point.answers]).encode()
        self._frame(b"P", struct.pack("<I", len(head)), head, encode(point.answer))
        waited = time.monotonic() - self._sent_at
        self._points += 1
        if (
            not hold
            or self._points == 1
            or len(self._held) >= _HOLD_BYTES
            or waited >= _HOLD_SECONDS
        ):
            self._flush()

    def _frame(self, kind: bytes, *parts: bytes) -> None:
        self._held += FRAME.pack(kind, sum(map(len, parts)))
        for part in parts:
            self._held += part

    def _flush(self) -> None:
        self._channel.sendall(self._held)
        self._held.clear()
        self._sent_at = time.monotonic()


# What a child says is checked before it is believed to be a number at all. The functions that do
# so raise ValueError, LookupError, TypeError, RecursionError or struct.error.


def parse_start(payload: bytes) -> int:
    """The content of a frame S: resident bytes."""
    return _count(json.loads(payload)["resident"])


def parse_point(payload: bytes) -> Point:
    """The content of a frame P; the answer is left encoded."""
    (length,) = struct.unpack_from("<I", payload)
    seconds, calls, answers = json.loads(payload[4 : 4 + length])
    return Point(_seconds(seconds), _count(calls), _count(answers), payload[4 + length :])


def parse_ending(payload: bytes) -> tuple[Ending, int | None]:
    """The content of a frame E, and how many threads were alive."""
    said = json.loads(payload)
    if said["why"] not in ("finished", "seconds", "answers", "calls", "target"):
        raise ValueError(f"{said['why']!r} is no reason to end")
    ending = Ending(
        said["why"],
        _seconds(said["seconds"]),
        _seconds(said["cpu"]),
        _count(said["calls"]),
        _count(said["answers"]),
        [_seconds(latency) for latency in said["latencies"]],
    )
    return ending, None if said["threads"] is None else _count(said["threads"])


def parse_failure(payload: bytes) -> tuple[str, str]:
    """The content of a frame X: status, message."""
    said = json.loads(payload)
    status, message = said["status"], said["message"]
    if status not in ("raised", "invalid", "memory") or type(message) is not str:
        raise ValueError(f"a failure of status {status!r}")
    return status, message[:4000]


def _seconds(value: Any) -> float:
    if type(value) not in (int, float) or not 0 <= value < 1e12:
        raise ValueError(f"{value!r} is no time in seconds")
    return float(value)


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise ValueError(f"{value!r} is no number of things")
    return value


def prepare(job: dict[str, Any]) -> tuple[Solver, Problem, Any]:
    """Load what a job names: the solver, its problem, and the data."""
    problem = load_class(Source(**job["problem"]), Problem, "problem")()
    solver = load_class(Source(**job["solver"]), Solver, "solver")(**job["parameters"])
    preload(job["preload"], job.get("kernels", ()))
    return solver, problem, load_tree(Path(job["data"]))


def main(job: dict[str, Any], channel: socket.socket) -> None:
    """Do one job. Whatever happens is told through `channel`."""
    sender = Sender(channel)
    try:
        if job.get("memory"):
            _limit_memory(int(job["memory"]), Path(job["data"]))
        budget = Budget(**job["budget"])
        meter = Meter(budget.calls)
        solver, problem, data = prepare(job)
        seen = problem.open(data, meter)
    except BaseException as error:
        sender.json(b"X", _failure(error))
        return
    many = problem.counts == "best" and budget.target is None

    def keep(point: Point) -> bool:
        sender.point(point, hold=many)
        # With a target the parent scores the point before the run goes on, off the clock.
        return budget.target is None or channel.recv(1) != b"s"

    # All runs are forked from one state: without this, a solver that draws from the global
    # generators, and not from its own, would look as if it had no variance.
    random.seed()
    np.random.seed()
    sender.json(b"S", {"resident": _reset_peak(), "at": time.monotonic()})
    try:
        ending = drive(solver, problem, seen, meter, int(job["seed"]), budget, keep)
    except BaseException as error:
        sender.json(b"X", _failure(error))
    else:
        sender.json(b"E", {**asdict(ending), **_usage()})


def _failure(error: BaseException) -> dict[str, str]:
    if isinstance(error, InvalidAnswer | Undecided):
        return {"status": "invalid", "message": str(error)}
    if isinstance(error, MemoryError):
        return {"status": "memory", "message": f"out of memory: {error}"}
    return {
        "status": "raised",
        "message": str(error) if isinstance(error, PluginError) else _tail(error),
    }


def _limit_memory(extra: int, data: Path) -> None:
    """Allow so many bytes beyond what is mapped by now and by the data."""
    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        mapped = pages * resource.getpagesize() + (data / "arrays.bin").stat().st_size
        resource.setrlimit(resource.RLIMIT_AS, (mapped + extra, mapped + extra))


def _reset_peak() -> int:
    """Forget the peak of resident memory so far; returns what is resident now, in bytes."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def _usage() -> dict[str, Any]:
    """Threads alive at the end of the run."""
    try:
        return {"threads": len(os.listdir("/proc/self/task"))}
    except OSError:
        return {"threads": None}


def _tail(error: BaseException) -> str:
    """The last lines of a traceback, from the solver's own frames on."""
    ours = Path(__file__).parent
    frames = error.__traceback__
    while frames is not None and Path(frames.tb_frame.f_code.co_filename).parent == ours:
        frames = frames.tb_next
    lines = "".join(traceback.format_exception(type(error), error, frames)).rstrip().splitlines()
    if lines[0].startswith("Traceback"):
        del lines[0]
    return "\n".join(lines[-8:]).strip()[-2000:] or type(error).__name__


def quiet_exit(code: int) -> None:
    """End the process at once: no exit handlers of the solver's, no buffers of the parent's."""
    with contextlib.suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)
