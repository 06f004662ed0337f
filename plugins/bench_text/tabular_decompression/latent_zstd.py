"""Latent blocks with Zstandard: a frame for each block, whose entries are then scattered.

The classes are stored by counts, one letter for each row and each column; the rest is Zstandard's,
and putting m n entries back to their rows and columns. O(m n).

Departs from the paper as tabular_compression's `latent_zstd` does, which writes what this reads.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_decompression import _decoding
from harness.api import Solver


@dataclass(frozen=True)
class LatentZstd(Solver):
    """Classes, then Zstandard block by block."""

    problem = "tabular_decompression"
    papers = ("compressing-tabular-data-latent-variable",)
    role = "paper"
    requires = ("zstandard",)
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    def solve(self, data, rng):
        yield _decoding.decoded(data, "zstd", "blocks")
