"""The loop that all similarities share: blocks of rows against all points, the best k of each."""

from collections.abc import Callable, Iterator

import numpy as np

from bench_retrieval._rankings import best

_PAIRS = 1 << 18  # of points at a time

Similarity = Callable[[np.ndarray, np.ndarray], np.ndarray]


def neighbours(points: np.ndarray, k: int, similarity: Similarity) -> Iterator[np.ndarray]:
    """Yield the answer as it fills; rows that are not yet compared hold the next objects.

    Args:
        similarity: of some rows, float64[r, d], to all points, float64[n, d]: float64[r, n].
    """
    n = len(points)
    answer = (np.arange(n)[:, None] + np.arange(1, k + 1)) % n
    step = max(1, _PAIRS // n)
    for first in range(0, n, step):
        rows = np.arange(first, min(n, first + step))
        found = similarity(points[rows], points)
        found[rows - first, rows] = -np.inf
        answer[rows] = [best(row, k) for row in found]
        yield answer


def sums(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For all pairs the sums of s min(|x|, |y|) and of max(|x|, |y|), float64[r, n] both.

    s is 1 where both entries have one sign, -1 where they have two and 0 where one is 0. The second
    less the first is the sum of |x - y|, whatever the signs, so that one pass of |x - y| does with
    one of the maxima.
    """
    from scipy.spatial.distance import cdist

    # max(a, b) = (a + b + |a - b|) / 2
    a, b = np.abs(x), np.abs(y)
    most = (a.sum(axis=1)[:, None] + b.sum(axis=1) + cdist(a, b, "cityblock")) / 2
    return most - cdist(x, y, "cityblock"), most


def share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole, where the whole is 0 for two vectors of zeros, which are alike: 1."""
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1), 1.0)
