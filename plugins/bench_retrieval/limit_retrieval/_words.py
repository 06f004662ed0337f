"""Words of texts as sparse matrices, and rankings by scores that come a few queries at a time."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from bench_retrieval._rankings import best

_WORD = re.compile(r"[a-z0-9]{2,}")
_STOP = frozenset(
    "an and are as at be but by for if in into is it no not of on or such that the their then "
    "there these they this to was will with".split()
)
QUERIES_AT_ONCE = 64


def tokens(text: str) -> list[str]:
    """Words of two letters or more in lower case, without the most common ones."""
    return [word for word in _WORD.findall(text.lower()) if word not in _STOP]


def counts(
    documents: list[str], queries: list[str], split: Callable[[str], list[str]] = tokens
) -> tuple[Any, Any]:
    """How often each word of the documents occurs in them and in the queries.

    Returns:
        sparse float32[documents, words] and float32[queries, words], in rows; words that no
        document has are left out.
    """
    number: dict[str, int] = {}
    rows = [[number.setdefault(word, len(number)) for word in split(text)] for text in documents]
    asked = [[number[word] for word in split(text) if word in number] for text in queries]
    return _sparse(rows, len(number)), _sparse(asked, len(number))


def _sparse(rows: list[list[int]], width: int) -> Any:
    from scipy.sparse import csr_array

    ends = np.cumsum([0, *map(len, rows)])
    columns = np.fromiter((word for row in rows for word in row), np.int64, ends[-1])
    found = csr_array(
        (np.ones(len(columns), np.float32), columns, ends), (len(rows), max(1, width))
    )
    found.sum_duplicates()
    return found


def tf_idf(found: Any, frequency: np.ndarray, n: int) -> Any:
    """Counts times ln((1 + n) / (1 + documents that have the word)) + 1, in rows of length 1."""
    from scipy.sparse import diags_array

    weighted = found * (np.log((1 + n) / (1 + frequency)) + 1).astype(np.float32)
    lengths = np.sqrt((weighted * weighted).sum(axis=1))
    return (diags_array(1 / np.where(lengths > 0, lengths, 1)) @ weighted).tocsr()


def unit(vectors: np.ndarray) -> np.ndarray:
    """Rows divided by their lengths, but for zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def ranked(data: Any, scores: Callable[[slice], Any]):
    """Yield the answer as it fills: rows of queries that are not yet ranked hold the first k.

    Args:
        scores: of all documents for some queries, dense or sparse.
    """
    answer = np.tile(np.arange(data.k), (len(data.queries), 1))
    for at in range(0, len(answer), QUERIES_AT_ONCE):
        some = slice(at, at + QUERIES_AT_ONCE)
        found = scores(some)
        found = found.toarray() if hasattr(found, "toarray") else found
        answer[some] = [best(row, data.k) for row in found]
        yield answer
