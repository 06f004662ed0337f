"""The single-vector heuristic: the nearest tokens of each query token name the candidates.

Of every query token the nearest tokens of all documents are found; documents become candidates in
the order of rank, the nearest of all query tokens first, then the second nearest. Without
`deduplicate` a document that is named again is counted again, so that `candidates` names hold fewer
documents; what systems such as PLAID do lies between. The candidates are compared exactly.

t |Q| d multiplications, t tokens in all: as exact search takes. A real system has an index of the
tokens; what counts here is how many candidates it needs.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval._rankings import best
from bench_retrieval.multi_vector_search._corpus import Corpus, at_least
from harness.api import Solver


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
            found = _named(corpus, document_of, query, wanted, self.deduplicate)
            yield corpus.rerank(query, found) if self.rerank else found


def _named(corpus, document_of, query, wanted, deduplicate):
    """The candidates in the order in which they are named; k at least."""
    products = query @ corpus.tokens.T
    per_token = wanted if deduplicate else -(-wanted // len(query))
    while True:
        nearest = np.array([best(row, per_token) for row in products])
        named = document_of[nearest].T.ravel()
        if not deduplicate:
            named = named[: max(wanted, corpus.k)]
        documents, first = np.unique(named, return_index=True)
        if len(documents) >= (min(wanted, corpus.n) if deduplicate else corpus.k):
            break
        per_token *= 2  # few documents hold all of the nearest
        wanted *= 1 if deduplicate else 2
    return documents[np.argsort(first)][:wanted]
