"""Latent blocks: decode block by block, and put the entries back to their rows and columns.

The classes of rows and of columns come first, then the entries of each class of rows and class of
columns, which are read one after the other and scattered. By counts (Krichevsky and Trofimov) a
letter waits for the division of the range coder before it; nothing of that can be done in parallel.
With `base=ans` letters come from tables of fixed frequencies, four at once.
Neither singular vectors nor k-means are needed: the classes are stored. O(m n) with few letters.

Departs from the paper as tabular_compression's `latent_blocks` does, which writes what this reads.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_decompression import _decoding
from harness.api import Solver


@dataclass(frozen=True)
class LatentBlocks(Solver):
    """Classes, then a base coder block by block."""

    problem = "tabular_decompression"
    papers = ("compressing-tabular-data-latent-variable",)
    role = "paper"
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    base: str = "kt"  # kt, ans, lz78, deflate, bzip2, lzma; latent_zstd has Zstandard

    def __post_init__(self):
        _decoding.one_of("base", self.base, ("kt", "ans", "lz78", "deflate", "bzip2", "lzma"))

    def solve(self, data, rng):
        yield _decoding.decoded(data, self.base, "blocks")
