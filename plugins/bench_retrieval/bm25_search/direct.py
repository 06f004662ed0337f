"""Direct: no index; every query reads all documents and applies the formula to each.

O(tokens) for each word of a query. What an index must beat, and how many queries it must be asked
to be worth its making.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval import _bm25_formula
from bench_retrieval._bm25_top import top
from harness.api import Solver


@dataclass(frozen=True)
class Direct(Solver):
    """The formula for all documents."""

    problem = "bm25_search"
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}

    def solve(self, events, rng):
        corpus, formula, k = events.corpus, events.formula, events.k
        tokens, offsets, n_terms = corpus["tokens"], corpus["offsets"], corpus["n_terms"]
        lengths = np.diff(offsets)
        n = len(lengths)
        document_of = np.repeat(np.arange(n), lengths)
        nb = _bm25_formula.normalised_lengths(formula, lengths, float(lengths.mean()))
        for query in events:
            scores = np.zeros(n)
            known = query[(query >= 0) & (query < n_terms)]
            for term, times in zip(*np.unique(known, return_counts=True), strict=True):
                counts = np.bincount(document_of[tokens == term], minlength=n)
                frequency = np.count_nonzero(counts)
                if frequency:
                    weight = times * _bm25_formula.idf(formula["variant"], n, np.array([frequency]))
                    scores += weight * _bm25_formula.tf(formula, counts[:, None], nb)[:, 0]
            yield top(scores, k)
