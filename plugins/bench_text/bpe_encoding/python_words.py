"""In plain Python, as the first published encoders: a dictionary of ranks, a memo of pieces.

A piece is merged at its lowest pair, everywhere from left to right, until none is left: O(L) for
each merge that the piece has, so O(L^2) for a short piece of L bytes and O(L M) for a huge one with
M merges. Pieces that came before are looked up.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from bench_text.bpe_training._reference import applied, pieces_of
from harness.api import Solver


@dataclass(frozen=True)
class PythonWords(Solver):
    """No kernel: what an interpreter makes of it."""

    problem = "bpe_encoding"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}

    def solve(self, data, rng):
        ranks = {tuple(pair): r for r, pair in enumerate(data.merges.tolist())}
        known: dict[str, list[int]] = {}
        tokens: list[int] = []
        for piece in pieces_of(data.text.tobytes().decode()):
            if piece not in known:
                known[piece] = _encoded(list(piece.encode()), ranks)
            tokens += known[piece]
        yield np.array(tokens, np.int32)


def _encoded(word, ranks):
    while len(word) > 1:
        best = min(pairwise(word), key=lambda pair: ranks.get(pair, len(ranks)))
        if best not in ranks:
            break
        word = applied(word, best, 256 + ranks[best])
    return word
