"""How a search starts: random medoids, BUILD or LAB.

Every start begins with the same random draw, the first use of the generator, so that all solvers
with one seed start alike. BUILD and LAB then replace its medoids one by one, and what they yield
on the way is a full answer: the medoids found so far, and random ones.
"""

import math
from collections.abc import Generator
from typing import Any

import numpy as np

from bench_clustering.k_medoids._matrix import Matrix
from bench_clustering.k_medoids._swap import Caches

_Start = Generator[np.ndarray, None, None]


def begin(init: str, data: Any, rng: np.random.Generator) -> Generator[np.ndarray, None, Any]:
    """Yield the start; returns its `Caches`, or None where no search is needed.

    Raises:
        ValueError: where `init` names no start.
    """
    matrix, medoids = yield from place(init, data, rng)
    return Caches(matrix, medoids) if 1 < data.k < matrix.n else None


def place(
    init: str, data: Any, rng: np.random.Generator
) -> Generator[np.ndarray, None, tuple[Matrix, np.ndarray]]:
    """Yield the start; returns the matrix and the medoids, int32[k].

    A single medoid is the best one, whatever the start: it is found from the column sums. Where
    all objects are medoids there is nothing to choose.

    Raises:
        ValueError: where `init` names no start.
    """
    starts = {"random": _random, "build": _build, "lab": _lab}
    if init not in starts:
        raise ValueError(f"there is no start {init!r}; init must be one of {', '.join(starts)}")
    matrix = Matrix(data.dissimilarities)
    medoids = random_medoids(matrix.n, data.k, rng)
    yield medoids
    if data.k == 1:
        medoids[0] = yield from _most_central(matrix, medoids)
        yield medoids
    elif data.k < matrix.n:
        yield from starts[init](matrix, medoids, rng)
    return matrix, medoids


def random_medoids(n: int, k: int, rng: np.random.Generator) -> np.ndarray:
    """k different objects, int32[k]."""
    return rng.choice(n, k, replace=False).astype(np.int32)


def _random(matrix: Matrix, medoids: np.ndarray, rng: np.random.Generator) -> _Start:
    yield from ()


def _build(matrix: Matrix, medoids: np.ndarray, rng: np.random.Generator) -> _Start:
    """The most central object; then always the one that lowers the cost most, O(n^2 k)."""
    is_medoid = np.zeros(matrix.n, np.uint8)
    nearest = np.full(matrix.n, np.inf, matrix.entries.dtype)
    scan = matrix.function("km_build_scan")
    choice = yield from _most_central(matrix, medoids)
    for number in range(len(medoids)):
        if number:
            gain, candidate = np.zeros(1), np.full(1, -1, np.int32)
            for start, stop in matrix.slices():
                scan(
                    matrix.entries, matrix.n, matrix.symmetric, matrix.block, nearest, is_medoid,
                    start, stop, gain, candidate,
                )  # fmt: skip
                yield medoids
            choice = int(candidate[0])
        _put(medoids, number, choice)
        is_medoid[choice] = 1
        np.minimum(nearest, matrix.entries[:, choice], out=nearest)
        yield medoids


def _lab(matrix: Matrix, medoids: np.ndarray, rng: np.random.Generator) -> _Start:
    """The same choice among, and judged by, a fresh sample of 10 + sqrt(n) objects; O(n k)."""
    free = np.ones(matrix.n, bool)
    nearest = np.full(matrix.n, np.inf, matrix.entries.dtype)
    size = 10 + math.ceil(math.sqrt(matrix.n))
    for number in range(len(medoids)):
        objects = np.flatnonzero(free)
        sample = rng.choice(objects, min(size, len(objects)), replace=False)
        within = np.minimum(matrix.entries[np.ix_(sample, sample)], nearest[sample, None])
        choice = int(sample[within.sum(axis=0, dtype=np.float64).argmin()])
        _put(medoids, number, choice)
        free[choice] = False
        np.minimum(nearest, matrix.entries[:, choice], out=nearest)
        yield medoids


def _most_central(matrix: Matrix, medoids: np.ndarray) -> Generator[np.ndarray, None, int]:
    """The object with the least column sum, the first of equals; yields `medoids` meanwhile."""
    sums = np.zeros(matrix.n)
    add = matrix.function("km_column_sums")
    for start, stop in matrix.slices():
        add(matrix.entries, matrix.n, start, stop, sums)
        yield medoids
    return int(sums.argmin())


def _put(medoids: np.ndarray, number: int, choice: int) -> None:
    """Make `choice` medoid `number`; where a later one is that object already, they trade."""
    medoids[medoids == choice] = medoids[number]
    medoids[number] = choice
