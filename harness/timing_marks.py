"""What a timing worker tells while it works, held against the clocks of this process.

A worker marks where each stretch of solves begins and ends, and stays until it is answered, so
that both marks are stamped here to the microsecond: with this process's clock, the worker's
processor time, and how long either waited for a processor. What the worker claims to have taken
must agree.

    s           a stretch of solves begins
    e  double   it has ended: seconds that the worker's own clock counted
    l  double   a loop has ended (what pyperf divides into a value): its seconds in all
    t           what follows is the twin, a relabelled instance, off the record
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from harness.vitals import cpu_seconds, waited

GO_ON = b"g"
SECONDS = struct.Struct("<d")

# A claim must be this share of what was seen, but for what the marks themselves cost.
_SHARE = 0.9
_SLACK = 0.005  # seconds in a loop: timers, and pages that the kernel fetches
_SLACK_STRETCH = 2e-4  # seconds in each stretch: waking up for the answer
_SLACK_CPU = 1e-4  # processor seconds in each stretch: sending the mark, and being asked
# Time without the processor's may be a disturbance; less than this share of it is none.
_GROSS_SHARE, _GROSS = 0.5, 0.05


@dataclass(frozen=True)
class Stamp:
    """The clocks, seen from here, in seconds; what the system does not tell is 0."""

    wall: float
    cpu: float
    waited: float
    held_up: float  # how long this process, not the worker, waited


def stamp(pid: int) -> Stamp:
    """The clocks of this moment; `pid` is the worker."""
    return Stamp(
        perf_counter(),
        cpu_seconds(pid) or 0.0,
        waited(pid) or 0.0,
        waited("thread-self") or 0.0,
    )


@dataclass
class Loop:
    """What was seen of one loop, in seconds, and what the worker claims of it."""

    wall: float = 0.0
    cpu: float = 0.0
    waited: float = 0.0
    held_up: float = 0.0
    claimed: float = 0.0
    stretches: int = 0

    @property
    def worked(self) -> float:
        """Seconds in which nobody waited for a processor: this process may be late to look."""
        return self.wall - self.waited - self.held_up

    def add(self, other: Loop) -> None:
        """Count another loop, or a stretch of this one, along."""
        self.wall += other.wall
        self.cpu += other.cpu
        self.waited += other.waited
        self.held_up += other.held_up
        self.claimed += other.claimed
        self.stretches += other.stretches

    def lie(self, cpus: int) -> str:
        """What is wrong with the claim, as a sentence; empty where it can be true."""
        slack = _SLACK + _SLACK_STRETCH * self.stretches
        seen = 0.0
        if self.claimed < _SHARE * self.cpu / cpus - _SLACK - _SLACK_CPU * self.stretches:
            seen = self.cpu
        elif self.claimed < _GROSS_SHARE * self.worked - _GROSS - slack:
            seen = self.worked
        elif self.claimed > self.wall / _SHARE + slack:
            seen = self.wall
        return f"its clock says {told(self.claimed)}, the harness's {told(seen)}" if seen else ""

    def doubt(self) -> bool:
        """Whether the claim is less than what was seen, though no proof of a lie."""
        slack = _SLACK + _SLACK_STRETCH * self.stretches
        return self.claimed < _SHARE * self.worked - slack


class Marks:
    """Hears the marks of one worker.

    Args:
        cpus: how many processors it may keep busy at a time.

    Attributes:
        loops: what was seen, loop by loop, the warm-ups first.
        first: seconds of the first solve of the process. twin: of that of the twin.
        at_twin: whether it came so far.
        lie: why nothing that it says counts; empty where it does.
    """

    def __init__(self, cpus: int) -> None:
        self._cpus = cpus
        self._began: Stamp | None = None
        self._loop = Loop()
        self.loops: list[Loop] = []
        self.first: float | None = None
        self.twin: float | None = None
        self.at_twin = False
        self.lie = ""

    def hear(self, pid: int, message: bytes) -> bytes:
        """Stamp a mark; the answer is empty, and the worker ends, where it lied."""
        now = stamp(pid)
        try:
            self._note(now, message[:1], message[1:])
        except (struct.error, ValueError):
            self.lie = "what it marks the time with was tampered with"
        return b"" if self.lie else GO_ON

    def _note(self, now: Stamp, kind: bytes, payload: bytes) -> None:
        if (kind == b"s") == (self._began is not None) and kind in b"se":
            raise ValueError("a mark is out of turn")
        if kind == b"s":
            self._began = now
        elif kind == b"e":
            self._stretch(now, _claim(payload))
        elif kind == b"l":
            self._end(_claim(payload))
        elif kind == b"t":
            self.at_twin = True
        else:
            raise ValueError("no such mark")

    def _stretch(self, now: Stamp, claimed: float) -> None:
        began, self._began = self._began, None
        assert began is not None
        seen = Loop(
            now.wall - began.wall,
            now.cpu - began.cpu,
            now.waited - began.waited,
            now.held_up - began.held_up,
            claimed,
            1,
        )
        if self.at_twin:
            self.twin = seen.worked
            return
        if self.first is None:
            self.first = seen.worked
        self._loop.add(seen)
        self.lie = self._loop.lie(self._cpus)

    def _end(self, claimed: float) -> None:
        if not math.isclose(claimed, self._loop.claimed, rel_tol=1e-6, abs_tol=1e-12):
            raise ValueError("a loop is not the sum of its stretches")
        self.loops.append(self._loop)
        self._loop = Loop()

    def confirms(self, totals: Sequence[float]) -> bool:
        """Whether the seconds of each loop, as pyperf wrote them, are those that were marked."""
        return len(totals) == len(self.loops) and all(
            math.isclose(total, loop.claimed, rel_tol=1e-6, abs_tol=1e-12)
            for total, loop in zip(totals, self.loops, strict=True)
        )

    def seen(self) -> Loop:
        """All loops together."""
        total = Loop()
        for loop in self.loops:
            total.add(loop)
        return total


def _claim(payload: bytes) -> float:
    (seconds,) = SECONDS.unpack(payload)
    if not 0 <= seconds < 1e12:
        raise ValueError("no time in seconds")
    return float(seconds)


def told(seconds: float) -> str:
    """A time for the reader: 12 µs, 1.02 s."""
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"
