"""How far the neighbours are in truth, in float64, and how far the k-th nearest one is.

The distance is |q - x| under l2, -<q, x> under ip, and 1 - cos(q, x) under cosine. A vector counts
as a neighbour where its distance is at most that of the k-th nearest one and a slack that covers
the rounding of float32: 1e-6 of the distance under l2, of |q| |x| under ip, and 1e-6 under cosine.
"""

import numpy as np

SLACK = 1e-6
_SPARE = 50  # vectors beyond the k that expanded distances find, of which the exact ones are taken
_ENTRIES_AT_ONCE = 1 << 22


def distances(
    corpus: np.ndarray, queries: np.ndarray, ids: np.ndarray, metric: str
) -> tuple[np.ndarray, np.ndarray]:
    """Distances of query i to the vectors ids[i], and the slack of each: float64, as ids.

    Args:
        corpus: float32[n, d].
        queries: float32[q, d].
        ids: int64[q, m].
        metric: l2, ip or cosine.
    """
    found, slack = np.empty(ids.shape), np.empty(ids.shape)
    step = max(1, _ENTRIES_AT_ONCE // max(1, ids.shape[1] * corpus.shape[1]))
    for start in range(0, len(ids), step):
        part = slice(start, start + step)
        near = corpus[ids[part]].astype(np.float64)
        query = queries[part].astype(np.float64)
        if metric == "l2":
            found[part] = np.sqrt(((near - query[:, None]) ** 2).sum(axis=2))
            slack[part] = SLACK * found[part]
            continue
        lengths = np.linalg.norm(near, axis=2) * np.linalg.norm(query, axis=1)[:, None]
        products = np.einsum("qmd,qd->qm", near, query)
        found[part] = -products if metric == "ip" else 1 - products / lengths
        slack[part] = SLACK * lengths if metric == "ip" else SLACK
    return found, slack


def kth_distances(corpus: np.ndarray, queries: np.ndarray, metric: str, k: int) -> np.ndarray:
    """The distance of the k-th nearest vector to each query, float64[q].

    Blocks of distances come from matrix products, |x|^2 - 2 <q, x> under l2, whose rounding is
    bounded; the exact distances of the k + 50 that are least so decide, and where the bound does
    not exclude all others, a query is compared with every vector.
    """
    n, spare = len(corpus), min(len(corpus), k + _SPARE)
    centre = corpus.mean(axis=0, dtype=np.float64) if metric == "l2" else np.zeros(1)
    centred = queries - centre
    best = np.empty((len(queries), 0))
    ids = np.empty((len(queries), 0), np.int64)
    widest = 0.0
    step = max(1, _ENTRIES_AT_ONCE // max(len(queries), corpus.shape[1]))
    for start in range(0, n, step):
        block = corpus[start : start + step] - centre
        squares = np.einsum("ij,ij->i", block, block)
        widest = max(widest, float(squares.max()))
        values = centred @ block.T
        if metric == "l2":
            values = squares - 2 * values
        else:
            values = -values if metric == "ip" else -values / np.sqrt(squares)
        best = np.concatenate([best, values], axis=1)
        new = np.broadcast_to(np.arange(start, start + len(block)), values.shape)
        ids = np.concatenate([ids, new], axis=1)
        if best.shape[1] > spare:
            kept = np.argpartition(best, spare - 1, axis=1)[:, :spare]
            best, ids = np.take_along_axis(best, kept, 1), np.take_along_axis(ids, kept, 1)
    exact, _ = distances(corpus, queries, ids, metric)
    order = np.argsort(exact, axis=1)[:, k - 1 : k]
    kth = np.take_along_axis(exact, order, 1)[:, 0]
    if spare == n:
        return kth
    # Whatever is not among them has a value of at least the largest one here, up to rounding, which
    # matters only where two large numbers should cancel.
    lengths = np.linalg.norm(centred, axis=1)
    scale = lengths if metric == "cosine" else (lengths + np.sqrt(widest)) ** 2
    rounding = 1e-15 * (corpus.shape[1] + 10) * scale
    doubtful = best.max(axis=1) - np.take_along_axis(best, order, 1)[:, 0] <= 2 * rounding
    doubtful &= (metric == "l2") & (rounding > 0.01 * SLACK * kth**2)
    for query in np.flatnonzero(doubtful):
        kth[query] = np.partition(_all_distances(corpus, queries[query]), k - 1)[k - 1]
    return kth


def _all_distances(corpus: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Euclidean, by differences."""
    found = np.empty(len(corpus))
    step = max(1, _ENTRIES_AT_ONCE // corpus.shape[1])
    for start in range(0, len(corpus), step):
        gaps = corpus[start : start + step].astype(np.float64) - query
        found[start : start + step] = np.sqrt((gaps**2).sum(axis=1))
    return found
