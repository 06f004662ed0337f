"""Rankings: the best k of many scores, what is no ranking, and where the right answers stand.

Items whose scores differ by no more than rounding are tied, and any of the tied ones is right: of
the items that are better than the k-th all are wanted, of those tied with it as many as there is
room for.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from harness.api import InvalidAnswer

Nearest = tuple[np.ndarray, np.ndarray, float]  # right items, their scores, what counts as a tie


def best(scores: np.ndarray, k: int) -> np.ndarray:
    """The k items with the largest scores, best first; of equals the smaller number first.

    Args:
        scores: float[n] without NaN. k: at most n of them are given.
    """
    n = len(scores)
    if k < 1:
        return np.empty(0, np.int64)
    if k < n:
        least = np.partition(scores, n - k)[n - k]
        above = np.flatnonzero(scores > least)
        items = np.concatenate([above, np.flatnonzero(scores == least)[: k - len(above)]])
    else:
        items = np.arange(n)
    return items[np.lexsort((items, -scores[items]))]


def ranking_of(answer: object, n: int, least: int, what: str) -> np.ndarray:
    """An answer as int64[...], at least `least` different items of 0..n-1.

    Args:
        what: what was answered, for the message: "query 3".

    Raises:
        InvalidAnswer: where it is none.
    """
    wanted = f"expected a one-dimensional array of at least {least} different integers 0..{n - 1}"
    if not isinstance(answer, np.ndarray | list | tuple):
        raise InvalidAnswer(f"the answer to {what} is of type {type(answer).__name__}, {wanted}")
    try:
        items = np.asarray(answer)
    except (ValueError, OverflowError):
        raise InvalidAnswer(f"the answer to {what} is a ragged list, {wanted}") from None
    if items.ndim != 1:
        raise InvalidAnswer(f"the answer to {what} has {items.ndim} dimensions, {wanted}")
    if items.dtype.kind not in "iu" or not len(items):
        raise InvalidAnswer(
            f"the answer to {what} holds {len(items)} values of dtype {items.dtype}, {wanted}"
        )
    outside = items[(items < 0) | (items >= n)]
    if len(outside):
        raise InvalidAnswer(f"the answer to {what} names item {outside[0]}, {wanted}")
    if len(items) < least:
        raise InvalidAnswer(f"the answer to {what} names {len(items)} items, {wanted}")
    items = items.astype(np.int64)
    named, counts = np.unique(items, return_counts=True)
    if len(named) < len(items):
        twice = named[counts.argmax()]
        raise InvalidAnswer(
            f"the answer to {what} names item {twice} {counts.max()} times, {wanted}"
        )
    return items


def nearest(scores: np.ndarray, k: int, slack: float) -> Nearest:
    """The best k items and all that are tied with the k-th, best first, with their scores.

    Args:
        slack: by which scores may differ and be tied.
    """
    least = np.partition(scores, len(scores) - k)[len(scores) - k]
    items = np.flatnonzero(scores >= least - slack)
    items = items[np.lexsort((items, -scores[items]))]
    return items, scores[items], slack


def places(right: Nearest, k: int, ranking: np.ndarray) -> np.ndarray:
    """Where in a ranking the k right items stand, counted from 0; those that are missing are not.

    Args:
        right: of the query, as `nearest` gives it for this k or a larger one.
        ranking: different items.
    """
    items, scores, slack = right
    better = items[scores > scores[k - 1] + slack]
    tied = items[np.abs(scores - scores[k - 1]) <= slack]
    first = np.flatnonzero(np.isin(ranking, better))
    others = np.flatnonzero(np.isin(ranking, tied))[: k - len(better)]
    return np.sort(np.concatenate([first, others]))


def depth(found: np.ndarray, wanted: int, share: float) -> float | None:
    """How many items of each ranking hold this share of all that is wanted; None: not even all.

    Args:
        found: places of right items, of all queries together. wanted: how many there are.
    """
    needed = int(np.ceil(share * wanted - 1e-9))
    if needed > len(found):
        return None
    return float(np.partition(found, needed - 1)[needed - 1] + 1)


def packed(found: Sequence[Nearest]) -> dict[str, np.ndarray]:
    """The right items of all queries as plain arrays, one after the other."""
    lengths = [len(items) for items, _, _ in found]
    return {
        "items": np.concatenate([items for items, _, _ in found]),
        "scores": np.concatenate([scores for _, scores, _ in found]),
        "offsets": np.concatenate([[0], np.cumsum(lengths)]),
        "slack": np.array([slack for _, _, slack in found], np.float64),
    }


def of_query(truth: Mapping[str, Any], query: int) -> Nearest:
    """Those of one query again."""
    span = slice(truth["offsets"][query], truth["offsets"][query + 1])
    return truth["items"][span], truth["scores"][span], float(truth["slack"][query])
