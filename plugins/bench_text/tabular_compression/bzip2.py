"""bzip2 of the standard library: letters sorted by what follows them, then Huffman codes.

The Burrows-Wheeler transform of blocks of 100,000 bytes times the level; O(m n log(m n)) where
nothing repeats. The frame of 14 bytes and more stays, as the library makes no raw streams.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_compression import _solve
from harness.api import Solver


@dataclass(frozen=True)
class Bzip2(Solver):
    """Burrows and Wheeler, in the standard library."""

    problem = "tabular_compression"
    role = "baseline"
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    order: str = "any"  # rows, columns, or any: the smaller of both
    cells: str = "any"  # bytes, packed (1, 2 or 4 bits each where there are few letters), or any
    level: int = 9  # 1 to 9: hundreds of thousands of bytes a block

    def __post_init__(self):
        _solve.check_plain(self, "bzip2")

    def solve(self, data, rng):
        yield from _solve.plain(self, "bzip2", data)
