"""How the solvers of the package kmedoids are called.

Its swaps read the matrix as ours do, rows for objects. A single medoid, and the middle of a cluster
in its alternating method, it takes from sums over rows, which is right only where the matrix is
symmetric; where it is not, that method may go in circles. It is measured as it is.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bench_clustering.k_medoids._starts import random_medoids

_MANY = 1_000_000  # iterations; left to itself the package stops after 100, converged or not


def run(
    function: Callable[..., Any],
    data: Any,
    rng: np.random.Generator,
    max_iter: int = _MANY,
    **options: Any,
) -> Iterator[np.ndarray]:
    """Yield the random start of the other solvers, then what the package makes of it.

    Args:
        function: called as `function(matrix, medoids, max_iter, **options)`.
        data: the instance.
        rng: draws the start.
        max_iter: after so many iterations it stops, converged or not.
        options: for the function.
    """
    medoids = random_medoids(len(data.dissimilarities), data.k, rng)
    yield medoids
    found = function(data.dissimilarities, medoids, max_iter=max_iter, **options)
    yield found.medoids
