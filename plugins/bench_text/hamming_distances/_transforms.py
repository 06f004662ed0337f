"""Matches of letters by Fourier transforms, in blocks of the text.

Where letter a stands in the text and in the pattern, as arrays of 0 and 1, their correlation counts
its matches in each window. A block of L letters of the text gives L - m + 1 windows (overlap-save),
L being about 4 m, from F = sum over letters of rfft(text is a) conj(rfft(pattern is a)) and one
inverse transform. Each letter costs O(n log m).

The counts are rounded. In double they were 2e-11 off whole numbers at most for m = 10^5 and 2e-10
for m = 10^6 (random letters; a text of one letter is transformed without any error). That no count
is 1/4 or more off a whole number is held against all of them.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

_LEAST_BLOCK = 1 << 12
_ENTRIES_AT_ONCE = 1 << 18  # of the blocks that are transformed together
_MOST_OFF = 0.25

# Values of the letters in the text and in the pattern: an array each, of one dtype.
Values = Callable[[np.ndarray], np.ndarray]


def matches(
    text: np.ndarray,
    pattern: np.ndarray,
    letters: Sequence[int],
    absent: int,
    transforms: Any = None,
) -> np.ndarray:
    """How many of the pattern's letters among `letters` each window matches, int32[n - m + 1].

    Args:
        text, pattern: numbers of letters.
        letters: numbers of the letters that count.
        absent: the number of a letter that is none of these, which fills the last block up.
        transforms: whose `rfft` and `irfft` are taken; scipy.fft's unless it is said.
    """
    return whole(correlation(text, pattern, [_is(a) for a in letters], absent, transforms))


def _is(letter: int) -> Values:
    return lambda letters: (letters == letter).astype(np.float64)


def whole(found: np.ndarray) -> np.ndarray:
    """Sums that are whole numbers but for rounding, as int32.

    Raises:
        ArithmeticError: where one is not near a whole number.
    """
    rounded: np.ndarray = np.rint(found)
    off = float(np.abs(found - rounded).max())
    if not off < _MOST_OFF:
        raise ArithmeticError(
            f"a count by transforms is {off:.2g} off a whole number, expected less than "
            f"{_MOST_OFF}: the text is too long for double precision"
        )
    return rounded.astype(np.int32)


def correlation(
    text: np.ndarray,
    pattern: np.ndarray,
    values: Sequence[Values],
    fill: int,
    transforms: Any = None,
) -> np.ndarray:
    """For each window the sum, over `values` and places, of value in the text times in the pattern.

    Args:
        text, pattern: numbers of letters.
        values: what each makes of letters is transformed.
        fill: the letter after the end of the text; what it gives is cut off.
        transforms: whose `rfft` and `irfft` are taken; scipy.fft's unless it is said.
    """
    from scipy import fft

    transforms = transforms or fft
    n, m = len(text), len(pattern)
    size = fft.next_fast_len(max(_LEAST_BLOCK, 4 * m), real=True)
    if size >= n:
        size = fft.next_fast_len(n, real=True)
    step = size - m + 1
    blocks = -(-(n - m + 1) // step)
    filled = np.full((blocks - 1) * step + size, fill, text.dtype)
    filled[:n] = text
    views = np.lib.stride_tricks.sliding_window_view(filled, size)[::step]
    together = max(1, _ENTRIES_AT_ONCE // size)
    kept = blocks <= together or len(values) * size <= _ENTRIES_AT_ONCE * 16
    of_pattern = [None] * len(values)
    out = np.empty(blocks * step)
    for first in range(0, blocks, together):
        group = views[first : first + together]
        total = np.zeros((len(group), size // 2 + 1), np.complex128)
        for number, value in enumerate(values):
            theirs = of_pattern[number]
            if theirs is None:
                theirs = np.conj(transforms.rfft(value(pattern), size))
                of_pattern[number] = theirs if kept else None
            ours = transforms.rfft(value(group), axis=1)
            ours *= theirs
            total += ours
        sums = transforms.irfft(total, size, axis=1)[:, :step]
        out[first * step : (first + len(group)) * step] = sums.ravel()
    return out[: n - m + 1]
