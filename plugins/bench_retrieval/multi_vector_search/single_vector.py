"""The single-vector heuristic: the nearest tokens of each query token name the candidates.

Of every query token the nearest tokens of all documents are found; documents become candidates in
the order of rank, the nearest of all query tokens first, then the second nearest. Without
`deduplicate` a document that is named again is counted again, so that `candidates` names hold fewer
documents; what systems such as PLAID do lies between. The candidates are compared exactly.

t |Q| d multiplications, t tokens in all: as exact search takes. It tells how many candidates the
heuristic needs; `inverted_tokens` has the index that makes it fast.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval._rankings import best
from bench_retrieval.multi_vector_search._corpus import Corpus, at_least
from bench_retrieval.multi_vector_search._naming import named
from harness.api import Solver

_TOKENS = 1 << 14  # compared to the query at a time


@dataclass(frozen=True)
class SingleVector(Solver):
    """Candidates from the nearest tokens of each query token."""

    problem = "multi_vector_search"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}}

    candidates: int = 100  # compared exactly
    deduplicate: bool = True  # count a document once, however often it is named
    rerank: bool = True  # False: answers with the candidates as they are

    def __post_init__(self):
        at_least(1, candidates=self.candidates)

    def solve(self, data, rng):
        corpus = Corpus(data)
        document_of = np.repeat(np.arange(corpus.n), np.diff(corpus.offsets))
        wanted = max(corpus.k, self.candidates)
        for query in data:

            def ranked(per_token, query=query):
                return document_of[_nearest(query, corpus.tokens, per_token)].T

            found = named(ranked, len(query), wanted, corpus.k, corpus.n, self.deduplicate)
            yield corpus.rerank(query, found) if self.rerank else found


def _nearest(query, tokens, count):
    """The nearest tokens of each query token, int64[|Q|, count], best first."""
    items = [np.empty(0, np.int64)] * len(query)
    products = [np.empty(0, np.float32)] * len(query)
    for at in range(0, len(tokens), _TOKENS):
        block = query @ tokens[at : at + _TOKENS].T
        for row, own in enumerate(block):
            # Of equals the earlier one stays, so that only larger ones are new.
            full = len(items[row]) == count
            new = np.flatnonzero(own > products[row][-1]) if full else np.arange(len(own))
            if len(new):
                together = np.append(products[row], own[new])
                kept = best(together, count)
                items[row] = np.append(items[row], at + new)[kept]
                products[row] = together[kept]
    return np.array(items)
