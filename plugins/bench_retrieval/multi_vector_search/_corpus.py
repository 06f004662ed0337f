"""The corpus as solvers work on it: exact similarities by the kernel, and candidates re-ranked."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bench_retrieval._rankings import best
from harness.api import kernel


class Corpus:
    """The documents' tokens, and the kernel that compares them to a query.

    Attributes:
        tokens: float32[t, d]. offsets: int64[n + 1]. n: how many documents.
    """

    def __init__(self, events: Any) -> None:
        self.tokens, self.offsets, self.k = events.tokens, events.offsets, events.k
        self.n, self.dim = len(self.offsets) - 1, self.tokens.shape[1]
        self._kernel = kernel("multi_vector")
        self._lanes = self._kernel.mv_lanes()

    def similarities(self, query: np.ndarray, documents: np.ndarray) -> np.ndarray:
        """Chamfer similarities, float64[len(documents)]; |Q| |P| d multiplications each.

        Args:
            query: float32[|Q|, d]. documents: int64.
        """
        query = np.ascontiguousarray(query)
        packed = np.empty(-(-len(query) // self._lanes) * self._lanes * self.dim, np.float32)
        self._kernel.mv_pack(query, len(query), self.dim, packed)
        found = np.empty(len(documents))
        self._kernel.mv_chamfer(
            self.tokens,
            self.dim,
            self.offsets,
            documents,
            len(documents),
            packed,
            len(query),
            found,
        )
        return found

    def of(self, documents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The tokens of some documents, and their offsets, as `tokens` and `offsets` are."""
        lengths = np.diff(self.offsets)[documents]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        rows = np.repeat(self.offsets[:-1][documents] - offsets[:-1], lengths)
        return self.tokens[rows + np.arange(len(rows))], offsets

    def means(self) -> np.ndarray:
        """The mean token of each document, float32[n, d]."""
        sums = np.add.reduceat(self.tokens, self.offsets[:-1], axis=0)
        return sums / np.diff(self.offsets)[:, None].astype(np.float32)

    def rerank(self, query: np.ndarray, candidates: np.ndarray) -> np.ndarray:
        """The k most similar ones of the candidates, best first."""
        candidates = np.sort(candidates)
        return candidates[best(self.similarities(query, candidates), self.k)]


def answers(
    corpus: Corpus,
    events: Any,
    scores: Callable[[np.ndarray], np.ndarray],
    candidates: int,
    rerank: bool,
    tau: float = 0.0,
) -> Iterator[np.ndarray]:
    """Answer each query: rank all documents by a cheap score, compare the first ones exactly.

    Args:
        scores: of all documents for a query. candidates: how many are compared, k at least.
        rerank: without it the candidates are the answer as they are, ranked by the cheap score.
        tau: query tokens whose inner product is at least that are added up first; 0 is off.
    """
    for query in events:
        ranked = best(scores(query), max(corpus.k, candidates))
        if rerank:
            ranked = corpus.rerank(balls(query, tau) if tau else query, ranked)
        yield ranked


def balls(query: np.ndarray, tau: float) -> np.ndarray:
    """The query's tokens in clusters, each replaced by its sum.

    A cluster is the first token that is left with all others left whose inner product with it is at
    least tau; the sum over a cluster of the largest inner products becomes that of the sums.
    """
    left, sums = np.arange(len(query)), []
    products = query @ query.T
    while len(left):
        near = products[left[0], left] >= tau
        near[0] = True
        sums.append(query[left[near]].sum(axis=0))
        left = left[~near]
    return np.array(sums, np.float32)


def at_least(least: int, **values: float) -> None:
    """Refuse parameters that are too small, or NaN.

    Raises:
        ValueError: with the name of the first.
    """
    for name, value in values.items():
        if not value >= least:
            raise ValueError(f"{name} is {value}, expected {least} or more")
