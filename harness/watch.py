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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness import child
from harness.answers import decode
from harness.cgroup import Group
from harness.guard import Guard, Limits
from harness.instances import FILES
from harness.outcome import Outcome, Trace
from harness.remote import Examiner
from harness.run import Point

_MAX_FRAME = 1 << 31
_MAX_TOTAL = 4 << 30
_TO_END = 1.0  # seconds that a run may take to end, once it has said all or closed its channel
_LOOK_AFTER, _LOOK_EVERY = 0.05, 0.25  # seconds: first look at a run that goes on, then the rest


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


@dataclass(frozen=True)
class Handles:
    """The process of a run, and what leads to it.

    Attributes:
        server: the server's process, and `control` its socket.
        pid: the run's process, and `channel` its socket.
        output: descriptor of what it prints.
        folder: its temporary folder.
        data: the folder of its data; empty where it gets none.
        group: its control group, where it has one.
    """

    server: int
    control: socket.socket
    pid: int
    channel: socket.socket
    output: int
    folder: str
    data: str
    group: Group | None = None


class Watch:
    """The parent's side of one run.

    Args:
        handles: the run's process and what leads to it.
        limits: the hard limits.
        reached: with a target cost: called with each point; True ends the run.
        thin: drop points that are closer in time than the trace needs.
        examiner: holds the oracle of a run that has a stand-in for it.
    """

    def __init__(
        self,
        handles: Handles,
        limits: Limits,
        reached: Callable[[Point], bool] | None = None,
        thin: bool = True,
        examiner: Examiner | None = None,
    ) -> None:
        self._handles, self._limits = handles, limits
        self._channel, self._output = handles.channel, handles.output
        self._reached, self._examiner = reached, examiner
        self._guard = Guard(handles.pid, handles.server, handles.folder, limits)
        self._trace = Trace(thin)
        self._outcome = Outcome(points=self._trace.points)
        self._buffer = bytearray()
        self._arrived = 0.0
        self._said = b""
        self._began = time.monotonic()
        self._started: float | None = None
        self._told: float | None = None  # when the child said how it ended
        self._next_look = self._began + _LOOK_AFTER
        self._killed: tuple[str, str] | None = None

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
                wake = min(self._deadline(), self._next_look)
                events = poll.poll(max(0.0, wake - time.monotonic()) * 1000)
                for descriptor, _ in events:
                    if descriptor == self._output:
                        if not self._read_output():
                            poll.unregister(self._output)
                    elif not self._read_channel():
                        return self._finish()
                self._hold_limits()
        except BaseException:
            self._kill("crashed", "interrupted")
            with contextlib.suppress(Exception):
                hear(self._handles.control, 5)
            raise
        finally:
            self._guard.close()

    def _deadline(self) -> float:
        """When the child is killed: in getting ready, in the run, or in ending after it."""
        if self._told is not None:
            return self._told + _TO_END
        if self._started is None:
            return self._began + self._limits.setup
        limit = self._limits.timeout
        return math.inf if limit is None else self._started + limit + 0.1

    def _hold_limits(self) -> None:
        now = time.monotonic()
        if now >= self._deadline():
            self._kill(
                "timeout",
                f"killed after {self._limits.timeout:g} s, the limit of a run"
                if self._started is not None
                else f"not ready after {self._limits.setup:g} s of imports and loading",
            )
        elif now >= self._next_look:
            group = self._handles.group
            crowd = group.crowded if group is not None else ""
            status, message = ("crashed", crowd) if crowd else self._guard.look()
            if status:
                self._kill(status, message)
            self._next_look = time.monotonic() + _LOOK_EVERY

    def _kill(self, status: str, message: str) -> None:
        if self._killed is None:
            self._killed = status, message
        if self._handles.group is not None:
            self._handles.group.kill()
        for kill in (os.killpg, os.kill):  # the child may have left its group
            with contextlib.suppress(OSError):
                kill(self._handles.pid, signal.SIGKILL)

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
        self._arrived = time.monotonic()
        self._outcome.sent += len(chunk)
        self._buffer += chunk
        while len(self._buffer) >= child.FRAME.size:
            kind, length = child.FRAME.unpack_from(self._buffer)
            if length > _MAX_FRAME or self._outcome.sent > _MAX_TOTAL:
                self._kill("invalid", "sent more than the harness takes from a run")
                return False
            if len(self._buffer) < child.FRAME.size + length:
                break
            payload = bytes(self._buffer[child.FRAME.size : child.FRAME.size + length])
            del self._buffer[: child.FRAME.size + length]
            try:
                self._frame(kind, payload)
            except (ValueError, LookupError, TypeError, RecursionError, struct.error):
                self._kill("invalid", "something other than the harness wrote to its channel")
                return False
        return True

    def _frame(self, kind: bytes, payload: bytes) -> None:
        if self._told is not None:
            raise ValueError("a frame after the end")
        if kind == b"L" and self._started is None:
            self._give_data()
        elif kind == b"S" and self._started is None:
            self._start()
        elif kind == b"P" and self._started is not None:
            self._point(child.parse_point(payload))
        elif kind == b"Q" and self._started is not None and self._examiner is not None:
            self._examine(self._examiner, payload)
        elif kind == b"E" and self._started is not None:
            self._outcome.ending = child.parse_ending(payload)
            self._stop_clock()
            self._outcome.lag = self._behind(self._outcome.ending.seconds)
        elif kind == b"X":
            self._outcome.status, self._outcome.message = child.parse_failure(payload)
            self._stop_clock()
        else:
            raise ValueError(f"frame {kind!r} out of turn")

    def _give_data(self) -> None:
        """Hand over the open files of the data: no earlier, or the import could do the work."""
        self._guard.data_given()
        files: list[int] = []
        try:
            for name in FILES if self._handles.data else ():
                files.append(os.open(f"{self._handles.data}/{name}", os.O_RDONLY | os.O_CLOEXEC))
            with contextlib.suppress(OSError):  # it died waiting
                socket.send_fds(self._channel, [b"d"], files)
        finally:
            for file in files:
                os.close(file)

    def _start(self) -> None:
        """Look at the process, which waits, and let it go."""
        self._guard.start()
        if self._handles.group is not None:
            self._handles.group.start()
        self._started = time.monotonic()
        self._next_look = self._started + _LOOK_AFTER
        self._send(b"g")

    def _send(self, content: bytes) -> None:
        """Send to the child for as long as it may run; its limits hold meanwhile."""
        left = memoryview(content)
        poll = select.poll()
        poll.register(self._channel, select.POLLOUT)
        with contextlib.suppress(OSError):  # it died waiting
            while left and self._killed is None:
                wake = min(self._deadline(), self._next_look)
                if poll.poll(max(0.0, wake - time.monotonic()) * 1000):
                    with contextlib.suppress(BlockingIOError):
                        left = left[self._channel.send(left) :]
                self._hold_limits()

    def _examine(self, examiner: Examiner, question: bytes) -> None:
        kind, content = examiner.answer(question)
        self._send(child.FRAME.pack(kind, len(content)) + content)

    def _behind(self, seconds: float) -> float:
        """By how much the child's clock, which says so many seconds, is behind."""
        assert self._started is not None
        return self._arrived - self._started - seconds

    def _point(self, point: Point) -> None:
        outcome = self._outcome
        outcome.received += 1
        outcome.lag_of_points = max(outcome.lag_of_points, self._behind(point.seconds))
        if self._examiner is not None:
            point = replace(point, calls=self._examiner.meter.calls)
        self._trace.add(point)
        if self._reached is not None:
            self._answer(self._reached, point)

    def _answer(self, reached: Callable[[Point], bool], point: Point) -> None:
        """Tell the child, which waits, whether to go on; its clock stands meanwhile."""
        assert self._started is not None
        began = time.monotonic()
        done = reached(replace(point, answer=decode(point.answer)))
        self._started += time.monotonic() - began
        self._send(b"s" if done else b"c")

    def _stop_clock(self) -> None:
        """Stop the clock, and look at the process, which waits unless it is dead."""
        self._told = time.monotonic()
        if self._started is None:
            return
        self._outcome.wall = self._told - self._started
        self._guard.end()
        self._send(b"e")

    def _finish(self) -> Outcome:
        outcome, told = self._outcome, self._told
        if told is None:
            self._stop_clock()
        if not self._wait_dead(_TO_END) and self._killed is None:
            self._kill(
                "crashed", "it closed its channel to the harness before the run ended: killed"
            )
        self._wait_dead(30)
        reply = hear(self._handles.control, 30)
        while self._read_output():
            if not _ready([self._output], 0):
                break
        outcome.output = self._said.decode(errors="replace")
        outcome.left = int(reply["left"])
        guard = self._guard
        guard.dead(float(reply["cpu"]), int(reply["peak"]), early=told is None)
        outcome.cpu, outcome.waited, outcome.threads = guard.cpu, guard.waited, guard.threads
        outcome.cpu_of_children, outcome.late = guard.cpu_of_children, guard.late
        outcome.memory, outcome.instructions = guard.memory, guard.instructions
        outcome.opening = guard.opening
        if told is None:
            self._grade(int(reply["status"]))
        return outcome

    def _wait_dead(self, seconds: float) -> bool:
        """Whether the run ends within so many seconds; what it prints is read meanwhile."""
        waiting: list[Any] = [self._handles.control, self._output]
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            ready = _ready(waiting, left)
            if self._handles.control in ready:
                return True
            if ready and not self._read_output():
                waiting.remove(self._output)
        return False

    def _grade(self, status: int) -> None:
        """Say how the run ended, which did not live to say it."""
        outcome, group = self._outcome, self._handles.group
        if self._killed is not None:
            outcome.status, outcome.message = self._killed
        elif group is not None and group.out_of_memory:
            outcome.status, outcome.message = "memory", group.out_of_memory
            outcome.memory = max(group.peak or 0, outcome.memory or 0)
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


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # most real-time signals have none
        return f"signal {number}"


def _ready(sources: Sequence[Any], seconds: float) -> list[Any]:
    """Those of some sockets and descriptors that can be read, or have ended, within a time.

    By `poll`: a process that has a thousand instances open has descriptors that `select` refuses.
    """
    waiting = select.poll()
    numbers = [source if isinstance(source, int) else source.fileno() for source in sources]
    for number in numbers:
        waiting.register(number, select.POLLIN)
    seen = {number for number, _ in waiting.poll(math.ceil(1000 * seconds))}
    return [source for source, number in zip(sources, numbers, strict=True) if number in seen]
