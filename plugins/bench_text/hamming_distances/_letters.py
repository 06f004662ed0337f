"""Letters: numbered anew, handed to the kernels, compared by the definition."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from harness.api import kernel

_SUFFIXES = {"uint8": "u8", "uint16": "u16", "int32": "i32"}
_COMPARED_AT_ONCE = 1 << 30  # letters by one call of a kernel: some 10 ms
_TABLE = 1 << 16  # letters below have a table of their numbers
_DROP_EVERY = 32  # letters of the pattern


def kernel_for(letters: np.ndarray, function: str) -> Any:
    """A function of the kernel for letters of this dtype."""
    return getattr(kernel("hamming"), f"hd_{function}_{_SUFFIXES[letters.dtype.name]}")


def slices(count: int, cost: int, multiple: int = 1 << 14) -> Iterator[tuple[int, int]]:
    """0..count cut in slices of a few milliseconds, where each costs so many comparisons."""
    width = max(1, _COMPARED_AT_ONCE // (cost * multiple)) * multiple
    for start in range(0, count, width):
        yield start, min(start + width, count)


def counted(text: np.ndarray, pattern: np.ndarray, function: str, *extra: int) -> np.ndarray:
    """All distances, by a function of the kernel that works window by window."""
    n, m = len(text), len(pattern)
    out = np.empty(n - m + 1, np.int32)
    call = kernel_for(text, function)
    for start, stop in slices(n - m + 1, m):
        check(call(text, n, pattern, m, *extra, start, stop, out))
    return out


def check(code: int) -> None:
    """
    Raises:
        MemoryError: where a kernel says so. ValueError: where it refused what it was given.
    """
    if code == 2:
        raise MemoryError("the kernel of Hamming distances is short of memory")
    if code:
        raise ValueError("the kernel of Hamming distances refused its sizes or letters")


def fitting(largest: int) -> type[np.generic]:
    """The smallest dtype that holds letters 0..largest."""
    if largest < 1 << 8:
        return np.uint8
    return np.uint16 if largest < 1 << 16 else np.int32


def numbered(text: np.ndarray, pattern: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Both with the pattern's letters numbered 0..s-1 in their order, all others s; and s."""
    letters = np.unique(pattern)
    s = len(letters)
    dtype = fitting(s)
    if letters[-1] < _TABLE and text.dtype != np.int32:
        table = np.full(np.iinfo(text.dtype).max + 1, s, dtype)
        table[letters] = np.arange(s)
        return table[text], table[pattern], s
    places = np.minimum(np.searchsorted(letters, text), s - 1)
    codes = np.where(letters[places] == text, places, s).astype(dtype)
    return codes, np.searchsorted(letters, pattern).astype(dtype), s


def sliced(text: np.ndarray, pattern: np.ndarray) -> np.ndarray:
    """All distances by bit-sliced counters; letters are numbered anew only where they are wide."""
    letters = int(pattern.max()) + 1
    if letters > _TABLE:
        text, pattern, letters = numbered(text, pattern)
    return counted(text, pattern, "sliced", letters)


def by_definition(text: np.ndarray, pattern: np.ndarray, most: int | None = None) -> np.ndarray:
    """All distances, or `most` where they are more, in numpy: int32[n - m + 1].

    A letter of the pattern after the other is compared with all windows; those that have reached
    `most` are left out from time to time.
    """
    n, m = len(text), len(pattern)
    windows = np.arange(n - m + 1)
    found = np.zeros(n - m + 1, np.int32)
    whole = True
    for j in range(m):
        if whole:
            found += text[j : j + n - m + 1] != pattern[j]
        else:
            found[windows] += text[windows + j] != pattern[j]
        if most is not None and j % _DROP_EVERY == _DROP_EVERY - 1:
            windows = windows[found[windows] < most]
            whole = 4 * len(windows) > n - m + 1  # slices are that much cheaper
            if whole:
                windows = np.arange(n - m + 1)
    return found if most is None else np.minimum(found, most)


def window_distance(text: np.ndarray, pattern: np.ndarray, i: int) -> int:
    """The distance of one window."""
    return int(np.count_nonzero(text[i : i + len(pattern)] != pattern))


def renamed(
    text: np.ndarray, pattern: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Both with their letters exchanged for one another at random."""
    letters = np.unique(np.concatenate((text, pattern)))
    others = rng.permutation(letters)
    return others[np.searchsorted(letters, text)], others[np.searchsorted(letters, pattern)]
