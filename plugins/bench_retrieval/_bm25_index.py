"""The compiled index: impacts by term, as lists or as columns, made by two passes over the tokens.

What a term that a document holds f times adds to its score is, in every variant,

    shift + weight * f / (f + norm),  norm = kappa * (1 - b + b L / A),

where shift and weight belong to the term, and all documents get the shift, with the term or
without. For bm25+ that is plain, with kappa = k1, weight = (k1 + 1) idf and shift = delta idf.
For bm25l kappa = k1 + delta, weight = (k1 + 1) k1 / kappa idf and shift = (k1 + 1) delta / kappa
idf: it is atire with another k1, plus a constant of the query. So the lists hold the second part,
the impact, and the shift is added once for a query.

A pass counts how many documents have each term, which tells where the lists begin; another counts
the terms of each document into the lists, where counts become impacts. O(tokens) in all, and
8 (12) bytes for each pair of a document and a term that it has in float32 (float64).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.api import kernel

DTYPES = ("float32", "float64")
_DOCUMENTS_AT_ONCE = 1 << 14
_LONGEST = {"float32": 1 << 24, "float64": 1 << 53}  # up to which counts are exact

Found = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Index:
    """An index; see `cext/bm25.h` for what the arrays mean."""

    n: int
    dtype: str
    ids: np.ndarray
    impacts: np.ndarray
    starts: np.ndarray
    shift: np.ndarray
    column_of: np.ndarray
    columns: np.ndarray
    tops: np.ndarray
    largest: np.ndarray

    def by_sum(self, k: int) -> Callable[[np.ndarray], Found]:
        """A function: a query -> its k best documents and their scores, all impacts added."""
        return _one(self.all_by_sum(k), k)

    def by_max_score(self, k: int) -> Callable[[np.ndarray], Found]:
        """The same by MaxScore."""
        return _one(self.all_by_max_score(k), k)

    def all_by_sum(self, k: int) -> Callable[..., Found]:
        """A function: queries, as tokens and offsets -> the k best of each, a row for each query.

        It takes two arrays to fill as well, int32 and float64; without them it makes some.
        """
        head = (self.ids, self.impacts, self.starts, self.shift, self.n, len(self.shift))
        return _asker(_function("sum", self.dtype), head, k)

    def all_by_max_score(self, k: int) -> Callable[..., Found]:
        """The same by MaxScore."""
        stride = self.columns.shape[1]
        head = (self.ids, self.impacts, self.starts, self.column_of, self.columns, self.tops)
        tail = (stride, self.largest, self.shift, self.n, len(self.shift))
        return _asker(_function("max_score", self.dtype), head + tail, k)


def build(corpus: Any, formula: Any, dtype: str, column_share: float = np.inf) -> Index:
    """Index a corpus for a formula.

    Args:
        corpus: `tokens`, `offsets`, `n_terms`.
        formula: `variant`, `k1`, `b`, `delta`.
        dtype: that of the impacts, float32 or float64.
        column_share: terms of at least this share of the documents are stored as columns.
    """
    bm25 = kernel("bm25")
    # Each attribute is fetched once: it may come from another process.
    tokens, offsets, n_terms = (corpus[name] for name in ("tokens", "offsets", "n_terms"))
    n, block = len(offsets) - 1, bm25.bm25_block()
    lengths = np.diff(offsets)
    if lengths.max() >= _LONGEST[dtype]:
        raise ValueError(f"a document has {lengths.max()} tokens, too many for {dtype}")
    frequencies = np.zeros(n_terms, np.int64)
    latest = np.full(n_terms, -1, np.int32)
    for first in range(0, n, _DOCUMENTS_AT_ONCE):
        last = min(n, first + _DOCUMENTS_AT_ONCE)
        if bm25.bm25_count(tokens, offsets, first, last, n_terms, latest, frequencies) < 0:
            raise ValueError(f"a token of documents {first}..{last - 1} is none of {n_terms} terms")

    is_column = frequencies >= max(1.0, column_share * n)
    column_of = np.where(is_column, np.cumsum(is_column) - 1, -1).astype(np.int32)
    stride = -(-n // block) * block
    columns = np.zeros((np.count_nonzero(is_column), stride), dtype)
    tops = np.zeros((len(columns), stride // block), dtype)
    starts = np.concatenate([[0], np.cumsum(np.where(is_column, 0, frequencies))])
    ids, impacts = np.empty(starts[-1], np.int32), np.empty(starts[-1], dtype)
    fill, following = _function("fill", dtype), starts[:-1].copy()
    for first in range(0, n, _DOCUMENTS_AT_ONCE):
        last = min(n, first + _DOCUMENTS_AT_ONCE)
        counting = (tokens, offsets, first, last, starts, column_of, stride, following)
        fill(*counting, ids, impacts, columns)

    weight, shift, norm = parts(formula, frequencies, lengths)
    largest = np.zeros(n_terms, dtype)
    _function("weigh_lists", dtype)(ids, starts, 0, n_terms, weight, norm, impacts, largest)
    weigh = _function("weigh_column", dtype)
    for term in np.flatnonzero(is_column):
        number = column_of[term]
        largest[term] = weigh(n, weight[term], norm, columns[number], tops[number])
    return Index(n, dtype, ids, impacts, starts, shift, column_of, columns, tops, largest)


def parts(
    formula: Any, frequencies: np.ndarray, lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The weight and the shift of each term, and the norm of each document."""
    variant, k1, b, delta = (formula[name] for name in ("variant", "k1", "b", "delta"))
    n, df = len(lengths), np.maximum(frequencies, 1)
    if variant == "robertson":
        idf = np.maximum(0.0, np.log((n - df + 0.5) / (df + 0.5)))
    elif variant in ("lucene", "bm25l"):  # two ways to write the same
        idf = np.log((n + 1) / (df + 0.5))
    else:
        idf = np.log((n + (variant == "bm25+")) / df)
    idf[frequencies == 0] = 0.0
    kappa, weight, shift = k1, 1.0, 0.0
    if variant in ("atire", "bm25+"):
        weight, shift = k1 + 1, delta if variant == "bm25+" else 0.0
    elif variant == "bm25l":
        kappa = k1 + delta
        weight, shift = ((k1 + 1) * k1 / kappa, (k1 + 1) * delta / kappa) if kappa else (1.0, 0.0)
    mean = float(lengths.mean()) or 1.0
    return weight * idf, shift * idf, kappa * (1 - b + b * lengths / mean)


def impact_matrix(corpus: Any, formula: Any) -> tuple[Any, np.ndarray]:
    """The impacts as a matrix of documents and terms of scipy's, csc, float64; and the shifts."""
    from scipy.sparse import csr_array

    tokens, offsets, n_terms = (corpus[name] for name in ("tokens", "offsets", "n_terms"))
    shape = (len(offsets) - 1, n_terms)
    matrix = csr_array((np.ones(len(tokens)), tokens, offsets), shape=shape).tocsc()
    matrix.sum_duplicates()
    frequencies = np.diff(matrix.indptr)
    weight, shift, norm = parts(formula, frequencies, np.diff(offsets))
    matrix.data /= matrix.data + norm[matrix.indices]
    matrix.data *= np.repeat(weight, frequencies)
    return matrix, shift


def _asker(search: Callable[..., int], head: tuple[Any, ...], k: int) -> Callable[..., Found]:
    def ask(
        tokens: np.ndarray,
        places: np.ndarray,
        documents: np.ndarray | None = None,
        scores: np.ndarray | None = None,
    ) -> Found:
        count = len(places) - 1
        if documents is None or scores is None:
            documents, scores = np.empty((count, k), np.int32), np.empty((count, k))
        if search(*head, tokens, places, count, k, documents, scores) < 0:
            raise MemoryError("there is no memory for the terms of the query")
        return documents, scores

    return ask


def _one(ask_all: Callable[..., Found], k: int) -> Callable[[np.ndarray], Found]:
    """For one query at a time, always into the same arrays."""
    documents, scores = np.empty(k, np.int32), np.empty(k)
    places = np.zeros(2, np.int64)

    def ask(query: np.ndarray) -> Found:
        places[1] = len(query)
        return ask_all(query, places, documents, scores)

    return ask


def _function(stem: str, dtype: str) -> Callable[..., Any]:
    return getattr(kernel("bm25"), f"bm25_{stem}_{'f32' if dtype == 'float32' else 'f64'}")
