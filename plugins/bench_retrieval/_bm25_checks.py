"""What is no instance of BM25 search, and what is no answer to a query or to a batch of them.

The arrays of an answer have one row for each query of a batch; those to a single query are one row,
and have one dimension. `where` names the query, or the batch, in messages.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bench_retrieval._bm25_formula import VARIANTS
from harness.api import Case, InvalidAnswer, InvalidCase

MOST = 2**31 - 1  # documents, and terms: their numbers are int32
_ROUNDING = 1e-6  # relative to scores above 1; sums in float32 need it


def at_least(case: Case, **least: int) -> None:
    """Refuse a case whose parameter is below what is given for it, or is no number.

    Raises:
        InvalidCase: with the name of the first that is.
    """
    for name, value in least.items():
        if not case.parameters[name] >= value:
            raise InvalidCase(
                f"{name} is {case.parameters[name]}, expected at least {value}: choose a larger one"
            )


def at_most(case: Case, **most: int) -> None:
    """Refuse a case whose parameter is above what is given for it.

    Raises:
        InvalidCase: with the name of the first that is.
    """
    for name, value in most.items():
        if case.parameters[name] > value:
            raise InvalidCase(
                f"{name} is {case.parameters[name]}, expected at most {value}: choose a smaller one"
            )


def shares(case: Case, *names: str) -> None:
    """Refuse a case whose parameter is no share, 0 to 1.

    Raises:
        InvalidCase: with the name of the first that is none.
    """
    for name in names:
        if not 0 <= case.parameters[name] <= 1:
            raise InvalidCase(
                f"{name} is {case.parameters[name]}, expected a share from 0 to 1: choose another"
            )


def check(corpus: Mapping[str, Any], formula: Mapping[str, Any], k: int) -> None:
    """Refuse what is no instance.

    Raises:
        InvalidCase: what is wrong, what was expected, what to do.
    """
    n = len(corpus["offsets"]) - 1
    if n == 0:
        raise InvalidCase("the corpus is empty, expected at least one document: add some")
    if not 1 <= k <= n:
        raise InvalidCase(f"k is {k}, expected 1 to {n}, the number of documents: choose another k")
    if formula["variant"] not in VARIANTS:
        raise InvalidCase(
            f"there is no variant {formula['variant']!r}; choose one of {', '.join(VARIANTS)}"
        )
    for name, most in (("k1", 1e6), ("b", 1.0), ("delta", 1e6)):
        if not 0 <= formula[name] <= most:
            raise InvalidCase(
                f"{name} is {formula[name]}, expected a number from 0 to {most:g}: choose another"
            )


def decision_of(
    answer: object, where: str, n: int, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """The documents, int64, and the scores, float64, of an answer, both of this shape.

    Raises:
        InvalidAnswer: where it is no pair of rows of different documents 0..n-1 and finite scores.
    """
    wanted = "expected a pair (documents, scores)"
    if not isinstance(answer, tuple | list):
        raise InvalidAnswer(f"{where}: the answer is of type {type(answer).__name__}, {wanted}")
    if len(answer) != 2:
        raise InvalidAnswer(f"{where}: the answer has {len(answer)} parts, {wanted}")
    documents, scores = (_numbers(part, where, shape) for part in answer)
    if documents.dtype.kind not in "iu":
        raise InvalidAnswer(
            f"{where}: the documents are of dtype {documents.dtype}, expected whole numbers"
        )
    outside = documents[(documents < 0) | (documents >= n)]
    if len(outside):
        raise InvalidAnswer(f"{where}: there is no document {outside[0]}, expected 0..{n - 1}")
    rows = np.sort(np.atleast_2d(documents), axis=1)
    again = rows[:, 1:] == rows[:, :-1]
    if again.any():
        row, place = np.argwhere(again)[0]
        twice = rows[row, place]
        raise InvalidAnswer(
            f"{_query(where, row, shape)}: document {twice} is there "
            f"{np.count_nonzero(rows[row] == twice)} times, expected 1"
        )
    scores = scores.astype(np.float64)
    if not np.isfinite(scores).all():
        row, place = np.argwhere(~np.isfinite(np.atleast_2d(scores)))[0]
        wrong = np.atleast_2d(scores)[row, place]
        raise InvalidAnswer(
            f"{_query(where, row, shape)}: a score is {wrong}, expected a finite number"
        )
    return documents.astype(np.int64), scores


def compare(
    where: str, documents: np.ndarray, told: np.ndarray, scores: np.ndarray, best: np.ndarray
) -> None:
    """Hold an answer against the formula and the best scores, all arrays of one shape.

    Args:
        documents, told: the answer. scores: what these documents score. best: the k largest scores
            of all documents, falling.

    Raises:
        InvalidAnswer: where a score is wrong, a better document is missing, or the order is wrong.
    """
    shape = documents.shape
    documents, told, scores, best = map(np.atleast_2d, (documents, told, scores, best))
    found = np.argwhere(different(scores, told))
    if len(found):
        row, place = found[0]
        raise InvalidAnswer(
            f"{_query(where, row, shape)}: document {documents[row, place]} scores "
            f"{scores[row, place]:.9g}, but the answer says {told[row, place]:.9g}"
        )
    falling = -np.sort(-scores, axis=1)
    found = np.argwhere(different(falling, best))
    if len(found):
        row, place = found[0]
        raise InvalidAnswer(
            f"{_query(where, row, shape)}: a document that scores {best[row, place]:.9g} is "
            f"missing, place {place} has {falling[row, place]:.9g}"
        )
    before, after = told[:, :-1], told[:, 1:]
    found = np.argwhere((after > before) & different(before, after))
    if len(found):
        row, place = found[0]
        raise InvalidAnswer(
            f"{_query(where, row, shape)}: place {place + 1} scores {after[row, place]:.9g}, more "
            f"than the place before it ({before[row, place]:.9g}); expected falling scores"
        )


def different(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Where finite scores differ by more than rounding in float32 makes them."""
    largest = np.maximum(1.0, np.maximum(np.abs(first), np.abs(second)))
    return np.abs(first - second) > _ROUNDING * largest


def largest_error(told: np.ndarray, scores: np.ndarray) -> float:
    """By how much the scores that are told are wrong at most, relative to those above 1."""
    return float(np.max(np.abs(told - scores) / np.maximum(1.0, scores)))


def _query(where: str, row: int, shape: tuple[int, ...]) -> str:
    return where if len(shape) == 1 else f"{where}, query {row}"


def _numbers(part: object, where: str, shape: tuple[int, ...]) -> np.ndarray:
    wanted = f"expected numbers of the shape {shape}"
    if not isinstance(part, np.ndarray | list | tuple):
        raise InvalidAnswer(f"{where}: a part of the pair is a {type(part).__name__}, {wanted}")
    try:
        values = np.asarray(part)
    except (ValueError, OverflowError):
        raise InvalidAnswer(f"{where}: a part of the pair is ragged, {wanted}") from None
    if values.shape != shape:
        raise InvalidAnswer(f"{where}: a part of the pair has the shape {values.shape}, {wanted}")
    if values.dtype.kind not in "fiu":
        raise InvalidAnswer(f"{where}: a part of the pair holds {values.dtype}, {wanted}")
    return values
