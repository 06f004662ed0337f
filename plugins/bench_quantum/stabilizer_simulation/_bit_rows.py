"""Bits packed into words of 64, the lowest first, and linear algebra over GF(2) on rows of them."""

from collections.abc import Iterator

import numpy as np

WORD = 64
_BLOCK = 8  # columns of one table
_ROWS = 512  # cleared at a time


def bit(place: int) -> np.uint64:
    """The bit of a place, within its word."""
    return np.uint64(1 << place % WORD)


def bits_of(places: np.ndarray) -> np.ndarray:
    """The same for several places."""
    return np.uint64(1) << (places % WORD).astype(np.uint64)


def unpacked(words: np.ndarray) -> np.ndarray:
    """The bits of words, bool."""
    return np.unpackbits(words.astype("<u8").view(np.uint8), bitorder="little").astype(bool)


def packed(bits: np.ndarray) -> np.ndarray:
    """Rows of bits as rows of words."""
    rows, columns = bits.shape
    padded = np.zeros((rows, -(-max(columns, 1) // WORD) * WORD), bool)
    padded[:, :columns] = bits
    return np.packbits(padded, axis=1, bitorder="little").view("<u8").astype(np.uint64)


def dependencies(matrix: np.ndarray, columns: int) -> Iterator[np.ndarray]:
    """Each column that is a sum of earlier ones which are none: their numbers, then its own.

    Args:
        matrix: uint64[rows, words], columns packed; it is changed.
        columns: how many there are.
    """
    pivots = np.array(_echelon(matrix, columns), np.int64)
    free = np.setdiff1d(np.arange(columns), pivots)
    if not len(free):
        return
    terms = np.zeros((len(pivots), -(-len(free) // WORD)), np.uint64)  # of the free columns
    for own in range(len(pivots) - 1, -1, -1):
        row = unpacked(matrix[own])
        later = own + 1 + np.flatnonzero(row[pivots[own + 1 :]])
        terms[own] = packed(row[free][None])[0] ^ np.bitwise_xor.reduce(terms[later], axis=0)
    for number, column in enumerate(free.tolist()):
        holders = np.flatnonzero(terms[:, number // WORD] & bit(number))
        yield np.append(pivots[holders], column)


def _echelon(matrix: np.ndarray, columns: int) -> list[int]:
    """Bring the rows into echelon form; returns the columns of the pivots.

    Up to 8 pivots are found in 8 columns, noting for each row which of their rows it needs; these
    are added at once, by a table of all their sums.
    """
    pivots: list[int] = []
    for begin in range(0, columns, _BLOCK):
        rest = matrix[len(pivots) :, begin // WORD :]
        if not len(rest):
            break
        bits = (rest[:, 0] >> np.uint64(begin % WORD)).astype(np.uint8)
        needs = np.zeros(len(rest), np.uint8)
        found = 0
        for place in range(min(_BLOCK, columns - begin)):
            holders = np.flatnonzero(bits[found:] >> place & 1)
            if not len(holders):
                continue
            at = found + int(holders[0])
            for part in (rest, bits, needs):
                part[[found, at]] = part[[at, found]]
            needed = [own for own in range(found) if needs[found] >> own & 1]
            rest[found] ^= np.bitwise_xor.reduce(rest[needed], axis=0)
            below = found + 1 + np.flatnonzero(bits[found + 1 :] >> place & 1)
            needs[below] |= np.uint8(1 << found)
            bits[below] ^= bits[found]
            pivots.append(begin + place)
            found += 1
        table = np.zeros((1 << found, rest.shape[1]), np.uint64)
        for own in range(found):
            table[1 << own : 2 << own] = table[: 1 << own] ^ rest[own]
        for start in range(found, len(rest), _ROWS):  # a few rows at a time stay in the cache
            rest[start : start + _ROWS] ^= table[needs[start : start + _ROWS]]
    return pivots
