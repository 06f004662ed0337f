"""Greedy training as it is defined: count all pairs, merge the most frequent one, again.

O(N M) for N characters of different words and M merges: all are read twice for each merge, once to
count pairs in a hash table and once to merge. Memory O(N).

Departs from the paper: different words are trained on, each with its count; overlapping occurrences
count; ties go to the smallest ids. In C like the fast one, so that the two can be compared.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.bpe_training._words import cells_of, trained, whole, words_of
from harness.api import Solver


@dataclass(frozen=True)
class GreedyNaive(Solver):
    """All pairs counted anew before each merge."""

    problem = "bpe_training"
    papers = ("formal-perspective-byte-pair-encoding",)
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1, "merges": 1}, "memory": {"n": 1}}

    def solve(self, data, rng):
        words = words_of(data.text, False) if data.split else whole(data.text)
        cells, base = cells_of(data.text, words)
        yield trained(cells, base, words.record[:, 2], data.merges, naive=True)
