"""Fast greedy training: only what a merge touches is counted anew.

Different words are trained on, each with its count. Tokens stand in a linked list; every pair has
its count and the list of its places, and a heap gives the most frequent pair, smallest ids first.
Merging (u, v) to z walks through its places: a neighbour x on the left turns (x, u) into (x, z),
one on the right (v, y) into (z, y). Places that an overlap or an earlier merge used up are passed
over.

Each merge of an occurrence removes a token, so that there are N at most, each O(1) changes of
counts; with the heap O(N log M) for N characters, M merges and an alphabet that doesn't grow.
Memory O(N). With words, N is the length of all different words, and reading the text is what takes
the time.

Departs from the paper: overlapping occurrences count, as packages have it (the paper's own code
too, by default), and ties go to the smallest ids. The heap holds upper bounds, which are put right
when they come up, and leaves out rare pairs until they are needed.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.bpe_training._words import cells_of, trained, whole, words_of
from harness.api import Solver


@dataclass(frozen=True)
class GreedyHeap(Solver):
    """Linked tokens, lists of occurrences, a heap."""

    problem = "bpe_training"
    papers = ("formal-perspective-byte-pair-encoding",)
    role = "paper"
    growth: ClassVar = {"time": {"n": 1, "merges": 0}, "memory": {"n": 1}}  # and logarithms

    def solve(self, data, rng):
        words = words_of(data.text, False) if data.split else whole(data.text)
        cells, base = cells_of(data.text, words)
        yield trained(cells, base, words.record[:, 2], data.merges)
