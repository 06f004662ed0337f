"""LZ78: phrases, each an older phrase and one letter more.

Two steps of the range decoder for each phrase, of which there are fewer the longer they grow, and a
walk along its letters, from the last to the first. O(m n).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_decompression import _decoding
from harness.api import Solver


@dataclass(frozen=True)
class LZ78(Solver):
    """Phrases of the table, read by rows or by columns."""

    problem = "tabular_decompression"
    role = "baseline"
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    order: str = "rows"  # in which the table was written: rows, columns

    def __post_init__(self):
        _decoding.one_of("order", self.order, ("rows", "columns"))

    def solve(self, data, rng):
        yield _decoding.decoded(data, "lz78", self.order)
