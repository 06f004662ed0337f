"""The parent's side of one run: it reads what the child says, keeps the time, and kills.

Nothing that arrives is believed to be well-formed, and nothing that a child does keeps this side
waiting beyond its limits.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import select
import signal
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from harness import child
from harness.answers import decode
from harness.run import GROWTH, Ending, Point

_MAX_FRAME = 1 << 31
_MAX_TOTAL = 4 << 30
_TO_END = 1.0  # seconds that a run may take to end, once it has said all or closed its channel


@dataclass(frozen=True)
class Limits:
    """Hard limits of a run.

    Attributes:
        timeout: seconds of wall clock for the solve; None is without limit.
        setup: seconds for imports and loading before it.
        memory: bytes of address space beyond what is mapped at the start and the data; None is
            without limit.
        output: bytes of standard output and error that are kept.
    """

    timeout: float | None = 60.0
    setup: float = 120.0
    memory: int | None = None
    output: int = 1 << 16


@dataclass
class Outcome:
    """What the parent saw of a run.

    Attributes:
        status: ok, timeout, memory, crashed, raised or invalid.
        message: the sentence for the reader; empty when ok.
        ending: what the loop said on its end; None where it did not live to say it.
        points: answers in order, `Point.answer` still encoded.
        wall: seconds between start and end as the parent saw them.
        cpu: seconds of the whole process and its children, start-up included.
        memory: peak of resident bytes beyond what was resident at the start.
        threads: threads alive at the end.
        output: what it printed, cut.
    """

    status: str = "ok"
    message: str = ""
    ending: Ending | None = None
    points: list[Point] = field(default_factory=list)
    wall: float = 0.0
    cpu: float | None = None
    memory: int | None = None
    threads: int | None = None
    output: str = ""


def hear(control: socket.socket, timeout: float | None) -> dict[str, Any]:
    """What the server says next.

    Raises:
        OSError, ValueError: where it is dead, silent for so many seconds, or speaks no JSON.
    """
    control.settimeout(timeout)
    message = control.recv(1 << 16)
    if not message:
        raise ConnectionError("it ended")
    reply: dict[str, Any] = json.loads(message)
    return reply


class Watch:
    """The parent's side of one run."""

    def __init__(
        self,
        control: socket.socket,
        pid: int,
        channel: socket.socket,
        output: int,
        limits: Limits,
        reached: Callable[[Point], bool] | None,
        thin: bool,
    ) -> None:
        self._control, self._pid, self._channel, self._output = control, pid, channel, output
        self._limits, self._reached, self._thin = limits, reached, thin
        self._outcome = Outcome()
        self._buffer = bytearray()
        self._received = 0
        self._said = b""
        self._began = time.monotonic()
        self._started: float | None = None
        self._told: float | None = None  # when the child said how it ended
        self._resident: int | None = None
        self._killed = ""

    def outcome(self) -> Outcome:
        """Watch the run to its end.

        Raises:
            OSError, ValueError, LookupError: where the server breaks down.
        """
        self._channel.setblocking(False)
        os.set_blocking(self._output, False)
        poll = select.poll()
        poll.register(self._channel, select.POLLIN)
        poll.register(self._output, select.POLLIN)
        try:
            while True:
                wait = max(0.0, self._deadline() - time.monotonic())
                events = poll.poll(min(wait, 3600.0) * 1000)
                for descriptor, _ in events:
                    if descriptor == self._output:
                        if not self._read_output():
                            poll.unregister(self._output)
                    elif not self._read_channel():
                        return self._finish()
                if time.monotonic() >= self._deadline():
                    self._kill("timeout")
        except BaseException:
            self._kill("interrupted")
            with contextlib.suppress(Exception):
                hear(self._control, 5)
            raise

    def _deadline(self) -> float:
        """When the child is killed: in getting ready, in the run, or in ending after it."""
        if self._told is not None:
            return self._told + _TO_END
        if self._started is None:
            return self._began + self._limits.setup
        limit = self._limits.timeout
        return math.inf if limit is None else self._started + limit + 0.1

    def _kill(self, why: str) -> None:
        if not self._killed:
            self._killed = why
        for kill in (os.killpg, os.kill):  # the child may have left its group
            with contextlib.suppress(OSError):
                kill(self._pid, signal.SIGKILL)

    def _read_output(self) -> bool:
        try:
            chunk = os.read(self._output, 1 << 16)
        except BlockingIOError:
            return True
        room = self._limits.output - len(self._said)
        self._said += chunk[: max(0, room)]
        return bool(chunk)

    def _read_channel(self) -> bool:
        try:
            chunk = self._channel.recv(1 << 20)
        except BlockingIOError:
            return True
        except ConnectionError:
            return False
        if not chunk:
            return False
        self._received += len(chunk)
        self._buffer += chunk
        while len(self._buffer) >= child.FRAME.size:
            kind, length = child.FRAME.unpack_from(self._buffer)
            if length > _MAX_FRAME or self._received > _MAX_TOTAL:
                self._kill("flood")
                return False
            if len(self._buffer) < child.FRAME.size + length:
                break
            payload = bytes(self._buffer[child.FRAME.size : child.FRAME.size + length])
            del self._buffer[: child.FRAME.size + length]
            try:
                self._frame(kind, payload)
            except (ValueError, LookupError, TypeError, RecursionError, struct.error):
                self._kill("garbled")
                return False
        return True

    def _frame(self, kind: bytes, payload: bytes) -> None:
        outcome = self._outcome
        if self._told is not None:
            raise ValueError("a frame after the end")
        if kind == b"S" and self._started is None:
            self._started = time.monotonic()
            self._resident = child.parse_start(payload)
        elif kind == b"P" and self._started is not None:
            self._point(child.parse_point(payload))
        elif kind == b"E" and self._started is not None:
            outcome.ending, outcome.threads = child.parse_ending(payload)
            self._stop_clock()
        elif kind == b"X":
            outcome.status, outcome.message = child.parse_failure(payload)
            self._stop_clock()
        else:
            raise ValueError(f"frame {kind!r} out of turn")

    def _point(self, point: Point) -> None:
        points = self._outcome.points
        if self._thin and len(points) >= 2 and _close(points[-2], points[-1], point):
            points[-1] = point
        else:
            points.append(point)
        if self._reached is not None:
            self._answer(self._reached, point)

    def _answer(self, reached: Callable[[Point], bool], point: Point) -> None:
        """Tell the child, which waits, whether to go on; its clock stands meanwhile."""
        assert self._started is not None
        began = time.monotonic()
        done = reached(replace(point, answer=decode(point.answer)))
        self._started += time.monotonic() - began
        with contextlib.suppress(OSError):  # it died waiting
            self._channel.send(b"s" if done else b"c")

    def _stop_clock(self) -> None:
        self._told = time.monotonic()
        if self._started is not None:
            self._outcome.wall = self._told - self._started

    def _finish(self) -> Outcome:
        outcome, told = self._outcome, self._told
        if told is None:
            self._stop_clock()
        if not self._wait_dead(_TO_END) and not self._killed:
            self._kill("silent")
        self._wait_dead(30)
        reply = hear(self._control, 30)
        while self._read_output():
            if not select.select([self._output], [], [], 0)[0]:
                break
        outcome.output = self._said.decode(errors="replace")
        outcome.cpu = float(reply["cpu"])
        if self._resident is not None:
            outcome.memory = max(0, int(reply["peak"]) - self._resident)
        if told is None:
            self._grade(int(reply["status"]))
        return outcome

    def _wait_dead(self, seconds: float) -> bool:
        """Whether the run ends within so many seconds; what it prints is read meanwhile."""
        waiting: list[Any] = [self._control, self._output]
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            ready = select.select(waiting, [], [], left)[0]
            if self._control in ready:
                return True
            if ready and not self._read_output():
                waiting.remove(self._output)
        return False

    def _grade(self, status: int) -> None:
        """Say how the run ended, which did not live to say it."""
        outcome, limits = self._outcome, self._limits
        if self._killed == "timeout":
            outcome.status = "timeout"
            outcome.message = (
                f"killed after {limits.timeout:g} s, the limit of a run"
                if self._started is not None
                else f"not ready after {limits.setup:g} s of imports and loading"
            )
        elif self._killed in ("flood", "garbled"):
            outcome.status = "invalid"
            outcome.message = (
                "sent more than the harness takes from a run"
                if self._killed == "flood"
                else "something other than the harness wrote to its channel"
            )
        elif self._killed == "silent":
            outcome.status = "crashed"
            outcome.message = "it closed its channel to the harness before the run ended: killed"
        elif os.WIFSIGNALED(status):
            outcome.status = "crashed"
            outcome.message = f"the process was ended by {_signal_name(os.WTERMSIG(status))}"
        else:
            code = os.waitstatus_to_exitcode(status)
            outcome.status = "crashed"
            outcome.message = f"the process ended (exit code {code}) before the run did"
        last = outcome.output.strip().splitlines()[-3:]
        if last and outcome.status == "crashed":
            outcome.message += "; it printed: " + " / ".join(last)[-300:]


def _close(one: Point, two: Point, three: Point) -> bool:
    """Whether the trace can do without the second of three points."""
    return two.seconds < one.seconds * GROWTH and three.seconds < two.seconds * GROWTH


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # most real-time signals have none
        return f"signal {number}"
