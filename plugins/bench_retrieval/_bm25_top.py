"""The k best of an array of scores, for solvers that score all documents."""

import numpy as np


def top(scores: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The places of the k largest scores, by falling scores, and these; O(n + k log k)."""
    best = np.argpartition(scores, len(scores) - k)[len(scores) - k :]
    best = best[np.argsort(-scores[best])]
    return best, scores[best]
