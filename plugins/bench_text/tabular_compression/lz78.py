"""LZ78: the letters as phrases, each an older phrase and one letter more.

The i-th phrase takes log2 i bits for the older one and log2 A for the letter, by a range coder that
takes fractions of bits; the number of phrases times its logarithm comes to the entropy of any
stationary source, but slowly: the excess falls as 1 / log N. O(m n), with a hash table.

Departs from the common form: pointers take no whole number of bits, and no space for flags.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_compression import _solve
from bench_text.tabular_compression._container import encode
from harness.api import Solver


@dataclass(frozen=True)
class LZ78(Solver):
    """Phrases of the table read by rows or by columns."""

    problem = "tabular_compression"
    role = "baseline"
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    order: str = "any"  # rows, columns, or any: the smaller of both

    def __post_init__(self):
        _solve.one_of("order", self.order, _solve.ORDERS)

    def solve(self, data, rng):
        yield from _solve.smaller(
            encode(data.table, "lz78", transposed=transposed)
            for transposed in _solve.ORDERS[self.order]
        )
