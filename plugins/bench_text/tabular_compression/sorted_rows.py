"""Sorted rows: the rows in lexicographic order, their order, and a general compressor.

Rows that are alike come together, so that a compressor finds them; what their order held,
log2(m!) bits or about log2(m) - 1.44 a row, has to be stored beside them. Pays where many rows are
alike in their first columns and columns are many. O(m n log m).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_text.tabular_compression import _solve
from bench_text.tabular_compression._container import encode
from harness.api import Solver


@dataclass(frozen=True)
class SortedRows(Solver):
    """Sort, store the order, compress."""

    problem = "tabular_compression"
    role = "baseline"
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    base: str = "lzma"  # kt, ans, lz78, deflate, bzip2, lzma
    cells: str = "any"  # bytes, packed, or any: what a coder of bytes gets; any takes the smaller

    def __post_init__(self):
        _solve.one_of("base", self.base, _solve.ALWAYS_THERE)
        _solve.one_of("cells", self.cells, _solve.CELLS)

    def solve(self, data, rng):
        order = np.lexsort(data.table.T[::-1])  # its last key counts most
        yield from _solve.smaller(
            encode(data.table, self.base, "sorted", packed=packed, order=order)
            for packed in _solve.cells(data, self.base, self.cells)
        )
