"""Each piece by itself: the lowest merge that applies, again and again.

Ranks of neighbouring pairs come from a hash table. A short piece keeps the ranks of all its pairs
in a row and looks for the least before each merge, O(L^2) with a tiny constant; a piece of more
than 64 bytes keeps them in a heap over linked tokens, O(L log L), so that one huge line is no
trouble. Nothing is remembered from piece to piece: time O(n) where pieces are short, memory O(1)
beyond the table, the longest piece and the tokens.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_text.bpe_encoding._rules import rules_of
from harness.api import Solver, kernel


@dataclass(frozen=True)
class LowestFirst(Solver):
    """A row of ranks for short pieces, a heap for long ones."""

    problem = "bpe_encoding"
    papers = ("formal-perspective-byte-pair-encoding",)
    role = "paper"
    growth: ClassVar = {"time": {"n": 1, "merges": 0}, "memory": {"n": 1}}

    def solve(self, data, rng):
        rules = rules_of(data.merges)
        tokens = np.empty(len(data.text), np.int32)
        made = kernel("bpe").bpe_encode(
            data.text, len(data.text), rules.table, rules.slots, rules.first, tokens
        )
        if made < 0:
            raise MemoryError("encoding found no memory for its longest piece")
        yield tokens[:made]
