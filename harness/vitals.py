"""What the kernel tells of another process: processor time, waiting, memory, threads, instructions.

Read from outside, so that nothing of it depends on what the process says of itself. What a system
does not tell is None.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import resource
import stat
import struct
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_PERF_EVENT_OPEN = {"x86_64": 298, "aarch64": 241}
_INSTRUCTIONS = 1  # PERF_COUNT_HW_INSTRUCTIONS
# Started at once, its threads counted along; neither kernel nor hypervisor.
_INHERIT, _NO_KERNEL, _NO_HYPERVISOR, _CLOSE_ON_EXEC = 1 << 1, 1 << 5, 1 << 6, 8
_PAGE = resource.getpagesize()


@dataclass(frozen=True)
class Reading:
    """What a process had used when it was looked at.

    Attributes:
        cpu: processor seconds of all its threads.
        waited: seconds in which its first thread was ready to run and had no processor.
        instructions: of the processor, user mode.
    """

    cpu: float | None
    waited: float | None
    instructions: int | None


class Vitals:
    """Looks at one process from outside."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._counter = _count_instructions(pid)

    def read(self) -> Reading:
        """What it has used until now."""
        return Reading(cpu_seconds(self._pid), waited(self._pid), self._instructions())

    def _instructions(self) -> int | None:
        if self._counter < 0:
            return None
        try:
            (count,) = struct.unpack("<Q", os.read(self._counter, 8))
        except (OSError, struct.error):
            return None
        return int(count) or None  # a counter that the machine only pretends to have stands at 0

    def reset_peak(self) -> int | None:
        """Forget the peak of its resident memory; returns what is resident now, in bytes."""
        with contextlib.suppress(OSError):
            Path(f"/proc/{self._pid}/clear_refs").write_text("5")
        return resident(self._pid)

    def peak(self) -> tuple[int | None, int | None]:
        """The peak of its resident memory in bytes, and how many threads it has."""
        found: dict[str, int] = {}
        with contextlib.suppress(OSError, ValueError):
            for line in Path(f"/proc/{self._pid}/status").read_text().splitlines():
                name, _, value = line.partition(":")
                if name in ("VmHWM", "Threads"):
                    found[name] = int(value.split()[0])
        peak = found.get("VmHWM")
        return None if peak is None else peak * 1024, found.get("Threads")

    def close(self) -> None:
        """Stop counting."""
        if self._counter >= 0:
            os.close(self._counter)
        self._counter = -1


def cpu_seconds(pid: int) -> float | None:
    """Processor seconds of a process, those of its children not included."""
    try:
        return time.clock_gettime((~pid << 3) | 2)  # the clock of another process, on Linux
    except OSError:
        return None


def waited(pid: int | str) -> float | None:
    """Seconds in which the first thread of a process was ready to run and had no processor."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) * 1e-9
    except (OSError, ValueError, IndexError):
        return None


def resident(pid: int) -> int | None:
    """Resident memory of a process, in bytes."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        return None


def proportional(pid: int) -> int | None:
    """Resident memory of a process in bytes, each page shared out among those who have it.

    Slower than `resident`: the kernel walks through all pages.
    """
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return None


def threads(pid: int) -> int:
    """How many threads a process has; 0 where it is gone."""
    try:
        return len(os.listdir(f"/proc/{pid}/task"))
    except OSError:
        return 0


def children(pid: int) -> Iterator[int]:
    """The children of a process, as they are now."""
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                    yield int(child)


def descendants(pid: int) -> Iterator[int]:
    """The children of a process and theirs, as they are now."""
    pending = [pid]
    while pending:
        found = list(children(pending.pop()))
        pending += found
        yield from found


def size_of(folder: str, most: int) -> int:
    """Bytes that the files below a folder take on disk; stops counting past `most`.

    Each counts as a page at least, so that a folder of empty files is not walked without end, and
    what lies too deep to be looked at as more than `most`.
    """
    total = 0
    pending = [folder]
    linked: set[tuple[int, int]] = set()  # files of several names, which count once
    while pending and total <= most:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    try:
                        status = entry.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue
                    if stat.S_ISDIR(status.st_mode):
                        pending.append(entry.path)
                    elif status.st_nlink > 1:
                        if (status.st_dev, status.st_ino) in linked:
                            continue
                        linked.add((status.st_dev, status.st_ino))
                    total += max(_PAGE, status.st_blocks * 512)
                    if total > most:
                        break
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                return most + 1
    return total


def size_of_nameless(pids: Iterable[int]) -> int:
    """Bytes of the files that processes hold open and that have no name, or none any more."""
    sizes: dict[tuple[int, int], int] = {}
    for pid in pids:
        with contextlib.suppress(OSError):
            for descriptor in os.listdir(f"/proc/{pid}/fd"):
                with contextlib.suppress(OSError):
                    status = os.stat(f"/proc/{pid}/fd/{descriptor}")
                    if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                        sizes[status.st_dev, status.st_ino] = status.st_blocks * 512
    return sum(sizes.values())


def available_memory() -> int | None:
    """Bytes that the machine could still give out without swapping."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None


def _count_instructions(pid: int) -> int:
    """A descriptor that counts the instructions of a process; -1 where there is no counter."""
    number = _PERF_EVENT_OPEN.get(platform.machine())
    if number is None:
        return -1
    attributes = bytearray(128)
    struct.pack_into("<IIQ", attributes, 0, 0, len(attributes), _INSTRUCTIONS)
    struct.pack_into("<Q", attributes, 40, _INHERIT | _NO_KERNEL | _NO_HYPERVISOR)
    buffer = (ctypes.c_char * len(attributes)).from_buffer(attributes)
    return int(_LIBC.syscall(number, buffer, pid, -1, -1, _CLOSE_ON_EXEC))


_LIBC = ctypes.CDLL(None, use_errno=True)
