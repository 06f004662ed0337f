"""What the rules share: blocks of distances, how many groups, and the vote."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

_ENTRIES_AT_ONCE = 1 << 21


def groups_for(n: int, d: int, scale: float, smoothness: float) -> int:
    """ceil(scale n^(2a / (2a + d))) with a the smoothness, at most n.

    With as many neighbours, variance and squared bias of k-NN are of the same order.
    """
    return max(1, min(n, math.ceil(scale * n ** (2 * smoothness / (2 * smoothness + d)))))


def neighbours_for(n: int, groups: int, share: float) -> int:
    """The whole number nearest to share times the groups, from 1 to n.

    Rounding up would compare a rule with more neighbours than it acts as, and an even number of
    them, whose ties all go to the first class, may err by a point of a hundred more than one less.
    """
    return min(n, max(1, math.floor(share * groups + 0.5)))


def blocks(points: np.ndarray, queries: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """Some queries at a time, and their squared distances to all points.

    By |x|^2 - 2 <q, x> + |q|^2 in float64, of points shifted by a median, which keeps whole numbers
    whole, so that equal distances stay equal.
    """
    middle = (len(points) - 1) // 2
    centre = np.partition(points[: 2 * middle + 1], middle, axis=0)[middle]
    points, queries = points - centre, queries - centre
    squares = np.einsum("ij,ij->i", points, points)
    step = max(1, _ENTRIES_AT_ONCE // len(points))
    for start in range(0, len(queries), step):
        part = slice(start, start + step)
        gaps = queries[part] @ points.T
        gaps *= -2
        gaps += squares
        gaps += np.einsum("ij,ij->i", queries[part], queries[part])[:, None]
        yield part, gaps


def vote(labels: np.ndarray, classes: int) -> np.ndarray:
    """For each row of labels their mean, or the class most frequent, the first of equals.

    Args:
        labels: [q, m], m at least 1.
        classes: how many there are; 0 where labels are values.
    """
    if not classes:
        return labels.mean(axis=1)
    rows = np.arange(len(labels))[:, None]
    counts = np.bincount((rows * classes + labels).ravel(), minlength=len(labels) * classes)
    return counts.reshape(len(labels), classes).argmax(axis=1)


def nearest_labels(data: Any, k: int) -> Iterator[tuple[slice, np.ndarray]]:
    """Some queries at a time, and the labels of their k nearest points."""
    for part, gaps in blocks(data.points, data.queries):
        near = np.argpartition(gaps, k - 1, axis=1)[:, :k]
        yield part, data.labels[near]


def predictions(data: Any, k: int) -> np.ndarray:
    """By the k nearest points of each query."""
    said = np.empty(len(data.queries), data.labels.dtype)
    for part, labels in nearest_labels(data, k):
        said[part] = vote(labels, data.classes)
    return said


def check_rule(scale: float, smoothness: float) -> None:
    """Refuse what gives no number of groups.

    Raises:
        ValueError: with the name of the parameter.
    """
    for name, value in (("scale", scale), ("smoothness", smoothness)):
        if not 0 < value < math.inf:
            raise ValueError(f"{name} = {value}; expected a finite number above 0")
