"""The documents that are most similar to each query, by BLAS; the solvers' kernel is not used."""

import numpy as np

from bench_retrieval._rankings import nearest, packed
from bench_retrieval.multi_vector_search._families import Sets

_PRODUCTS = 1 << 23  # at a time
_ROUNDING = 4e-6  # of a similarity in float32, as a share of the largest that it could be


def similarities(query: np.ndarray, corpus: Sets, documents: np.ndarray) -> np.ndarray:
    """Chamfer similarities in double, by their definition."""
    query = query.astype(np.float64)
    found = np.empty(len(documents))
    for at, document in enumerate(documents):
        own = corpus.tokens[corpus.offsets[document] : corpus.offsets[document + 1]]
        found[at] = (query @ own.T.astype(np.float64)).max(axis=1).sum()
    return found


def all_similarities(corpus: Sets, queries: Sets) -> np.ndarray:
    """Chamfer similarities of each query and document, rounded: the products are in float32."""
    found = np.empty((len(queries), len(corpus)))
    step = max(1, _PRODUCTS // max(1, len(queries.tokens)))
    first = 0
    while first < len(corpus):
        last = int(np.searchsorted(corpus.offsets, corpus.offsets[first] + step, "right")) - 1
        last = min(max(last, first + 1), len(corpus))
        low, high = corpus.offsets[first], corpus.offsets[last]
        products = corpus.tokens[low:high] @ queries.tokens.T
        most = np.maximum.reduceat(products, corpus.offsets[first:last] - low, axis=0)
        found[:, first:last] = np.add.reduceat(
            most, queries.offsets[:-1], axis=1, dtype=np.float64
        ).T
        first = last
    return found


def _length(tokens: np.ndarray) -> np.ndarray:
    # By einsum, which works in double on a few rows at a time: a copy may not fit.
    return np.sqrt(np.einsum("ij,ij->i", tokens, tokens, dtype=np.float64))


def truths(corpus: Sets, queries: Sets, k: int) -> dict[str, np.ndarray]:
    """The best k documents of each query and those tied with the k-th, as `packed` makes them."""
    rounded = all_similarities(corpus, queries)
    unit = _ROUNDING * float(_length(corpus.tokens).max())
    found = []
    for number, row in enumerate(rounded):
        query = queries.tokens[queries.offsets[number] : queries.offsets[number + 1]]
        slack = unit * float(_length(query).sum())
        near, _, _ = nearest(row, k, 4 * slack)
        picked, scores, _ = nearest(similarities(query, corpus, near), k, slack)
        found.append((near[picked], scores, slack))
    return packed(found)
