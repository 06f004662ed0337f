"""Zstandard of the package zstandard: repeats from far back, and entropy codes of whole blocks.

Frames have neither magic number, size nor checksum. O(m n).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_compression import _solve
from harness.api import Solver


@dataclass(frozen=True)
class Zstd(Solver):
    """Zstandard, by its reference implementation."""

    problem = "tabular_compression"
    role = "peer"
    requires = ("zstandard",)
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    order: str = "any"  # rows, columns, or any: the smaller of both
    cells: str = "any"  # bytes, packed (1, 2 or 4 bits each where there are few letters), or any
    level: int = 12  # 1 to 22

    def __post_init__(self):
        _solve.check_plain(self, "zstd")

    def solve(self, data, rng):
        yield from _solve.plain(self, "zstd", data)
