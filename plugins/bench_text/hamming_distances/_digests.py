"""Sums over all distances, from the places of the letters alone.

Let S_a(v) be the sum of x^u over the places u <= v of letter a in the text. The pattern's letter at
j matches text[i + j] for the windows 0 <= i < w just where that letter stands at u = i + j, so that

    sum over i < w of matches[i] x^i = sum over j of x^-j (S_p[j](w - 1 + j) - S_p[j](j - 1)),

and the same sum of the distances is m (1 + x + ... + x^(w-1)) less it. All is modulo the prime P =
2^31 - 1. Two different lists of w distances, as polynomials, agree at fewer than w points x. The
places of the text are sorted by letter once, O(n log n); a sum then takes O(n + m log n).
"""

import numpy as np

PRIME = 2**31 - 1
_POINTS = 3
_MASK, _BITS = np.uint64(PRIME), np.uint64(31)


def random_points(rng: np.random.Generator) -> np.ndarray:
    """Different points, neither 0 nor 1, int64[3]."""
    return np.unique(rng.integers(2, PRIME, size=4 * _POINTS))[:_POINTS]


class Digests:
    """Sums of the distances of the first windows, at any point."""

    def __init__(self, text: np.ndarray, pattern: np.ndarray) -> None:
        self._n, self._m = len(text), len(pattern)
        self._order = np.argsort(text, kind="stable")
        keys = text[self._order].astype(np.int64) * self._n + self._order
        letter = pattern.astype(np.int64) * self._n
        self._keys, self._letter = keys, letter
        self._places = np.arange(self._m)
        self._before = np.searchsorted(keys, letter + self._places)

    def of_windows(self, count: int, x: int) -> int:
        """The sum of distance i times x^i over the windows i < count."""
        powers = powers_of(x, self._n)
        sums = np.concatenate(([0], np.cumsum(powers[self._order])))  # below 2^31 n: exact
        last = np.searchsorted(self._keys, self._letter + self._places + count)
        found = (sums[last] - sums[self._before]) % PRIME
        inverse = powers_of(pow(int(x), -1, PRIME), self._m)
        matches = int(times(found, inverse).sum())
        return (self._m * int(powers[:count].sum()) - matches) % PRIME


def running(distances: np.ndarray, x: int) -> np.ndarray:
    """The sums of the first 1, 2, ... of these distances times x^i, modulo P; int64."""
    return np.cumsum(times(distances.astype(np.int64), powers_of(x, len(distances)))) % PRIME


def powers_of(x: int, count: int) -> np.ndarray:
    """x^0 to x^(count-1) modulo P, int64."""
    powers = np.ones(max(count, 1), np.int64)
    known = 1
    while known < count:
        more = min(known, count - known)
        powers[known : known + more] = times(powers[:more], pow(int(x), known, PRIME))
        known += more
    return powers[:count]


def times(some: np.ndarray, others: np.ndarray | int) -> np.ndarray:
    """Products modulo P of numbers 0..2^31-1, int64, each below 2^32."""
    product = some.astype(np.uint64) * np.asarray(others).astype(np.uint64)
    product = (product & _MASK) + (product >> _BITS)
    return ((product & _MASK) + (product >> _BITS)).astype(np.int64)
