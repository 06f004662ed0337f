"""TextRank words: step 7 of SemRe-Rank with TextRank's scores of words.

One graph for the corpus: the words of candidates are joined where they stand less than `window`
words apart, with how often they do as weight. PageRank there, divided by its largest, is what a
word is worth: base (1 + mean worth of the candidate's words). So the paper on SemRe-Rank built the
method that it compares with; it starts again at the words of confirmed terms, too.

Time n window for the graph, and its edges for each iteration of PageRank. Memory: the edges.

Departs from the paper (Mihalcea and Tarau, TextRank: bringing order into texts): weights; the words
of candidates instead of nouns and adjectives.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_text.term_extraction._bases import BASES, check_base
from bench_text.term_extraction._pagerank import DAMPING, pagerank
from bench_text.term_extraction._revision import revised, seed_words
from harness.api import Solver


@dataclass(frozen=True)
class TextRankWords(Solver):
    """PageRank of words that stand near each other, times a base method."""

    problem = "term_extraction"
    role = "baseline"
    growth: ClassVar = {"time": {"documents": 1}}
    space: ClassVar = {
        "base": ("choice", "tf", "tf_idf", "c_value", "ridf", "weirdness", "basic", "combo_basic"),
        "window": ("integer", 2, 20),
    }

    base: str = "tf_idf"  # as of semre_rank
    seeds: bool = True  # False: starts again anywhere, as TextRank does
    window: int = 10  # words; as in the comparison of the paper on SemRe-Rank

    def __post_init__(self):
        check_base(self.base)
        if self.window < 2:
            raise ValueError(f"window is {self.window}, expected 2 words or more")

    def solve(self, data, rng):
        base = BASES[self.base](data)
        yield base
        weights, words = _graph(data, self.window)
        worth = np.zeros(data.vocabulary)
        if len(words):
            seeds = seed_words(data)[words] if self.seeds else np.zeros(len(words), bool)
            ranks = pagerank(weights, np.array([len(words)]), seeds, DAMPING)
            worth[words] = ranks / ranks.max()
        yield revised(data, base, worth)


def _graph(data, window):
    """How often words of candidates stand near each other, and which words those are.

    Returns:
        a symmetric CSR array without empty rows; the word of each row, ascending.
    """
    from scipy.sparse import coo_array

    is_node = np.zeros(data.vocabulary, bool)
    is_node[data.candidate_words] = True
    words = np.asarray(data.words)
    document = np.repeat(np.arange(len(data.documents) - 1), np.diff(data.documents))
    total = coo_array((data.vocabulary, data.vocabulary)).tocsr()
    for gap in range(1, window):
        left, right = words[gap:], words[:-gap]
        near = is_node[left] & is_node[right] & (left != right)
        near &= document[gap:] == document[:-gap]
        ends = np.concatenate([left[near], right[near]]), np.concatenate([right[near], left[near]])
        total += coo_array((np.ones(len(ends[0])), ends), shape=total.shape).tocsr()
    kept = np.flatnonzero(np.diff(total.indptr))
    return total[kept][:, kept], kept
