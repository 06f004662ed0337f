"""Zstandard of the package zstandard: literals by Huffman codes, four streams at once, and copies.

One call of the decompressor with the size that is known. O(m n).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_decompression import _decoding
from harness.api import Solver


@dataclass(frozen=True)
class Zstd(Solver):
    """Zstandard, by its reference implementation."""

    problem = "tabular_decompression"
    role = "peer"
    requires = ("zstandard",)
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    order: str = "rows"  # in which the table was written: rows, columns

    def __post_init__(self):
        _decoding.one_of("order", self.order, ("rows", "columns"))

    def solve(self, data, rng):
        yield _decoding.decoded(data, "zstd", self.order)
