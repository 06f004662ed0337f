"""What is no corpus of token sets."""

import numpy as np

from bench_retrieval.multi_vector_search._families import Sets
from harness.api import InvalidCase

_LARGEST = 1e12  # in size, of a token's entries


def checked(corpus: Sets, queries: Sets, k: int) -> tuple[Sets, Sets]:
    """The same with tokens as float32 and offsets as int64.

    Raises:
        InvalidCase: what is wrong, what was expected, what to do.
    """
    corpus, queries = _sets(corpus, "document"), _sets(queries, "query")
    width, expected = queries.tokens.shape[1], corpus.tokens.shape[1]
    if width != expected:
        raise InvalidCase(
            f"the queries' tokens have {width} entries, the documents' {expected}: "
            "embed both in one space"
        )
    if not 1 <= k <= len(corpus):
        raise InvalidCase(
            f"k is {k}, expected 1 to {len(corpus)}, the number of documents: choose another k"
        )
    return corpus, queries


def _sets(sets: Sets, what: str) -> Sets:
    tokens, offsets = sets.tokens, sets.offsets
    if tokens.ndim != 2 or tokens.dtype.kind not in "fiu" or tokens.shape[1] == 0:
        raise InvalidCase(
            f"the tokens of the {what} sets are an array of {tokens.dtype} of shape "
            f"{tokens.shape}, expected numbers, one row for each token: stack the token vectors"
        )
    lengths = _lengths(offsets, len(tokens), what)
    empty = np.flatnonzero(lengths == 0)
    if len(empty):
        raise InvalidCase(
            f"{what} {empty[0]} has no tokens, expected at least one: leave empty sets out"
        )
    with np.errstate(over="ignore"):
        narrow = np.ascontiguousarray(tokens, np.float32)
    largest = max(float(narrow.max()), -float(narrow.min()))  # without a copy; NaN stays NaN
    if not np.isfinite(largest):
        bad = np.flatnonzero(~np.isfinite(narrow).all(axis=1))
        first = np.searchsorted(offsets, bad[0], side="right") - 1
        raise InvalidCase(
            f"{len(bad)} of {len(tokens)} tokens are NaN or infinite as float32 (the first is "
            f"token {bad[0] - offsets[first]} of {what} {first}), expected finite ones: "
            "leave them out"
        )
    if largest and not 1 / _LARGEST <= largest <= _LARGEST:
        raise InvalidCase(
            f"the largest entry of the {what} sets' tokens is {largest:.3g} in size, expected "
            f"{1 / _LARGEST:g} to {_LARGEST:g}, where inner products can be computed as float32: "
            "divide the tokens by the length of the longest"
        )
    return Sets(narrow, np.ascontiguousarray(offsets, np.int64))


def _lengths(offsets: np.ndarray, tokens: int, what: str) -> np.ndarray:
    told = f"the offsets of the {what} sets"
    if offsets.ndim != 1 or offsets.dtype.kind not in "iu" or len(offsets) < 2:
        raise InvalidCase(
            f"{told} are an array of {offsets.dtype} of shape {offsets.shape}, expected integers, "
            "one more than there are sets: give [0, *cumsum(tokens of each set)]"
        )
    lengths = np.diff(offsets.astype(np.int64))
    if offsets[0] != 0 or offsets[-1] != tokens or (lengths < 0).any():
        raise InvalidCase(
            f"{told} go from {offsets[0]} to {offsets[-1]}"
            f"{' and fall' if (lengths < 0).any() else ''}, expected to rise from 0 to {tokens}, "
            "the number of tokens: give [0, *cumsum(tokens of each set)]"
        )
    return lengths
