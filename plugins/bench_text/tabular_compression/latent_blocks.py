"""Latent blocks: guess the classes of rows and columns, and code each block of them by itself.

Spectral clustering finds k_r classes of rows and k_c of columns. Entries of one class of rows and
one of columns are then close to independent draws from one law, and a coder that knows nothing but
the counts of letters so far (Krichevsky and Trofimov) comes within O(log of the block's size) bits
of its entropy. So the whole takes

    sum over blocks of log2 [Gamma(N + A/2) / Gamma(A/2)] / prod_x [Gamma(c_x + 1/2) / Gamma(1/2)]

bits, with c_x the times that letter x comes in a block of N entries, and about as little for the
classes themselves: the entropy rate of the model. The singular vectors cost O(m n) a product, each
k-means O((m + n) k^2), a trial of the 36 pairs of k_r and k_c O(m n).

With `base=ans` each block gets fixed frequencies, which are stored (asymmetric numeral systems):
some bytes more, and many times faster to decode, see the board tabular_decompression.

Departs from the paper: letters become one-hot vectors, not numbers; k_r and k_c are those with the
fewest bits by that formula among 1 to 6, whatever the base coder; classes are always stored by
counts; coders of bytes get packed letters where that is smaller; the whole table by counts comes
first, and stays where nothing is smaller.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_compression import _solve
from harness.api import Solver


@dataclass(frozen=True)
class LatentBlocks(Solver):
    """Spectral classes, then a base coder block by block."""

    problem = "tabular_compression"
    papers = ("compressing-tabular-data-latent-variable",)
    role = "paper"
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    base: str = "kt"  # kt, ans, lz78, deflate, bzip2, lzma; latent_zstd has Zstandard
    row_classes: int = 0  # 0: as many as make it smallest
    column_classes: int = 0
    most_classes: int = 6  # of either kind, where the number is searched for
    restarts: int = 10  # of k-means
    cells: str = "any"  # bytes, packed, or any: what a coder of bytes gets; any takes the smaller

    def __post_init__(self):
        _solve.one_of("base", self.base, _solve.ALWAYS_THERE)
        _solve.check_latent(self)

    def solve(self, data, rng):
        yield from _solve.latent(self, self.base, data, rng)
