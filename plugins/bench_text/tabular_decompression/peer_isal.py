"""Deflate by ISA-L (package isal): the bytes that `deflate` reads, by another decoder.

ISA-L's igzip reads several short Huffman codes at once from one table, in vector instructions'
assembly. Behind the container's head it gets the same raw stream as zlib; packed letters are then
taken apart as for all others. O(m n).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_decompression import _decoding
from harness.api import Solver


@dataclass(frozen=True)
class PeerISAL(Solver):
    """igzip, Intel's decoder of deflate."""

    problem = "tabular_decompression"
    role = "peer"
    requires = ("isal",)
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    order: str = "rows"  # in which the table was written: rows, columns, blocks

    def __post_init__(self):
        _decoding.one_of("order", self.order, ("rows", "columns", "blocks"))

    def solve(self, data, rng):
        from isal import isal_zlib

        def inflated(coder, stream, size):
            return isal_zlib.decompress(stream, -isal_zlib.MAX_WBITS, size)

        yield _decoding.decoded(data, "deflate", self.order, inflated)
