"""The single-vector heuristic with an index of the tokens: lists by centroid, some looked through.

As `single_vector`, but a query token is compared to the tokens of its `probes` nearest centroids
only (k-means; an inverted file). This is how engines such as ColBERT's and PLAID find their first
candidates, and the rival in latency that an encoding of documents has to beat.

(C + probes t / C) |Q| d multiplications a query for C centroids of t tokens, and the candidates;
the index takes C t d and a sorted copy of the tokens.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.multi_vector_search._centroids import clustered
from bench_retrieval.multi_vector_search._corpus import Corpus, at_least
from bench_retrieval.multi_vector_search._naming import named
from harness.api import Solver


@dataclass(frozen=True)
class InvertedTokens(Solver):
    """Candidates from the nearest tokens in some lists."""

    problem = "multi_vector_search"
    role = "baseline"
    growth: ClassVar = {"memory": {"n": 1}}
    space: ClassVar = {
        "centroids": ("log", 0.5, 8.0),
        "probes": ("log integer", 1, 32),
        "candidates": ("log integer", 20, 500),
    }

    centroids: float = 4.0  # times the root of the number of tokens; PLAID takes 8 to 16
    rounds: int = 4  # of k-means
    probes: int = 4  # lists of each query token; PLAID takes 1 to 4
    candidates: int = 100  # compared exactly
    deduplicate: bool = True  # count a document once, however often it is named
    rerank: bool = True  # False: answers with the candidates as they are

    def __post_init__(self):
        at_least(1, candidates=self.candidates, probes=self.probes)
        at_least(0, rounds=self.rounds)
        if not 0 < self.centroids < float("inf"):
            raise ValueError(f"centroids is {self.centroids}, expected a number above 0")

    def solve(self, data, rng):
        corpus = Corpus(data)
        lists = _Lists(corpus, *clustered(corpus.tokens, self.centroids, self.rounds, rng))
        wanted = max(corpus.k, self.candidates)
        for query in data:
            probes = self.probes
            while True:
                found = named(
                    lists.ranked(query, probes),
                    len(query), wanted, corpus.k, corpus.n, self.deduplicate,
                )  # fmt: skip
                if len(found) >= corpus.k:
                    break
                probes *= 2  # these lists hold too few documents
            yield corpus.rerank(query, found) if self.rerank else found


class _Lists:
    """The tokens, sorted by their nearest centroid."""

    def __init__(self, corpus, centroids, codes):
        order = np.argsort(codes, kind="stable")
        document_of = np.repeat(np.arange(corpus.n), np.diff(corpus.offsets))
        self._tokens, self._document_of = corpus.tokens[order], document_of[order]
        self._edges = np.searchsorted(codes[order], np.arange(len(centroids) + 1))
        self._centroids = centroids

    def ranked(self, query, probes):
        """A function that gives the documents of so many nearest tokens, as `named` asks for."""
        near = query @ self._centroids.T
        probes = min(probes, near.shape[1])
        chosen = np.argpartition(-near, probes - 1, axis=1)[:, :probes]
        lengths = np.diff(self._edges)[chosen]
        place = np.cumsum(lengths, axis=1) - lengths
        width = int(lengths.sum(axis=1).max())
        products = np.full((len(query), width), -np.inf, np.float32)
        documents = np.full((len(query), width), -1)
        pairs = np.argsort(chosen, axis=None, kind="stable")
        parts = np.flatnonzero(np.diff(chosen.ravel()[pairs])) + 1
        for own in np.split(pairs, parts):  # query tokens that look through one list
            rows, at = own // probes, place.ravel()[own]
            first, last = self._edges[chosen.ravel()[own[0]] + np.arange(2)]
            found = self._tokens[first:last] @ query[rows].T
            for number, (row, start) in enumerate(zip(rows, at, strict=True)):
                span = slice(start, start + last - first)
                products[row, span] = found[:, number]
                documents[row, span] = self._document_of[first:last]

        def best(count):
            if count < width:
                kept = np.argpartition(-products, count - 1, axis=1)[:, :count]
            else:
                kept = np.broadcast_to(np.arange(width), products.shape)
            order = np.argsort(-np.take_along_axis(products, kept, axis=1), axis=1, kind="stable")
            return np.take_along_axis(documents, np.take_along_axis(kept, order, 1), axis=1).T

        return best
