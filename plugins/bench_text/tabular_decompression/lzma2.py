"""LZMA of the standard library: bits by adaptive probabilities, and copies from far back.

A literal of 8 bits takes 8 steps of a binary range decoder, each with a branch that is hard to
foresee where letters are random. O(m n).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_decompression import _decoding
from harness.api import Solver


@dataclass(frozen=True)
class LZMA2(Solver):
    """liblzma's raw streams."""

    problem = "tabular_decompression"
    role = "baseline"
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    order: str = "rows"  # in which the table was written: rows, columns

    def __post_init__(self):
        _decoding.one_of("order", self.order, ("rows", "columns"))

    def solve(self, data, rng):
        yield _decoding.decoded(data, "lzma", self.order)
