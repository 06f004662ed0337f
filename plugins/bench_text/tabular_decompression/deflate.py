"""Deflate of the standard library (zlib): Huffman codes and copies of what came before.

Packed letters, where there are 16 or fewer, are fewer bytes to write. O(m n).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_decompression import _decoding
from harness.api import Solver


@dataclass(frozen=True)
class Deflate(Solver):
    """zlib's raw streams."""

    problem = "tabular_decompression"
    role = "baseline"
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    order: str = "rows"  # in which the table was written: rows, columns

    def __post_init__(self):
        _decoding.one_of("order", self.order, ("rows", "columns"))

    def solve(self, data, rng):
        yield _decoding.decoded(data, "deflate", self.order)
