"""The canary: a fixed piece of work, done around each run, whose time tells of disturbances.

It has two parts: a chain of multiplications, which suffers from a clock frequency that changes and
from processor time that a hypervisor takes away; and a pass over a buffer that no core's own cache
holds, which suffers from neighbours on the memory and on the shared cache. A program that
competes for the same processor is seen by other means, by how long the run waited: the scheduler
lets so short a piece of work finish.
"""

from __future__ import annotations

import contextlib
import math
import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter, sleep

import numpy as np

from harness.kernels import kernel

STEPS = 500_000  # of the chain: half a millisecond
BYTES = 8 << 20  # of the buffer: more than a core's own cache, less than the shared one
REPETITIONS = 4  # of which the least time counts; 3 ms in all
FIRST = 5  # readings before any is judged

# A run around which the work took so many times the usual is disturbed. Measured on a quiet machine
# of 2 cores: of 500 readings taken between processes, on the processor that these had used, 99 %
# took at most 1.07 times the median and none more than 1.15; of 300 on any processor, 99 % at most
# 1.18. (Readings that were not the least of a few went to 1.3 and, once in a hundred, to 5.)
DISTURBED = 1.2


@dataclass(frozen=True)
class Reading:
    """Seconds that each part of the work took, the least of a few repetitions."""

    seconds_compute: float
    seconds_memory: float


class Canary:
    """Sings when asked to, and remembers how long each song took.

    Args:
        cpus: processors to sing on, those of the runs that it watches; empty where it may be any.
        read: takes one reading; the real work by default.
    """

    def __init__(self, cpus: Sequence[int] = (), read: Callable[[], Reading] | None = None) -> None:
        self._cpus = tuple(cpus)
        self._read = read or Work().read
        self.history: list[Reading] = []

    def sing(self) -> Reading:
        """Do the work now, about 3 ms; the first time `FIRST` times, to know what is usual."""
        with _pinned(self._cpus):
            for _ in range(1 if self.history else FIRST):
                self.history.append(self._read())
        return self.history[-1]

    @property
    def usual(self) -> Reading:
        """The median of each part over all readings so far; sings first where there are none."""
        if not self.history:
            self.sing()
        return Reading(
            statistics.median(reading.seconds_compute for reading in self.history),
            statistics.median(reading.seconds_memory for reading in self.history),
        )

    def drift(self, before: Reading, after: Reading) -> float:
        """How many times the usual the work took around a run: the worse part, the worse end."""
        usual = self.usual
        return max(
            max(before.seconds_compute, after.seconds_compute) / usual.seconds_compute,
            max(before.seconds_memory, after.seconds_memory) / usual.seconds_memory,
        )


def spread(canary: Canary, readings: int = 50, pause: float = 0.01) -> float:
    """How far from the usual 95 % of its readings stay, relative to it.

    Args:
        canary: that sings.
        readings: how many songs, and `pause` the seconds between them.
    """
    songs = []
    for _ in range(readings):
        songs.append(canary.sing())
        sleep(pause)
    away = sorted(abs(canary.drift(song, song) - 1) for song in songs)
    return away[math.ceil(0.95 * readings) - 1]


class Work:
    """The work itself, with its buffer."""

    def __init__(self, steps: int = STEPS, size: int = BYTES) -> None:
        self._kernel = kernel("canary")
        self._steps = steps
        self._buffer = np.zeros(size // 8, np.uint64)
        self.checksums: list[tuple[int, int]] = []  # of the last reading

    def read(self) -> Reading:
        """Do the work a few times; the least time of each part counts."""
        compute, memory = self._kernel.canary_compute, self._kernel.canary_memory
        times, self.checksums = [], []
        for _ in range(REPETITIONS):
            start = perf_counter()
            chained = compute(1, self._steps)
            between = perf_counter()
            summed = memory(self._buffer, self._buffer.size)
            times.append((between - start, perf_counter() - between))
            self.checksums.append((chained, summed))
        return Reading(min(time for time, _ in times), min(time for _, time in times))


@contextlib.contextmanager
def _pinned(cpus: Sequence[int]) -> Iterator[None]:
    """Keep the calling thread on these processors, where the system lets it."""
    before: set[int] | None = None
    if cpus:
        with contextlib.suppress(OSError, AttributeError, ValueError):
            before = os.sched_getaffinity(0)
            os.sched_setaffinity(0, cpus)
    try:
        yield
    finally:
        if before is not None:
            with contextlib.suppress(OSError):
                os.sched_setaffinity(0, before)
