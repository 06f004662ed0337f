"""The right answers to thousands of BM25 queries, without a table of all documents and terms.

By the definition in `_bm25_formula`, in float64, from counts that are sorted anew here: nothing of
the solvers' index is used. A document without a term gets the same from it as all others without
it, so that what it gets beyond that is added up for the documents that have it.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from bench_retrieval import _bm25_formula

_DOCUMENTS_AT_ONCE = 1 << 16
_PAIRS_AT_ONCE = 1 << 22  # of a document and a word of a query, while answers are checked


def best_scores(
    corpus: Any, formula: Any, queries: Sequence[np.ndarray], k: int
) -> tuple[np.ndarray, np.ndarray]:
    """The k largest scores of each query, falling, and how many documents have each term.

    O(postings + n) for a query, where `_bm25_formula.best_scores` takes O(n terms).
    """
    n = len(corpus["offsets"]) - 1
    frequencies = np.zeros(corpus["n_terms"], np.int64)
    for _, terms, _, _ in _pieces(corpus):
        frequencies += np.bincount(terms, minlength=len(frequencies))
    weights = _bm25_formula.idf(formula["variant"], n, frequencies)
    absent = _tf(formula, np.zeros(1), np.ones(1))[0]
    known = [query[(query >= 0) & (query < len(frequencies))] for query in queries]
    shifts = [float(absent * weights[query].sum()) for query in known]

    offsets = np.asarray(corpus["offsets"])
    mean = offsets[-1] / n
    best = np.full((len(queries), k), -1.0)
    for first, terms, documents, counts in _pieces(corpus):
        lengths = np.diff(offsets[first : first + _DOCUMENTS_AT_ONCE + 1])
        nb = _bm25_formula.normalised_lengths(formula, lengths, mean)
        gains = weights[terms] * (_tf(formula, counts, nb[documents]) - absent)
        starts = np.concatenate([[0], np.cumsum(np.bincount(terms, minlength=len(frequencies)))])
        for row, query, shift in zip(best, known, shifts, strict=True):
            spans = [slice(starts[term], starts[term + 1]) for term in query]
            asked = np.concatenate([documents[:0], *(documents[span] for span in spans)])
            added = np.concatenate([gains[:0], *(gains[span] for span in spans)])
            sums = np.bincount(asked, added, len(lengths)) + shift
            all_of_them = np.concatenate([row, sums])
            row[:] = np.partition(all_of_them, len(all_of_them) - k)[-k:]
    return -np.sort(-best, axis=1), frequencies


def scores_of(
    corpus: Any,
    formula: Any,
    queries: Sequence[np.ndarray],
    documents: np.ndarray,
    frequencies: np.ndarray,
) -> np.ndarray:
    """What each query's documents score: int64[queries, k] -> float64[queries, k]."""
    asked = [_bm25_formula.asked(query, frequencies) for query in queries]
    pairs = sum(len(terms) for terms, _ in asked) * documents.shape[1]
    if len(queries) > 1 and pairs > _PAIRS_AT_ONCE:
        half = len(queries) // 2
        parts = (slice(None, half), slice(half, None))
        return np.concatenate(
            [scores_of(corpus, formula, queries[p], documents[p], frequencies) for p in parts]
        )
    offsets, n_terms = np.asarray(corpus["offsets"]), corpus["n_terms"]
    n = len(offsets) - 1
    named, rank = np.unique(documents, return_inverse=True)
    lengths = offsets[named + 1] - offsets[named]
    texts = [corpus["tokens"][offsets[d] : offsets[d + 1]] for d in named]
    tokens = np.concatenate([np.zeros(0, np.int32), *texts])
    keys = np.repeat(np.arange(len(named)), lengths) * n_terms + tokens
    held, counts = np.unique(keys, return_counts=True)

    # One entry for each query, document of its answer, and term of it.
    k = documents.shape[1]
    each = np.array([len(terms) for terms, _ in asked], np.int64)
    terms = np.concatenate([np.zeros(0, np.int64), *(np.tile(t, k) for t, _ in asked)])
    times = np.concatenate([np.zeros(0), *(np.tile(t, k) for _, t in asked)])
    cell = np.repeat(np.arange(documents.size), np.repeat(each, k))
    document = rank.ravel()[cell]
    wanted = document * n_terms + terms
    place = np.minimum(np.searchsorted(held, wanted), max(0, len(held) - 1))
    if len(held):
        found = np.where(held[place] == wanted, counts[place], 0)
    else:
        found = np.zeros(len(wanted), np.int64)
    nb = _bm25_formula.normalised_lengths(formula, lengths, offsets[-1] / n)
    weights = times * _bm25_formula.idf(formula["variant"], n, frequencies[terms])
    shares = _tf(formula, found, nb[document])
    return np.bincount(cell, weights * shares, documents.size).reshape(documents.shape)


def _pieces(corpus: Any) -> Iterator[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
    """Documents some thousand at a time: the first of them; and of each pair of a term and one of
    them that has it, by terms, the term, the document counted from the first, and how often.
    """
    offsets, tokens = np.asarray(corpus["offsets"]), corpus["tokens"]
    n = len(offsets) - 1
    for first in range(0, n, _DOCUMENTS_AT_ONCE):
        last = min(n, first + _DOCUMENTS_AT_ONCE)
        width = last - first
        rows = np.repeat(np.arange(width), np.diff(offsets[first : last + 1]))
        keys = tokens[offsets[first] : offsets[last]].astype(np.int64) * width + rows
        pairs, counts = np.unique(keys, return_counts=True)
        yield first, pairs // width, pairs % width, counts


def _tf(formula: Any, counts: np.ndarray, nb: np.ndarray) -> np.ndarray:
    """The share of each count, in a document of its own."""
    return _bm25_formula.tf(formula, counts[:, None], nb)[:, 0]
