"""Each different piece once: most pieces of a text have been seen before.

The text is read once to number its pieces by a hash table; the different ones are encoded, lowest
merge first; their tokens are copied in the order of the pieces. By the law of Heaps a text of n
words has about n^0.5 to n^0.8 different ones, so that copying is what takes time. Packages keep a
cache for the same reason. Memory: four bytes for each piece, and the different ones.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_text.bpe_encoding._rules import rules_of
from bench_text.bpe_training._words import words_of
from harness.api import Solver, kernel


@dataclass(frozen=True)
class DistinctPieces(Solver):
    """Number the pieces, encode the different ones, copy."""

    problem = "bpe_encoding"
    papers = ("formal-perspective-byte-pair-encoding",)
    role = "paper"
    growth: ClassVar = {"time": {"n": 1, "merges": 0}, "memory": {"n": 1}}

    def solve(self, data, rng):
        bpe = kernel("bpe")
        rules = rules_of(data.merges)
        pieces = words_of(data.text, True)
        words = len(pieces.record)
        place = np.empty(words + 1, np.int64)
        tokens = np.empty(int(pieces.record[:, 1].sum()), np.int32)
        found = bpe.bpe_encode_words(
            data.text, pieces.record, words, rules.table, rules.slots, rules.first, place, tokens
        )
        if found < 0:
            raise MemoryError("encoding found no memory for its longest piece")
        out = np.empty(int(np.diff(place) @ pieces.record[:, 2]), np.int32)
        bpe.bpe_spread(pieces.number, len(pieces.number), place, tokens, out)
        yield out
