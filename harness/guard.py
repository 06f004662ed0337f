"""The limits of a run, held from outside: it looks at the processes of a run while they work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from harness import vitals

_SAFETY = 0.9  # share of the machine's free memory that a run without a limit may take
_GIB = 1 << 30
Number = TypeVar("Number", int, float)


@dataclass(frozen=True)
class Limits:
    """Hard limits of a run.

    Attributes:
        timeout: seconds of wall clock for the solve; None is without limit.
        setup: seconds for imports and loading before it.
        memory: bytes beyond what is there at the start and the data; None leaves a tenth of
            what the machine has free.
        output: bytes of standard output and error that are kept.
        disk: bytes of its temporary folder, and of what it holds open that has no name.
        processes: that are alive at the same time.
    """

    timeout: float | None = 60.0
    setup: float = 120.0
    memory: int | None = None
    output: int = 1 << 16
    disk: int = 2 * _GIB
    processes: int = 64


class Guard:
    """What the kernel says of one run, from its start to its end.

    Args:
        pid: the run's process. server: the process that forked it, to which orphans fall.
        folder: its temporary folder.
        limits: what it may use.

    Attributes:
        cpu: processor seconds from start to end.
        cpu_of_children: of the processes that it started and waited for, once it is dead.
        waited: seconds in that time without a processor, though ready to run.
        instructions: of the processor in that time, user mode.
        memory: peak of resident bytes, of all its processes, beyond those at the start.
        threads: most threads seen, of all its processes; without those that libraries had started
            before the start: where they work, processor time tells.
        opening: processor seconds between getting the data and the start.
        late: seconds from start to end in which this process, which watches, had no processor.
    """

    def __init__(self, pid: int, server: int, folder: str, limits: Limits) -> None:
        self._pid, self._server, self._folder, self._limits = pid, server, folder, limits
        self._vitals = vitals.Vitals(pid)
        self._allowed = limits.memory or int(_SAFETY * (vitals.available_memory() or 1 << 62))
        self._before = vitals.resident(pid) or 0  # of what it has from the process that forked it
        self._resident: int | None = None
        self._at_data: float | None = None
        self._idle_threads = 0
        self._at_start = vitals.Reading(None, None, None)
        self._late_at_start = 0.0
        self.cpu: float | None = None
        self.cpu_of_children: float | None = None
        self.late = 0.0
        self.waited: float | None = None
        self.instructions: int | None = None
        self.memory: int | None = None
        self.threads: int | None = None
        self.opening: float | None = None

    def data_given(self) -> None:
        """The run gets its data now."""
        self._at_data = vitals.cpu_seconds(self._pid)

    def start(self) -> None:
        """The run, which waits, will start now."""
        self._resident = self._vitals.reset_peak()
        _, threads = self._vitals.peak()
        self._idle_threads = max(0, (threads or 1) - 1)
        self.memory = self.threads = None  # what was seen of its imports counts no more
        self._at_start = self._vitals.read()
        self._late_at_start = vitals.waited("thread-self") or 0.0
        self.opening = _difference(self._at_data, self._at_start.cpu)

    def look(self) -> tuple[str, str]:
        """The status and the sentence of a run that is beyond a limit; empty where it is not."""
        family = {self._pid, *vitals.descendants(self._server)}
        self._seen(sum(map(vitals.threads, family)))
        before = self._before if self._resident is None else self._resident
        held = sum(vitals.resident(pid) or 0 for pid in family) - before
        if held > self._allowed and len(family) > 1:  # they may share much of it
            shares = (vitals.proportional(pid) or vitals.resident(pid) or 0 for pid in family)
            held = sum(shares) - before
        self.memory = max(held, self.memory or 0)
        limits = self._limits
        if len(family) > limits.processes:
            return "crashed", f"killed: more than {limits.processes} processes at the same time"
        if held > self._allowed:
            return "memory", (
                f"killed: it held {held / _GIB:.3g} GiB where {self._allowed / _GIB:.3g} GiB "
                "were allowed" + ("" if limits.memory else ", most of what the machine had free")
            )
        on_disk = vitals.size_of(self._folder, limits.disk) + vitals.size_of_nameless(family)
        if on_disk > limits.disk:
            return "crashed", f"killed: its folder held more than {limits.disk / _GIB:.3g} GiB"
        return "", ""

    def end(self) -> None:
        """The run has ended; its process waits, or is dead."""
        now = self._vitals.read()
        self.late = (vitals.waited("thread-self") or 0.0) - self._late_at_start
        self.cpu = _difference(self._at_start.cpu, now.cpu)
        self.waited = _difference(self._at_start.waited, now.waited)
        self.instructions = _difference(self._at_start.instructions, now.instructions)
        peak, threads = self._vitals.peak()
        self._seen(threads or 0)
        if peak is not None and self._resident is not None:
            self.memory = max(peak - self._resident, self.memory or 0)

    def dead(self, cpu: float, peak: int, early: bool) -> None:
        """The process is dead; the kernel says what it and its dead children used in all.

        Args:
            cpu: processor seconds.
            peak: of resident bytes.
            early: whether it died before it said how the run ended.
        """
        used = _difference(self._at_start.cpu, cpu)
        if used is not None and early:
            self.cpu = used
        elif used is not None and self.cpu is not None:
            self.cpu_of_children = max(0.0, used - self.cpu)
        if early and self._resident is not None:
            self.memory = max(peak - self._resident, self.memory or 0)

    def close(self) -> None:
        """Stop looking."""
        self._vitals.close()

    def _seen(self, threads: int) -> None:
        own = threads - self._idle_threads
        self.threads = max(own, self.threads or 0) or None


def _difference(before: Number | None, after: Number | None) -> Number | None:
    return None if before is None or after is None else max(after - before, after - after)
