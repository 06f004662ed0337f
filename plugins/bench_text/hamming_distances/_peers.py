"""How functions that convolve two real arrays are called: once for each letter."""

from collections.abc import Callable

import numpy as np

from bench_text.hamming_distances._transforms import whole


def by_convolution(
    text: np.ndarray, pattern: np.ndarray, convolve: Callable[..., np.ndarray]
) -> np.ndarray:
    """All distances, from convolve(text is a, pattern is a turned round, mode="valid")."""
    matches = np.zeros(len(text) - len(pattern) + 1)
    for letter in np.unique(pattern):
        ours, theirs = ((letters == letter).astype(np.float64) for letters in (text, pattern[::-1]))
        matches += convolve(ours, theirs, mode="valid")
    return len(pattern) - whole(matches)
