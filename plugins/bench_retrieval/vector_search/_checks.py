"""What is no instance of vector search, and what is no answer to one."""

import numpy as np

from harness.api import InvalidAnswer, InvalidCase

METRICS = ("l2", "ip", "cosine")
_LARGEST = 1e15  # squares of what is larger may overflow a float32 when they are summed
_SMALLEST = 1e-15  # squares of what is smaller vanish, or lose digits


def check(corpus: np.ndarray, queries: np.ndarray, metric: str, k: int) -> None:
    """Refuse what is no instance of vector search.

    Raises:
        InvalidCase: what is wrong, what was expected, what to do.
    """
    if metric not in METRICS:
        raise InvalidCase(f"there is no metric {metric!r}; choose one of {', '.join(METRICS)}")
    for name, vectors in (("vectors", corpus), ("queries", queries)):
        if vectors.ndim != 2 or 0 in vectors.shape:
            raise InvalidCase(
                f"the {name} have shape {vectors.shape}, expected n x d with n and d of at least "
                "1: give one row for each"
            )
        if vectors.dtype != np.float32:
            raise InvalidCase(
                f"the {name} have dtype {vectors.dtype}, expected float32: convert them with "
                ".astype(numpy.float32)"
            )
        largest = _check_rows(vectors, name, metric)
        if 0 < largest < _SMALLEST:
            raise InvalidCase(
                f"the {name} hold no number beyond {_SMALLEST:g}, expected one at least, as "
                "squares of smaller ones vanish in float32: scale the vectors up"
            )
    if corpus.shape[1] != queries.shape[1]:
        raise InvalidCase(
            f"the vectors have {corpus.shape[1]} dimensions and the queries {queries.shape[1]}, "
            "expected as many: give queries of the same kind"
        )
    n = len(corpus)
    if isinstance(k, bool) or not isinstance(k, int | np.integer):
        raise InvalidCase(f"k is {k!r}, expected a whole number: write k={min(10, n)}, say")
    if not 1 <= k <= n:
        raise InvalidCase(f"k is {k}, expected 1 to {n}, the number of vectors: choose another k")


def _check_rows(vectors: np.ndarray, name: str, metric: str) -> float:
    """The largest number that the rows hold, without its sign."""
    largest = 0.0
    for start in range(0, len(vectors), 65536):
        rows = vectors[start : start + 65536]
        sizes = np.abs(rows)
        bad = ~(sizes <= _LARGEST).all(axis=1)
        if bad.any():
            row = int(bad.argmax())
            finite = np.isfinite(rows[row]).all()
            raise InvalidCase(
                f"row {start + row} of the {name} holds "
                + (f"numbers beyond {_LARGEST:g}" if finite else "NaN or infinite numbers")
                + f", expected finite ones up to {_LARGEST:g}: "
                + ("scale the vectors down" if finite else "replace them, or leave the row out")
            )
        if metric == "cosine" and not (some := rows.any(axis=1)).all():
            raise InvalidCase(
                f"row {start + int(some.argmin())} of the {name} is 0, which has no direction; "
                "expected none under the metric cosine: leave it out, or choose l2 or ip"
            )
        largest = max(largest, float(sizes.max()))
    return largest


def neighbours_of(answer: object, number: int, n: int, k: int) -> np.ndarray:
    """The neighbours that the answer to a query names, int64[at most k].

    Args:
        answer: what was yielded.
        number: of the query, from 0.
        n: of the vectors. k: how many neighbours were asked for.

    Raises:
        InvalidAnswer: where it does not name at most k different vectors.
    """
    where = f"the answer to query {number}"
    wanted = f"expected a list or one-dimensional array of at most {k} different integers"
    wanted += f" 0..{n - 1}"
    if not isinstance(answer, np.ndarray | list | tuple):
        said = "None" if answer is None else f"of type {type(answer).__name__}"
        raise InvalidAnswer(f"{where} is {said}, {wanted}")
    try:
        ids = np.asarray(answer)
    except ValueError:
        raise InvalidAnswer(f"{where} is a list of lists of unequal length, {wanted}") from None
    if ids.ndim != 1:
        raise InvalidAnswer(f"{where} has {ids.ndim} dimensions, {wanted}")
    if len(ids) > k:
        raise InvalidAnswer(f"{where} names {len(ids)} neighbours, {wanted}")
    if len(ids) == 0:
        return np.empty(0, np.int64)
    if ids.dtype.kind not in "iu":
        raise InvalidAnswer(f"{where} holds values of dtype {ids.dtype}, {wanted}")
    outside = ids[(ids < 0) | (ids >= n)]
    if len(outside):
        raise InvalidAnswer(f"{where} names vector {outside[0]}, {wanted}")
    ids = ids.astype(np.int64)
    ordered = np.sort(ids)
    same = ordered[1:] == ordered[:-1]
    if same.any():
        raise InvalidAnswer(f"{where} names vector {ordered[same.argmax()]} twice, {wanted}")
    return ids
