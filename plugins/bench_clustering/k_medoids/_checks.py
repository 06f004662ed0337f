"""What is no instance of k-medoids, and what is no answer to one."""

import numpy as np

from bench_clustering.k_medoids import _families
from harness.api import InvalidAnswer, InvalidCase


def check(dissimilarities: np.ndarray, k: int) -> None:
    """Refuse what is no instance of k-medoids.

    Raises:
        InvalidCase: what is wrong, what was expected, what to do.
    """
    matrix = dissimilarities
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InvalidCase(
            f"the dissimilarities have shape {matrix.shape}, expected a square matrix: give one "
            "row and one column for each object"
        )
    if matrix.dtype not in (np.float32, np.float64):
        raise InvalidCase(
            f"the dissimilarities have dtype {matrix.dtype}, expected float32 or float64: "
            "convert them with .astype(numpy.float32)"
        )
    n = len(matrix)
    if n == 0:
        raise InvalidCase("there are no objects, expected at least one: give a larger matrix")
    if isinstance(k, bool) or not isinstance(k, int | np.integer):
        raise InvalidCase(f"k is {k!r}, expected a whole number: write k={min(10, n)}, say")
    if not 1 <= k <= n:
        raise InvalidCase(f"k is {k}, expected 1 to {n}, the number of objects: choose another k")
    _check_entries(
        matrix,
        lambda rows: ~np.isfinite(rows),
        "NaN or infinite",
        "expected finite ones: replace them, or leave their objects out",
    )
    _check_entries(
        matrix,
        lambda rows: rows < 0,
        "negative",
        "expected none below 0: turn similarities into dissimilarities, or add a constant to all",
    )


def _check_entries(matrix, is_bad, what, advice):
    first, count = None, 0
    for start, stop in _families.row_blocks(matrix):
        bad = is_bad(matrix[start:stop])
        found = np.count_nonzero(bad)
        if found and first is None:
            row, column = np.unravel_index(bad.argmax(), bad.shape)
            first = start + int(row), int(column)
        count += found
    if first is not None:
        raise InvalidCase(
            f"{count} of the {matrix.size} dissimilarities {'is' if count == 1 else 'are'} {what} "
            f"(the first in row {first[0]}, column {first[1]}); {advice}"
        )


def medoids_of(answer: object, n: int, k: int) -> np.ndarray:
    """The medoids that an answer names, int64[k].

    Raises:
        InvalidAnswer: where it names no k different objects 0..n-1.
    """
    wanted = f"expected a list or one-dimensional array of {k} different integers 0..{n - 1}"
    if not isinstance(answer, np.ndarray | list | tuple):
        raise InvalidAnswer(f"the answer is {_described(answer)}, {wanted}")
    try:
        medoids = np.asarray(answer)
    except ValueError:
        raise InvalidAnswer(f"the answer is a list of lists of unequal length, {wanted}") from None
    if medoids.ndim != 1:
        raise InvalidAnswer(f"the answer has {medoids.ndim} dimensions, {wanted}")
    if len(medoids) != k:
        raise InvalidAnswer(f"the answer names {len(medoids)} medoids, {wanted}")
    if medoids.dtype.kind not in "iu":
        raise InvalidAnswer(f"the answer holds values of dtype {medoids.dtype}, {wanted}")
    outside = medoids[(medoids < 0) | (medoids >= n)]
    if len(outside):
        raise InvalidAnswer(f"the answer names object {outside[0]}, {wanted}")
    objects, counts = np.unique(medoids, return_counts=True)
    if len(objects) < k:
        repeated = objects[counts.argmax()]
        raise InvalidAnswer(f"the answer names object {repeated} {counts.max()} times, {wanted}")
    return medoids.astype(np.int64)


def _described(answer: object) -> str:
    return "None" if answer is None else f"of type {type(answer).__name__}"
