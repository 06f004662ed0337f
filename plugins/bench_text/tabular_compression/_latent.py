"""Classes of rows and of columns, found from the singular vectors of the one-hot tensor.

The tensor O[i, j, x] = [table[i, j] = x] - p_x, with p_x the share of letter x in the whole table,
is unfolded to a matrix of m rows with n A columns. Where entries depend on the classes of their row
and their column alone, its expectation has at most as many different rows as there are classes, so
that the rows of its leading left singular vectors, times the singular values, lie around as many
points; k-means finds them. For columns the table is transposed. A number in place of each letter
would not do: classes that differ in the spread of their letters alone have the same mean.
"""

from collections.abc import Iterator

import numpy as np

from bench_text.tabular_compression._streams import ideal_bits
from harness.api import kernel

_SPARE = 8  # vectors more than are asked for, so that the last of these are right, too
_SAMPLE = 4000  # points on which starts of k-means are compared
_FEW_ROUNDS, _MOST_ROUNDS = 10, 100  # of k-means: of a start, and in all
_PASSES = 4  # of subspace iteration; each sharpens by the square of a ratio of singular values


def coordinates(table: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """The leading left singular vectors of the unfolded tensor times the values, [rows, count].

    By randomised subspace iteration: 2 * passes + 2 products with a sparse matrix of one entry for
    each of the table, O(m n (count + spare)) operations each.

    Args:
        table: rows x columns, uint16.
        count: of vectors; where there are fewer, so many columns come back.
        rng: draws where the iteration begins.
    """
    from scipy.sparse import csr_array

    m, n = table.shape
    letters = int(table.max()) + 1
    hot = table + np.arange(0, n * letters, letters, dtype=np.int64)
    starts = np.arange(0, m * n + 1, n, dtype=np.int64)
    ones = csr_array((np.ones(m * n, np.float32), hot.ravel(), starts), shape=(m, n * letters))
    across = ones.T.tocsr() if m * n < 1 << 22 else ones.T
    mean = np.tile(np.bincount(table.ravel(), minlength=letters) / (m * n), n).astype(np.float32)

    def forth(right: np.ndarray) -> np.ndarray:
        return ones @ right - mean @ right

    def back(left: np.ndarray) -> np.ndarray:
        return across @ left - np.outer(mean, left.sum(axis=0))

    width = min(count + _SPARE, m, n * letters)
    basis = forth(rng.standard_normal((n * letters, width), np.float32))
    for _ in range(_PASSES):
        basis = forth(np.linalg.qr(back(np.linalg.qr(basis)[0]))[0])
    basis = np.linalg.qr(basis)[0]
    right = back(basis).astype(np.float64)
    values, vectors = np.linalg.eigh(right.T @ right)
    leading = np.argsort(values)[::-1][:count]
    return basis @ vectors[:, leading] * np.sqrt(np.maximum(values[leading], 0))


def clustered(points: np.ndarray, k: int, restarts: int, rng: np.random.Generator) -> np.ndarray:
    """The cluster of each point, int32, from 0 on without a gap: the best of some k-means.

    The starts are compared after a few rounds with some thousand points; the best goes on with all.
    """
    k = min(k, len(points))
    if k == 1:
        return np.zeros(len(points), np.int32)
    points = np.ascontiguousarray(points[:, :k])
    sample = points
    if len(points) > _SAMPLE:
        sample = points[np.sort(rng.choice(len(points), _SAMPLE, replace=False))]
    tried = (_lloyd(sample, _spread_out(sample, k, rng), _FEW_ROUNDS) for _ in range(restarts))
    _, centres, _ = min(tried, key=lambda found: found[0])
    _, _, labels = _lloyd(points, centres, _MOST_ROUNDS)
    return np.unique(labels, return_inverse=True)[1].astype(np.int32)


def _spread_out(points: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """Centres as k-means++ draws them: far from those before, with squared distances as odds."""
    chosen = [int(rng.integers(len(points)))]
    nearest = np.full(len(points), np.inf)
    while len(chosen) < k:
        nearest = np.minimum(nearest, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
        odds = nearest.cumsum()
        chosen.append(min(int(np.searchsorted(odds, rng.random() * odds[-1])), len(points) - 1))
    return points[chosen]


def _lloyd(
    points: np.ndarray, centres: np.ndarray, rounds: int
) -> tuple[float, np.ndarray, np.ndarray]:
    """k-means from these centres: the squared distances in all, the centres, the labels."""
    squares = float((points**2).sum())
    labels = np.full(len(points), -1)
    for _ in range(rounds):
        before = labels
        heights = points @ centres.T - (centres**2).sum(axis=1) / 2  # the nearest has the highest
        labels = heights.argmax(axis=1)
        if np.array_equal(labels, before):
            break
        member = (labels[:, None] == np.arange(len(centres))).astype(points.dtype)
        counts = member.sum(axis=0)
        means = (member.T @ points) / np.maximum(counts, 1)[:, None]
        centres = np.where(counts[:, None] > 0, means, centres)  # an empty one stays
    nearest = np.take_along_axis(heights, labels[:, None], axis=1).sum()
    return squares - 2 * float(nearest), centres, labels


def class_bits(table: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> float:
    """Ideal bits of blocks and classes, each by the counts of its letters.

    Args:
        table: uint16, C-contiguous.
        rows: the class of each row, int32. columns: the same of columns.
    """
    letters = int(table.max()) + 1
    row_classes, column_classes = int(rows.max()) + 1, int(columns.max()) + 1
    counts = np.zeros((row_classes, column_classes, letters), np.int64)
    kernel("entropy_coding").ec_block_counts(
        table, *table.shape, rows, columns, column_classes, letters, counts
    )
    labels = ideal_bits(np.bincount(rows)) + ideal_bits(np.bincount(columns))
    return ideal_bits(counts) + labels


def best_classes(
    table: np.ndarray,
    row_classes: tuple[int, int],
    column_classes: tuple[int, int],
    restarts: int,
    rng: np.random.Generator,
) -> Iterator[tuple[np.ndarray, np.ndarray] | None]:
    """The classes of rows and columns with the least ideal bits; None while they are looked for.

    Args:
        table: uint16, C-contiguous.
        row_classes: the least and the largest number of classes; never more than there are rows.
        column_classes: the same.
        restarts: of k-means.
        rng: draws the starts.
    """
    found = []
    for side, (least, most) in ((table, row_classes), (table.T, column_classes)):
        points = coordinates(side, min(most, len(side)), rng)
        yield None
        labels = []
        for k in range(min(least, len(side)), min(most, len(side)) + 1):
            labels.append(clustered(points, k, restarts, rng))
            yield None
        found.append(labels)
    best = None
    least_bits = np.inf
    for rows in found[0]:
        for columns in found[1]:
            bits = class_bits(table, rows, columns)
            if bits < least_bits:
                least_bits, best = bits, (rows, columns)
        yield None
    yield best
