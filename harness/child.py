"""What happens inside the process of one run: load, drive the solver, send what it yields.

Everything that leaves goes through one socket in frames: a type letter, a length, a payload.

    L  the plugin is loaded             empty; the parent gives the files of the data
    S  ready: the clock starts          empty; the parent looks at the process, then says go
    P  a point of the trace             length, JSON, encoded answer
    Q  a question to the oracle         encoded [what, name, arguments, keywords]
    E  the run ended                    JSON: the fields of `run.Ending`
    X  the run failed                   JSON: status, message

The parent answers S, E and X with one byte, when it has looked; P likewise where there is a target
cost. Its answer to Q is a frame: R with the encoded result, or X with the exception as JSON.
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

from harness import remote
from harness.answers import encode
from harness.api import InvalidAnswer, Meter, Problem, Solver, Undecided, Unsupported
from harness.instances import FILES, load_tree, read_tree
from harness.loading import PluginError, Source, load_class, preload
from harness.run import Budget, Ending, Point, drive

FRAME = struct.Struct("<cQ")
UNSAID = "it does not say why"  # of a case that a solver refuses without a word
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
        self.frame(kind, json.dumps(content).encode())

    def frame(self, kind: bytes, payload: bytes) -> None:
        """Send a frame, now."""
        self._frame(kind, payload)
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


def parse_point(payload: bytes) -> Point:
    """The content of a frame P; the answer is left encoded."""
    (length,) = struct.unpack_from("<I", payload)
    seconds, calls, answers = json.loads(payload[4 : 4 + length])
    return Point(_seconds(seconds), _count(calls), _count(answers), payload[4 + length :])


def parse_ending(payload: bytes) -> Ending:
    """The content of a frame E."""
    said = json.loads(payload)
    if said["why"] not in ("finished", "seconds", "answers", "calls", "target"):
        raise ValueError(f"{said['why']!r} is no reason to end")
    return Ending(
        said["why"],
        _seconds(said["seconds"]),
        _seconds(said["cpu"]),
        _count(said["calls"]),
        _count(said["answers"]),
        [_seconds(latency) for latency in said["latencies"]],
        _seconds(said["build"]),
    )


def parse_failure(payload: bytes) -> tuple[str, str]:
    """The content of a frame X: status, message."""
    said = json.loads(payload)
    status, message = said["status"], said["message"]
    if status not in ("raised", "invalid", "memory", "unsupported") or type(message) is not str:
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
    """Load what a job names: the solver, its problem, and the data from their folder."""
    return *_load(job), load_tree(Path(job["data"]))


def _load(job: dict[str, Any]) -> tuple[Solver, Problem]:
    problem = load_class(Source(**job["problem"]), Problem, "problem")()
    solver = load_class(Source(**job["solver"]), Solver, "solver")(**job["parameters"])
    preload(job["preload"], job.get("kernels", ()))
    return solver, problem


def main(job: dict[str, Any], channel: socket.socket) -> None:
    """Do one job. Whatever happens is told through `channel`."""
    sender = Sender(channel)
    try:
        if job.get("memory"):
            _limit_memory(int(job["memory"]) + int(job["data_bytes"]))
        budget = Budget(**job["budget"])
        meter = Meter(budget.calls)
        solver, problem = _load(job)
        if job.get("remote"):
            seen = remote.stand_in(job["remote"], lambda question: _ask(sender, channel, question))
        else:
            seen = problem.open(_data(sender, channel), meter)
    except BaseException as error:
        _end(sender, channel, b"X", _failure(error))
        return
    wanted = set(job["wanted"]) if "wanted" in job else None
    # A repeated run sends each answer at once, so that its moment can be checked.
    many = problem.counts == "best" and budget.target is None and wanted is None

    def keep(point: Point) -> bool:
        sender.point(point, hold=many)
        # With a target the parent scores the point before the run goes on, off the clock.
        return budget.target is None or channel.recv(1) != b"s"

    # All runs are forked from one state: without this, a solver that draws from the global
    # generators, and not from its own, would look as if it had no variance.
    random.seed()
    np.random.seed()
    sender.json(b"S", None)
    if channel.recv(1) != b"g":
        return
    try:
        ending = drive(solver, problem, seen, meter, int(job["seed"]), budget, keep, wanted)
    except BaseException as error:
        _end(sender, channel, b"X", _failure(error))
    else:
        _end(sender, channel, b"E", asdict(ending))


def _data(sender: Sender, channel: socket.socket) -> Any:
    """The data, whose files the parent gives once the plugin is loaded."""
    sender.json(b"L", None)
    _, files, _, _ = socket.recv_fds(channel, 1, len(FILES))
    try:
        return read_tree(*files) if files else None
    finally:
        for file in files:
            os.close(file)


def _end(sender: Sender, channel: socket.socket, kind: bytes, content: dict[str, Any]) -> None:
    """Say how it ended, and stay until the parent has looked at this process."""
    sender.json(kind, content)
    channel.settimeout(1.0)
    with contextlib.suppress(OSError):
        channel.recv(1)


def _ask(sender: Sender, channel: socket.socket, question: bytes) -> tuple[bytes, bytes]:
    """Put a question to the oracle in the parent; returns the kind of its answer, and the rest."""
    sender.frame(b"Q", question)
    kind, length = FRAME.unpack(_exactly(channel, FRAME.size))
    return kind, _exactly(channel, length)


def _exactly(channel: socket.socket, length: int) -> bytes:
    parts = []
    while length:
        part = channel.recv(min(length, 1 << 20))
        if not part:
            raise ConnectionError("the harness hung up")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _failure(error: BaseException) -> dict[str, str]:
    if isinstance(error, InvalidAnswer | Undecided):
        return {"status": "invalid", "message": str(error)}
    if isinstance(error, Unsupported):
        return {"status": "unsupported", "message": str(error).strip() or UNSAID}
    if isinstance(error, MemoryError):
        return {"status": "memory", "message": f"out of memory: {error}"}
    return {
        "status": "raised",
        "message": str(error) if isinstance(error, PluginError) else _tail(error),
    }


def _limit_memory(extra: int) -> None:
    """Allow so many bytes beyond what is mapped by now."""
    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        mapped = pages * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (mapped + extra, mapped + extra))


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
