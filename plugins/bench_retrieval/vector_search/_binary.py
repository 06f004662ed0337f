"""Codes of one or several bits a coordinate: how they are fitted, packed and scanned."""

import numpy as np

from bench_retrieval.vector_search._index import Room
from harness.api import kernel

_SAMPLE = 20_000  # vectors on which rotations are fitted


def principal_axes(points: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Axes of largest variance, float32[d, count]; columns of zeros beyond d.

    Args:
        points: float32[n, d] with mean 0.
    """
    sample = sample_of(points, rng).astype(np.float64)
    _, axes = np.linalg.eigh(sample.T @ sample)
    axes = axes[:, ::-1][:, :count]
    return np.pad(axes, ((0, 0), (0, count - axes.shape[1]))).astype(np.float32)


def rotation(points: np.ndarray, rounds: int, rng: np.random.Generator) -> np.ndarray:
    """The orthogonal R, float32[m, m], for which signs lose least: iterative quantisation.

    |sign(Z R) - Z R|_F falls in each round: B = sign(Z R), then the R that turns Z into B best,
    which is the polar factor of Z^T B (Gong and Lazebnik 2011).

    Args:
        points: Z, float32[n, m].
    """
    z = sample_of(points, rng)
    m = z.shape[1]
    turn = np.linalg.qr(rng.standard_normal((m, m)))[0].astype(np.float32)
    for _ in range(rounds):
        u, _, vt = np.linalg.svd(z.T @ signs(z @ turn))
        turn = u @ vt
    return turn


def sample_of(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if len(points) <= _SAMPLE:
        return points
    return points[np.sort(rng.choice(len(points), _SAMPLE, replace=False))]


def signs(values: np.ndarray) -> np.ndarray:
    """1 where a value is above 0, else -1; never 0."""
    return np.where(values > 0, np.float32(1), np.float32(-1))


def words_of(bits: np.ndarray) -> np.ndarray:
    """Rows of booleans as words of 64 bits, the rest 0: uint64[n, words]."""
    packed = np.packbits(bits, axis=1)
    return np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8))).view(np.uint64)


class HammingCodes:
    """Rows of bits, searched for the `k` rows that differ from a query in the fewest places."""

    def __init__(self, bits: np.ndarray, k: int) -> None:
        words = words_of(bits)
        self._n, self._words = words.shape
        blocks = np.pad(words, ((0, -self._n % 64), (0, 0))).reshape(-1, 64, self._words)
        self._codes = np.ascontiguousarray(blocks.transpose(0, 2, 1))
        self._room = Room(k)
        self._hamming = kernel("vector_search").vs_hamming

    def nearest(self, bits: np.ndarray) -> np.ndarray:
        """The numbers of the rows, nearest first, for the bits of a query."""
        query = words_of(bits[None])
        places = self._room.places
        found = self._hamming(self._codes, self._n, self._words, query, *places)
        return self._room.ids[:found]


class LevelCodes:
    """Rows of levels 0 .. 2^planes - 1, searched by the cosine of the codes that they stand for.

    A level l stands for the odd number 2 l - 2^planes + 1. Four bits make a nibble, which is
    4 / planes coordinates, and T = (<a, b> + P) / 2, with P the largest <a, b> of two nibbles, is a
    whole number below 256: the row of T that belongs to a nibble of the query stays in a register
    and serves 32 vectors at once. The sum over nibbles gives the inner product exactly, and is
    divided by the length of the vector's code; that of the query's changes no ranking.

    Args:
        levels: uint8[n, m], m a multiple of 4 / planes.
        planes: 1, 2 or 4 bits a coordinate.
        k: how many rows a search returns.
    """

    def __init__(self, levels: np.ndarray, planes: int, k: int) -> None:
        self._n, m = levels.shape
        self._planes, self._places = planes, m * planes // 4
        group, top = 4 // planes, 2**planes - 1
        nibbles = self._nibbles(levels)
        blocks = np.pad(nibbles, ((0, -self._n % 32), (0, 0))).reshape(-1, 2, 16, self._places)
        self._blocks = np.ascontiguousarray((blocks[:, 0] | blocks[:, 1] << 4).transpose(0, 2, 1))
        odd = (2 * levels.astype(np.int16) - top).astype(np.float32)
        self._weights = 1 / np.sqrt(np.einsum("ij,ij->i", odd, odd))
        of_nibble = (np.arange(16)[:, None] >> planes * np.arange(group)[::-1]) & top
        vectors = 2 * of_nibble - top
        largest = group * top**2
        self.table = ((vectors @ vectors.T + largest) // 2).astype(np.uint8)
        self._offset = self._places * largest / 2
        self._room = Room(k)
        self._sums = kernel("vector_search").vs_nibble_sums

    def _nibbles(self, levels: np.ndarray) -> np.ndarray:
        """Coordinates joined, the first one above: uint8[n, places]."""
        joined = levels.reshape(len(levels), self._places, 4 // self._planes)
        shifts = (self._planes * np.arange(4 // self._planes)[::-1]).astype(np.uint8)
        return np.bitwise_or.reduce(joined << shifts, axis=2)

    def nearest(self, levels: np.ndarray) -> np.ndarray:
        """The numbers of the rows, nearest first, for the levels of a query, uint8[m]."""
        tables = self.table[self._nibbles(levels[None])[0]]
        found = self._sums(
            self._blocks,
            self._n,
            self._places,
            tables,
            self._offset,
            self._weights,
            *self._room.places,
        )
        return self._room.ids[:found]
