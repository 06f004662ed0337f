"""The loop that the CLARANS solvers share: random swaps from a few random starts."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bench_clustering.k_medoids._matrix import ENTRIES_PER_SLICE
from bench_clustering.k_medoids._starts import begin, random_medoids
from bench_clustering.k_medoids._swap import Caches


def random_swaps(
    data: Any,
    rng: np.random.Generator,
    restarts: int,
    limit: int,
    attempt: Callable[[Caches, int, np.ndarray], None],
) -> Iterator[np.ndarray]:
    """Yield the best medoids so far; each start ends after `limit` failures in a row.

    Args:
        data: the instance.
        rng: draws the starts.
        restarts: number of starts.
        limit: failures in a row that end one.
        attempt: called with the caches, how many draws to make, and the failures so far, int64[1].
    """
    caches = yield from begin("random", data, rng)
    if caches is None:
        return
    draws = 1 + ENTRIES_PER_SLICE // caches.matrix.n
    best, lowest = caches.medoids.copy(), caches.cost()
    for restart in range(restarts):
        if restart:
            caches = Caches(caches.matrix, random_medoids(caches.matrix.n, data.k, rng))
        failures = np.zeros(1, np.int64)
        while failures[0] < limit:
            before = caches.medoids.copy()
            attempt(caches, draws, failures)
            if not (caches.fell() or np.array_equal(before, caches.medoids)):
                break
            if caches.cost() < lowest:
                best, lowest = caches.medoids.copy(), caches.cost()
            yield best
