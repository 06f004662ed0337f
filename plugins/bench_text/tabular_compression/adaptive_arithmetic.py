"""Adaptive arithmetic coding of order 0: letters by their counts so far, no classes.

Each letter costs log2 of (N + A/2) / (c_x + 1/2) bits, where c_x of the N letters before were the
same (Krichevsky and Trofimov): as many as the entropy of the counts, and (A - 1)/2 log2 N more.
Counts are of the whole table, or begin anew with each row or each column. O(m n log A).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_compression import _solve
from bench_text.tabular_compression._container import encode
from harness.api import Solver

_WAYS = {"table": ("whole", False), "rows": ("lines", False), "columns": ("lines", True)}


@dataclass(frozen=True)
class AdaptiveArithmetic(Solver):
    """One table of counts for all, for each row, or for each column."""

    problem = "tabular_compression"
    role = "baseline"
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    by: str = "any"  # table, rows, columns, or any: the smallest of the three

    def __post_init__(self):
        _solve.one_of("by", self.by, ("any", *_WAYS))

    def solve(self, data, rng):
        ways = _WAYS.values() if self.by == "any" else (_WAYS[self.by],)
        yield from _solve.smaller(
            encode(data.table, "kt", layout, transposed=transposed) for layout, transposed in ways
        )
