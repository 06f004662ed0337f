"""Latent blocks with Zstandard for each block: spectral classes, then a general compressor.

Classes as in `latent_blocks`, whose docstring has the method; a block is a frame of its own, behind
its length, without magic number, size and checksum. Zstandard codes letters by their counts in
stretches of up to 128 KiB with a table for each, and its search for repeats finds little in
independent letters: what remains above the entropy is its own.

Departs from the paper as `latent_blocks` does.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_compression import _solve
from harness.api import Solver


@dataclass(frozen=True)
class LatentZstd(Solver):
    """Spectral classes, then Zstandard block by block."""

    problem = "tabular_compression"
    papers = ("compressing-tabular-data-latent-variable",)
    role = "paper"
    requires = ("zstandard",)
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    level: int = 12  # 1 to 22
    row_classes: int = 0  # 0: as many as make it smallest
    column_classes: int = 0
    most_classes: int = 6  # of either kind, where the number is searched for
    restarts: int = 10  # of k-means
    cells: str = "any"  # bytes, packed, or any: the smaller

    def __post_init__(self):
        _solve.check_latent(self)
        _solve.check_level("zstd", self.level)

    def solve(self, data, rng):
        yield from _solve.latent(self, "zstd", data, rng, self.level)
