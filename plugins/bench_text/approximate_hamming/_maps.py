"""Letters of text and pattern numbered together, for maps that are drawn at random."""

import numpy as np

_TABLE = 1 << 16


def all_numbered(text: np.ndarray, pattern: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Both with the letters that occur in either numbered 0..s-1, and s.

    Unlike an exact count, a map that takes letters for one another must treat those alike that the
    pattern does not have.
    """
    if text.dtype != np.int32:
        known = np.zeros(_TABLE, bool)
        known[text] = known[pattern] = True
        names = np.cumsum(known) - 1
        return names[text], names[pattern], int(names[-1]) + 1
    letters, numbers = np.unique(np.concatenate((text, pattern)), return_inverse=True)
    return numbers[: len(text)], numbers[len(text) :], len(letters)
