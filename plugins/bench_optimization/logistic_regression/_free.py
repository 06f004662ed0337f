"""What the parameter-free methods share: gradients of fresh batches, without end."""

from collections.abc import Callable, Iterator

import numpy as np

from bench_optimization.logistic_regression._batches import batches


def gradients(
    oracle, batch: int, rng: np.random.Generator
) -> Iterator[Callable[[np.ndarray], np.ndarray]]:
    """Functions that give the gradient at a point, each from a new batch; of f where batch is 0."""
    while not batch:
        yield oracle.gradient
    for indices in batches(oracle.n, batch, rng):
        yield lambda x, indices=indices: oracle.stochastic_gradient(x, indices)
