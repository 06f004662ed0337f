"""What is no instance of BM25 search, and what is no answer to a query."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from bench_retrieval.bm25_search._formula import VARIANTS
from harness.api import Case, InvalidAnswer, InvalidCase


def at_least(case: Case, **least: int) -> None:
    """Refuse a case whose parameter is below what is given for it.

    Raises:
        InvalidCase: with the name of the first that is.
    """
    for name, value in least.items():
        if case.parameters[name] < value:
            raise InvalidCase(
                f"{name} is {case.parameters[name]}, expected at least {value}: choose a larger one"
            )


def shares(case: Case, *names: str) -> None:
    """Refuse a case whose parameter is no share, 0 to 1.

    Raises:
        InvalidCase: with the name of the first that is none.
    """
    for name in names:
        if not 0 <= case.parameters[name] <= 1:
            raise InvalidCase(f"{name} is {case.parameters[name]}, expected a share from 0 to 1")


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
            raise InvalidCase(f"{name} is {formula[name]}, expected a number from 0 to {most:g}")


def decision_of(answer: object, number: int, n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The documents, int64[k], and the scores, float64[k], of the answer to a query.

    Raises:
        InvalidAnswer: where it is no pair of k different documents 0..n-1 and k finite scores.
    """
    where = f"query {number}"
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        raise InvalidAnswer(
            f"{where}: the answer is of type {type(answer).__name__}, expected a pair (documents, "
            "scores)"
        )
    documents, scores = (_numbers(part, where, k) for part in answer)
    if documents.dtype.kind not in "iu":
        raise InvalidAnswer(
            f"{where}: the documents are of dtype {documents.dtype}, expected whole numbers"
        )
    outside = documents[(documents < 0) | (documents >= n)]
    if len(outside):
        raise InvalidAnswer(f"{where}: there is no document {outside[0]}, expected 0..{n - 1}")
    different, times = np.unique(documents, return_counts=True)
    if len(different) < k:
        twice = different[times.argmax()]
        raise InvalidAnswer(f"{where}: document {twice} is there {times.max()} times, expected 1")
    scores = scores.astype(np.float64)
    if not np.isfinite(scores).all():
        raise InvalidAnswer(f"{where}: a score is {scores[~np.isfinite(scores)][0]}")
    return documents.astype(np.int64), scores


def _numbers(part: object, where: str, k: int) -> np.ndarray:
    wanted = f"expected {k} numbers"
    if not isinstance(part, np.ndarray | list | tuple):
        raise InvalidAnswer(f"{where}: a part of the pair is a {type(part).__name__}, {wanted}")
    try:
        values = np.asarray(part)
    except ValueError:
        raise InvalidAnswer(f"{where}: a part of the pair is ragged, {wanted}") from None
    if values.shape != (k,):
        raise InvalidAnswer(
            f"{where}: a part of the pair has the shape {values.shape}, expected ({k},)"
        )
    if values.dtype.kind not in "fiu":
        raise InvalidAnswer(f"{where}: a part of the pair holds {values.dtype}, {wanted}")
    return values


def different(first: float, second: float) -> bool:
    """Whether two scores differ by more than rounding in float32 makes them."""
    return abs(first - second) > 1e-6 * max(1.0, abs(first), abs(second)) or math.isnan(second)
