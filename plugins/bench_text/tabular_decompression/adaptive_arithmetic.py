"""Adaptive arithmetic decoding of order 0: one letter after the other by the counts so far.

A letter of weight w out of t shrinks an interval to its w / t-th part; to read it, the interval is
divided by t, and the letter found in whose part the stream points. Each division waits for the one
before. O(m n) with few letters, O(m n log A) with many.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_decompression import _decoding
from harness.api import Solver


@dataclass(frozen=True)
class AdaptiveArithmetic(Solver):
    """One table of counts for all, for each row, or for each column."""

    problem = "tabular_decompression"
    role = "baseline"
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    by: str = "table"  # table, rows, columns: how far counts go before they begin anew

    def __post_init__(self):
        _decoding.one_of("by", self.by, ("table", "rows", "columns"))

    def solve(self, data, rng):
        yield _decoding.decoded(data, "kt", self.by)
