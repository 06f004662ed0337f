"""bzip2 of the standard library: Huffman codes, then the Burrows-Wheeler transform undone.

To undo it, blocks of up to 900,000 bytes are read in an order that jumps about in memory. O(m n).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_decompression import _decoding
from harness.api import Solver


@dataclass(frozen=True)
class Bzip2(Solver):
    """Burrows and Wheeler, in the standard library."""

    problem = "tabular_decompression"
    role = "baseline"
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    order: str = "rows"  # in which the table was written: rows, columns

    def __post_init__(self):
        _decoding.one_of("order", self.order, ("rows", "columns"))

    def solve(self, data, rng):
        yield _decoding.decoded(data, "bzip2", self.order)
