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
import resource
import socket
import struct
import sys
import time
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.answers import encode
from harness.api import InvalidAnswer, Meter, Problem, Solver, Undecided
from harness.instances import load_tree
from harness.loading import PluginError, Source, load_class, preload
from harness.run import Budget, Point, drive

FRAME = struct.Struct("<cQ")


def send(channel: socket.socket, kind: bytes, *parts: bytes) -> None:
    """Send one frame."""
    channel.sendall(b"".join([FRAME.pack(kind, sum(map(len, parts))), *parts]))


def send_json(channel: socket.socket, kind: bytes, content: Any) -> None:
    """Send one frame whose payload is JSON."""
    send(channel, kind, json.dumps(content).encode())


def prepare(job: dict[str, Any]) -> tuple[Solver, Problem, Any]:
    """Load what a job names: the solver, its problem, and the data."""
    problem = load_class(Source(**job["problem"]), Problem, "problem")()
    solver = load_class(Source(**job["solver"]), Solver, "solver")(**job["parameters"])
    preload(job["preload"])
    return solver, problem, load_tree(Path(job["data"]))


def main(job: dict[str, Any], channel: socket.socket) -> None:
    """Do one job. Whatever happens is told through `channel`."""
    try:
        if job.get("memory"):
            _limit_memory(int(job["memory"]))
        budget = Budget(**job["budget"])
        meter = Meter(budget.calls)
        solver, problem, data = prepare(job)
        seen = problem.open(data, meter)
    except PluginError as error:
        send_json(channel, b"X", {"status": "raised", "message": str(error)})
        return
    except Exception as error:
        send_json(channel, b"X", {"status": "raised", "message": _tail(error)})
        return

    def keep(point: Point) -> bool:
        head = [point.seconds, point.calls, point.answers]
        text = json.dumps(head).encode()
        send(channel, b"P", struct.pack("<I", len(text)), text, encode(point.answer))
        # With a target the parent scores the point before the run goes on, off the clock.
        return budget.target is None or channel.recv(1) != b"s"

    send_json(channel, b"S", {"resident": _reset_peak(), "at": time.monotonic()})
    try:
        ending = drive(solver, problem, seen, meter, int(job["seed"]), budget, keep)
    except InvalidAnswer as error:
        send_json(channel, b"X", {"status": "invalid", "message": str(error)})
    except Undecided as error:
        send_json(channel, b"X", {"status": "invalid", "message": str(error)})
    except MemoryError as error:
        send_json(channel, b"X", {"status": "memory", "message": f"out of memory: {error}"})
    except BaseException as error:
        send_json(channel, b"X", {"status": "raised", "message": _tail(error)})
    else:
        send_json(channel, b"E", {**asdict(ending), **_usage()})


def _limit_memory(extra: int) -> None:
    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + extra
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


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
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    text = "".join(lines).rstrip().splitlines()
    own = Path(__file__).parent.as_posix()
    last = [i for i, line in enumerate(text) if f'File "{own}/' in line]
    text = text[last[-1] + 2 :] if last and last[-1] + 2 < len(text) else text
    shown = "\n".join(text[-8:]).strip()
    return shown[-2000:] or f"{type(error).__name__}"


def quiet_exit(code: int) -> None:
    """End the process at once: no exit handlers of the solver's, no buffers of the parent's."""
    with contextlib.suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)
