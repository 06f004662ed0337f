"""Scores of candidates by how often they occur, one function for each base method.

Each takes the data and returns float64[candidates]. f is how often a candidate occurs in all
documents, d in how many of them, of D; |t| is the number of its words. A candidate is nested in
another one whose words hold its own in a row.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np


def equal(data: Any) -> np.ndarray:
    """The same for all: what is left is what revises it."""
    return np.ones(len(data.candidates) - 1)


def tf(data: Any) -> np.ndarray:
    """f."""
    return np.bincount(data.found, weights=data.counts, minlength=len(data.candidates) - 1)


def tf_idf(data: Any) -> np.ndarray:
    """f log(D / d)."""
    return tf(data) * np.log(_documents(data) / _spread(data))


def ridf(data: Any) -> np.ndarray:
    """log2(D / d) + log2(1 - exp(-f / D)): idf beyond that of words thrown at random."""
    documents = _documents(data)
    expected = -np.log2(-np.expm1(-tf(data) / documents))
    return np.log2(documents / _spread(data)) - expected


def weirdness(data: Any) -> np.ndarray:
    """f / n over (b + 1) / B: how much more often than in general text, b times in B words."""
    here = tf(data) / len(data.words)
    return here * data.background_size / (data.background + 1.0)


def c_value(data: Any) -> np.ndarray:
    """log2(|t| + 0.1) (f - mean of f over the candidates in which it is nested)."""
    often = tf(data)
    shorter, longer = nested(data)
    number = np.bincount(shorter, minlength=len(often))
    inside = np.bincount(shorter, weights=often[longer], minlength=len(often))
    return np.log2(_lengths(data) + 0.1) * (often - inside / np.maximum(number, 1))


def basic(data: Any, alpha: float = 0.72) -> np.ndarray:
    """|t| log f + alpha e, e the number of candidates in which it is nested; 0 for one word."""
    return combo_basic(data, alpha, 0.0)


def combo_basic(data: Any, alpha: float = 0.75, beta: float = 0.1) -> np.ndarray:
    """The same + beta e', e' the number of candidates that are nested in it."""
    lengths = _lengths(data)
    shorter, longer = nested(data)
    around = np.bincount(shorter, minlength=len(lengths)) * (lengths > 1)
    within = np.bincount(longer, minlength=len(lengths))
    return lengths * np.log(tf(data)) + alpha * around + beta * within


BASES: dict[str, Callable[[Any], np.ndarray]] = {
    "equal": equal,
    "tf": tf,
    "tf_idf": tf_idf,
    "c_value": c_value,
    "ridf": ridf,
    "weirdness": weirdness,
    "basic": basic,
    "combo_basic": combo_basic,
}


def check_base(name: str) -> None:
    """Refuse what is no base method.

    Raises:
        ValueError: names those there are.
    """
    if name not in BASES:
        raise ValueError(f"base is {name!r}, expected one of {', '.join(BASES)}")


def nested(data: Any) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of candidates, the first nested in the second, int64 each; every pair once."""
    phrases = phrases_of(data)
    number = {phrase: k for k, phrase in enumerate(phrases)}
    pairs = set()
    for k, phrase in enumerate(phrases):
        for length in range(1, len(phrase)):
            for start in range(len(phrase) - length + 1):
                part = number.get(phrase[start : start + length])
                if part is not None:
                    pairs.add((part, k))
    found = np.array(sorted(pairs), np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def phrases_of(data: Any) -> list[tuple[int, ...]]:
    """The words of each candidate."""
    words, starts = data.candidate_words.tolist(), data.candidates.tolist()
    return [tuple(words[a:b]) for a, b in pairwise(starts)]


def _lengths(data: Any) -> np.ndarray:
    return np.diff(data.candidates)


def _spread(data: Any) -> np.ndarray:
    """In how many documents each candidate occurs."""
    return np.bincount(data.found, minlength=len(data.candidates) - 1)


def _documents(data: Any) -> int:
    return len(data.documents) - 1
