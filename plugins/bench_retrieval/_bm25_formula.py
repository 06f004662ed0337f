"""The five formulas of BM25, straight from their definitions.

Of N documents, L is a document's number of tokens, A the mean of L, f how often the document has a
term, df how many documents have it, nb = 1 - b + b L / A. A document's score is the sum over the
tokens of the query, repetitions included, of idf * tf:

    variant     idf                                      tf
    robertson   ln max(1, (N - df + 1/2) / (df + 1/2))   f / (f + k1 nb)
    lucene      ln (1 + (N - df + 1/2) / (df + 1/2))     f / (f + k1 nb)
    atire       ln (N / df)                              (k1 + 1) f / (f + k1 nb)
    bm25l       ln ((N + 1) / (df + 1/2))                (k1 + 1) (c + delta) / (k1 + c + delta)
    bm25+       ln ((N + 1) / df)                        (k1 + 1) f / (f + k1 nb) + delta

where c = f / nb. Tokens that no document has do not count, and 0 / 0 (f = 0 and k1 = 0, say) is 0.
Everything is
float64. The problem scores answers with these functions, and so do solvers that make no index;
the indices use other expressions, which these hold to account.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

VARIANTS = ("robertson", "lucene", "atire", "bm25l", "bm25+")
_CELLS_AT_ONCE = 1 << 21


def idf(variant: str, n: int, frequencies: np.ndarray) -> np.ndarray:
    """The weight of terms that so many of n documents have; 0 of those that none has."""
    df = np.maximum(frequencies, 1).astype(np.float64)
    if variant == "robertson":
        ratio = np.maximum(1.0, (n - df + 0.5) / (df + 0.5))
    elif variant == "lucene":
        ratio = 1.0 + (n - df + 0.5) / (df + 0.5)
    elif variant == "atire":
        ratio = n / df
    elif variant == "bm25l":
        ratio = (n + 1) / (df + 0.5)
    else:
        ratio = (n + 1) / df
    return np.where(frequencies > 0, np.log(ratio), 0.0)


def tf(formula: Any, counts: np.ndarray, nb: np.ndarray) -> np.ndarray:
    """The share of the counts [..., documents, terms] in documents of normalised length nb."""
    variant, k1, delta = formula["variant"], formula["k1"], formula["delta"]
    f, nb = counts.astype(np.float64), nb[:, None]
    if variant == "bm25l":
        c = _ratio(f, nb)
        return (k1 + 1) * _ratio(c + delta, k1 + c + delta)
    share = _ratio(f, f + k1 * nb)
    if variant in ("robertson", "lucene"):
        return share
    return (k1 + 1) * share + (delta if variant == "bm25+" else 0.0)


def normalised_lengths(formula: Any, lengths: np.ndarray, mean: float) -> np.ndarray:
    """1 - b + b L / A, where the mean length A is that of the whole corpus."""
    return 1 - formula["b"] + formula["b"] * lengths / (mean or 1.0)


def scores_of(
    corpus: Any, formula: Any, query: np.ndarray, documents: np.ndarray, frequencies: np.ndarray
) -> np.ndarray:
    """What these documents score, float64; frequencies: how many documents have each term."""
    terms, times = asked(query, frequencies)
    offsets = np.asarray(corpus["offsets"])
    parts = [corpus["tokens"][offsets[d] : offsets[d + 1]] for d in documents]
    lengths = np.array([len(part) for part in parts])
    counts = _counted(np.concatenate(parts), lengths, terms)
    nb = normalised_lengths(formula, lengths, offsets[-1] / (len(offsets) - 1))
    weights = times * idf(formula["variant"], len(offsets) - 1, frequencies[terms])
    return tf(formula, counts, nb) @ weights


def best_scores(
    corpus: Any, formula: Any, queries: Sequence[np.ndarray], k: int
) -> tuple[np.ndarray, np.ndarray]:
    """The k largest scores of each query, falling, and how many documents have each term.

    By the definition for all documents, some thousand at a time, without any index. Terms that are
    in no query are not counted, and get 0.
    """
    offsets, tokens = np.asarray(corpus["offsets"]), corpus["tokens"]
    n, n_terms = len(offsets) - 1, corpus["n_terms"]
    words = np.concatenate([*queries, np.zeros(0, np.int32)])
    terms = np.unique(words[(words >= 0) & (words < n_terms)])
    rows = max(1, _CELLS_AT_ONCE // max(1, len(terms)))

    def pieces():
        for first in range(0, n, rows):
            last = min(n, first + rows)
            lengths = np.diff(offsets[first : last + 1])
            yield _counted(tokens[offsets[first] : offsets[last]], lengths, terms), lengths

    frequencies = np.zeros(n_terms, np.int64)
    for counts, _ in pieces():
        frequencies[terms] += np.count_nonzero(counts, axis=0)
    weights = np.zeros((len(queries), len(terms)))
    for i, query in enumerate(queries):
        known, times = asked(query, frequencies)
        weights[i, np.searchsorted(terms, known)] = times
    weights *= idf(formula["variant"], n, frequencies[terms])
    best = np.full((len(queries), k), -1.0)
    for counts, lengths in pieces():
        nb = normalised_lengths(formula, lengths, offsets[-1] / n)
        found = np.hstack([best, weights @ tf(formula, counts, nb).T])
        best = np.partition(found, found.shape[1] - k, axis=1)[:, -k:]
    return -np.sort(-best, axis=1), frequencies


def asked(query: np.ndarray, frequencies: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The terms of a query that any document has, ascending, and how often it has each."""
    query = query[(query >= 0) & (query < len(frequencies))]
    return np.unique(query[frequencies[query] > 0], return_counts=True)


def _counted(tokens: np.ndarray, lengths: np.ndarray, terms: np.ndarray) -> np.ndarray:
    """How often each of the documents, stored one after the other, has each of the terms."""
    rows = np.repeat(np.arange(len(lengths)), lengths)
    places = np.searchsorted(terms, tokens)
    is_asked = places < len(terms)
    is_asked[is_asked] = terms[places[is_asked]] == tokens[is_asked]
    cells = rows[is_asked] * len(terms) + places[is_asked]
    return np.bincount(cells, minlength=len(lengths) * len(terms)).reshape(len(lengths), len(terms))


def _ratio(over: np.ndarray, under: np.ndarray) -> np.ndarray:
    """Where both are 0, 0."""
    over, under = np.broadcast_arrays(over, under)
    return np.divide(over, under, out=np.zeros(over.shape), where=under > 0)
