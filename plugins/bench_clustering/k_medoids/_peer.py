"""How the solvers of the package kmedoids are called."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bench_clustering.k_medoids._starts import random_medoids

_MAX_ITERATIONS = 1_000_000  # the package stops after 100, converged or not


def run(
    function: Callable[..., Any], data: Any, rng: np.random.Generator, **options: Any
) -> Iterator[np.ndarray]:
    """Yield the random start of the other solvers, then what the package makes of it.

    Args:
        function: called as `function(matrix, medoids, max_iter, **options)`.
        data: the instance.
        rng: draws the start.
        options: for the function.
    """
    medoids = random_medoids(len(data.dissimilarities), data.k, rng)
    yield medoids
    found = function(data.dissimilarities, medoids, max_iter=_MAX_ITERATIONS, **options)
    yield found.medoids
