"""Fixed dimensional encodings: a token set becomes one vector, an inner product their similarity.

Drawn once for each repetition r, and shared by documents and queries: `bits` normal directions,
whose signs put a token x into one of B = 2^bits buckets, and a random matrix S_r that makes psi(x)
of it, `projection` entries. A query's block of a bucket is the sum of psi over its tokens there, a
document's their mean, so that the product of the blocks estimates, token by token, the inner
product with a near token. Empty buckets of a document get the token whose bucket differs in the
fewest bits. The product estimates about R times the similarity, and far too little of it: only
ranking counts.

O(R m d (bits + projection)) for m tokens, as products of matrices; R B projection entries a set.
"""

import numpy as np

from harness.api import kernel

_TOKENS = 1 << 13  # whose projections are in memory at a time
_MOST_BITS = 16  # what uint16 holds


class Encoder:
    """The random part, and the encodings by it.

    Attributes:
        dim: entries of an encoding.
    """

    def __init__(
        self,
        dim: int,
        repetitions: int,
        bits: int,
        projection: int,
        sketch: str,
        final: int,
        rng: np.random.Generator,
    ) -> None:
        """
        Args:
            dim: entries of a token. projection: entries of psi; 0, or dim and more: x itself.
            sketch: what the entries of S_r are: "dense", +-1 / sqrt(projection), or "count", one
                +-1 for each entry of a token.
            final: entries of an encoding, by a count-sketch of all blocks; 0, or as many as there
                are and more, leaves them.
        """
        self._repetitions, self._bits, self._kernel = repetitions, bits, kernel("multi_vector")
        self._directions = rng.normal(size=(dim, repetitions * bits)).astype(np.float32)
        self._width = projection if 0 < projection < dim else dim
        self._projections = None
        if self._width < dim:
            drawn = _dense if sketch == "dense" else _count
            parts = [drawn(dim, projection, rng) for _ in range(repetitions)]
            self._projections = np.concatenate(parts, axis=1)
        full = repetitions * self._width << bits
        self._final = _count_sparse(full, final, rng) if 0 < final < full else None
        self.dim = final if self._final is not None else full

    def documents(self, tokens: np.ndarray, offsets: np.ndarray, fill: bool) -> np.ndarray:
        """float32[n, dim]; one after the other is what memory it takes beyond the result."""
        found = np.empty((len(offsets) - 1, self.dim), np.float32)
        for first, last, part in self.in_parts(tokens, offsets, fill):
            found[first:last] = part
        return found

    def in_parts(self, tokens: np.ndarray, offsets: np.ndarray, fill: bool):
        """Encodings of some documents at a time: (first, last, float32[last - first, dim])."""
        first = 0
        while first < len(offsets) - 1:
            last = int(np.searchsorted(offsets, offsets[first] + _TOKENS, "right")) - 1
            last = max(last, first + 1)
            own = tokens[offsets[first] : offsets[last]]
            part = self._encoded(own, offsets[first : last + 1] - offsets[first], True, fill)
            yield first, last, part
            first = last

    def query(self, tokens: np.ndarray) -> np.ndarray:
        """float32[dim]; sums, and never filled."""
        return self._encoded(tokens, np.array([0, len(tokens)]), False, False)[0]

    def _encoded(self, tokens, offsets, mean, fill):
        signs = (tokens @ self._directions > 0).reshape(len(tokens), self._repetitions, self._bits)
        codes = (signs @ (1 << np.arange(self._bits))).astype(np.uint16)
        if self._projections is None:
            psi = np.tile(tokens, (1, self._repetitions))
        else:
            psi = tokens @ self._projections
        count, repetitions = len(offsets) - 1, self._repetitions
        out = np.empty((count, repetitions * self._width << self._bits), np.float32)
        workspace = np.empty(2 << self._bits, np.int64)
        self._kernel.mv_encode(
            psi, codes, offsets, count, repetitions, self._bits, self._width, mean, fill, workspace,
            out,
        )  # fmt: skip
        return out if self._final is None else np.ascontiguousarray(out @ self._final)


def check(repetitions: int, bits: int, projection: int, sketch: str, final: int) -> None:
    """Refuse parameters that make no encoding.

    Raises:
        ValueError: what was expected.
    """
    if repetitions < 1:
        raise ValueError(f"repetitions is {repetitions}, expected 1 or more")
    if not 0 <= bits <= _MOST_BITS:
        raise ValueError(f"bits is {bits}, expected 0 to {_MOST_BITS}")
    if projection < 0 or final < 0:
        raise ValueError(f"projection is {projection}, final {final}; expected 0 (off) or more")
    if sketch not in ("dense", "count"):
        raise ValueError(f"there is no sketch {sketch!r}; expected dense or count")


def shortened(final: int, memory: int, count: int) -> int:
    """Entries to which a last projection has to bring `count` encodings, so that they fit.

    Args:
        final: entries that were asked for; 0 is all. memory: bytes of all encodings.
    """
    fitting = max(1, memory // (4 * count))
    return min(final, fitting) if final else fitting


def _dense(dim, width, rng):
    return (rng.choice([-1.0, 1.0], size=(dim, width)) / np.sqrt(width)).astype(np.float32)


def _count(dim, width, rng):
    found = np.zeros((dim, width), np.float32)
    found[np.arange(dim), rng.integers(width, size=dim)] = rng.choice([-1.0, 1.0], size=dim)
    return found


def _count_sparse(dim, width, rng):
    from scipy.sparse import csr_array

    signs = rng.choice(np.array([-1, 1], np.float32), size=dim)
    return csr_array((signs, rng.integers(width, size=dim), np.arange(dim + 1)), (dim, width))
