"""Precision among the first K candidates, expected over all orders of equal scores."""

from collections.abc import Iterable, Mapping

import numpy as np


def judged_of(name: str, count: int, data: Mapping[str, np.ndarray]) -> np.ndarray:
    """The candidates that are judged, int64[.], ascending; `name` is a value of `judged`."""
    left_out = {"unchecked": "checked", "unconfirmed": "confirmed"}
    known = data[left_out[name]] if name in left_out else np.zeros(0, np.int64)
    return np.setdiff1d(np.arange(count), known)


def mean_precision(scores: np.ndarray, terms: np.ndarray, cutoffs: Iterable[int]) -> float:
    """The mean over the cutoffs of `precision_at`; 0 where there is no candidate."""
    return float(np.mean(precision_at(scores, terms, cutoffs))) if len(scores) else 0.0


def precision_at(scores: np.ndarray, terms: np.ndarray, cutoffs: Iterable[int]) -> list[float]:
    """The share of terms among the first K candidates, for each K.

    Candidates with higher scores come first; those with equal ones stand in random order, of which
    this is the expectation. Where there are fewer than K candidates, all of them are the first K.

    Args:
        scores: float[m] or int[m], m > 0. terms: bool[m]. cutoffs: each 1 or more.
    """
    _, group, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    hits = np.bincount(group, weights=terms, minlength=len(sizes))[::-1]  # the highest first
    sizes = sizes[::-1]
    upto, hits_upto = np.cumsum(sizes), np.cumsum(hits)
    found = []
    for cutoff in cutoffs:
        first = min(int(cutoff), len(scores))
        last = int(np.searchsorted(upto, first))  # the group in which the first K end
        inside = first - (upto[last] - sizes[last])
        expected = hits_upto[last] - hits[last] + inside * hits[last] / sizes[last]
        found.append(float(expected / first))
    return found
