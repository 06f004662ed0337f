"""LZMA of the standard library: repeats from far back, and adaptive arithmetic coding.

The contexts of its coder see the byte before, and its matches find rows that are like older ones,
so that it sees more of a table's classes than the other compressors. Raw LZMA2 streams, without the
frame of xz; its window is the table, up to 64 MiB.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_compression import _solve
from harness.api import Solver


@dataclass(frozen=True)
class LZMA2(Solver):
    """liblzma's raw streams."""

    problem = "tabular_compression"
    role = "baseline"
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    order: str = "any"  # rows, columns, or any: the smaller of both
    cells: str = "any"  # bytes, packed (1, 2 or 4 bits each where there are few letters), or any
    level: int = 6  # preset, 0 to 9

    def __post_init__(self):
        _solve.check_plain(self, "lzma")

    def solve(self, data, rng):
        yield from _solve.plain(self, "lzma", data)
