"""Centroid interaction: each token is known by the nearest of some centroids only.

As in the engine PLAID: k-means gives centroids, every token keeps the number of its nearest. A
query is multiplied by the centroids alone; a document's approximate similarity is the sum over
query tokens of the largest product with a centroid of one of its tokens, which takes no arithmetic.
The best candidates are compared exactly.

C |Q| d multiplications and t |Q| comparisons a query, for C centroids and t tokens; the index takes
C t d. Of PLAID's stages only this one is here: no centroids are left out, no residuals are kept.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.multi_vector_search._centroids import clustered
from bench_retrieval.multi_vector_search._corpus import Corpus, answers, at_least
from harness.api import Solver, kernel


@dataclass(frozen=True)
class CentroidInteraction(Solver):
    """Candidates by the centroids of their tokens."""

    problem = "multi_vector_search"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}
    space: ClassVar = {
        "centroids": ("log", 0.5, 8.0),
        "candidates": ("log integer", 20, 500),
    }

    centroids: float = 4.0  # times the root of the number of tokens; PLAID takes 8 to 16
    rounds: int = 4  # of k-means
    candidates: int = 100  # compared exactly
    rerank: bool = True  # False: answers with the candidates as they are

    def __post_init__(self):
        at_least(1, candidates=self.candidates)
        at_least(0, rounds=self.rounds)
        if not self.centroids > 0:
            raise ValueError(f"centroids is {self.centroids}, expected a number above 0")

    def solve(self, data, rng):
        corpus = Corpus(data)
        centroids, codes = clustered(corpus.tokens, self.centroids, self.rounds, rng)

        def scores(query):
            width = -len(query) % 16 + len(query)  # whole vectors
            products = np.zeros((len(centroids), width), np.float32)
            products[:, : len(query)] = centroids @ query.T
            found = np.empty(corpus.n)
            kernel("multi_vector").mv_chamfer_coded(
                products, width, codes, corpus.offsets, 0, corpus.n, len(query),
                np.empty(width, np.float32), found,
            )  # fmt: skip
            return found

        yield from answers(corpus, data, scores, self.candidates, self.rerank)
