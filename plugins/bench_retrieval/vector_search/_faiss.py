"""How the indices of faiss are called: with one thread, one query at a time.

Cosine is the inner product of vectors scaled to length one. Where an index finds fewer than k
vectors faiss says -1, which is left out.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bench_retrieval.vector_search._index import unit_rows


def run(events: Any, make: Callable[[int, int, int], Any]) -> Iterator[np.ndarray]:
    """Answer all queries by an index of faiss.

    Args:
        events: the corpus and the queries.
        make: from the dimension, faiss's number of the metric, and n, to an index that is neither
            trained nor filled.
    """
    import faiss

    faiss.omp_set_num_threads(1)
    cosine = events.metric == "cosine"
    rows = unit_rows(events.corpus) if cosine else np.ascontiguousarray(events.corpus)
    metric = faiss.METRIC_L2 if events.metric == "l2" else faiss.METRIC_INNER_PRODUCT
    index = make(rows.shape[1], metric, len(rows))
    if not index.is_trained:
        index.train(rows)
    index.add(rows)
    for query in events:
        query = query[None]
        found = index.search(unit_rows(query) if cosine else query, events.k)[1][0]
        yield found[found >= 0]
