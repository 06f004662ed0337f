"""The loop that the CLARA solvers share: cluster samples, keep what is best for all objects."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from bench_clustering.k_medoids._matrix import Matrix
from harness.api import Data, Solver


def best_of_samples(
    data: Any, rng: np.random.Generator, solver: Solver, samples: int, size: int
) -> Iterator[np.ndarray]:
    """Run `solver` on samples; yield the medoids with the least cost over all objects so far.

    The second and later samples contain the best medoids found before. While the first sample is
    worked on there are no such medoids yet, and those of the sample are yielded as they come.

    Args:
        data: the instance.
        rng: draws the samples, and goes on to the solver.
        solver: solves an instance that consists of the sample.
        samples: number of samples.
        size: objects in one; all where there are no more.
    """
    matrix = Matrix(data.dissimilarities)
    cost_of = matrix.function("km_cost")
    size = min(size, matrix.n)
    best, lowest = None, np.inf
    for _ in range(samples):
        sample = _sample(matrix.n, size, best, rng)
        within = Data({"dissimilarities": matrix.entries[np.ix_(sample, sample)], "k": data.k})
        for medoids in solver.solve(within, rng):
            found = sample[medoids]
            yield found if best is None else best
        cost = cost_of(matrix.entries, matrix.n, data.k, found)
        if cost < lowest:
            best, lowest = found, cost
        yield best


def _sample(n: int, size: int, kept: np.ndarray | None, rng: np.random.Generator) -> np.ndarray:
    """`size` objects, ascending, among them those in `kept`; int32[size]."""
    if kept is None:
        chosen = rng.choice(n, size, replace=False)
    else:
        others = np.delete(np.arange(n), kept)
        drawn = rng.choice(others, size - len(kept), replace=False)
        chosen = np.concatenate([kept, drawn])
    return np.sort(chosen).astype(np.int32)
