"""Deflate of the standard library (zlib): repeats of the last 32 KiB, and Huffman codes.

A letter takes a whole number of bits and one at least, so that packed letters often fare better.
Raw streams, without the header and checksum of zlib. O(m n).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_compression import _solve
from harness.api import Solver


@dataclass(frozen=True)
class Deflate(Solver):
    """zlib's raw streams."""

    problem = "tabular_compression"
    role = "baseline"
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    order: str = "any"  # rows, columns, or any: the smaller of both
    cells: str = "any"  # bytes, packed (1, 2 or 4 bits each where there are few letters), or any
    level: int = 6  # 1 to 9, zlib's default; 9 is some times as slow

    def __post_init__(self):
        _solve.check_plain(self, "deflate")

    def solve(self, data, rng):
        yield from _solve.plain(self, "deflate", data)
