"""Product quantisation: runs of 8 entries are each replaced by the nearest of 256 centres.

A vector of D entries takes D / 8 bytes. A query's products with all centres are computed once, 256
D multiplications; the product with a vector is then the sum of D / 8 of them, looked up.
"""

import numpy as np

from harness.api import kernel

RUN = 8  # entries
_CENTRES = 256


class Codebook:
    """Centres for each run, found by k-means on a sample."""

    def __init__(self, sample: np.ndarray, rounds: int, rng: np.random.Generator) -> None:
        """
        Args:
            sample: float32[s, D]. rounds: of k-means.
        """
        self._kernel = kernel("multi_vector")
        sample = _filled(sample)
        self.parts = sample.shape[1] // RUN
        chosen = rng.permuted(np.tile(np.arange(len(sample)), -(-_CENTRES // len(sample))))
        self._centres = np.empty((self.parts, RUN, _CENTRES), np.float32)
        codes = np.empty(len(sample), np.uint8)
        for part in range(self.parts):
            own = np.ascontiguousarray(sample[:, part * RUN : (part + 1) * RUN])
            centres = own[chosen[:_CENTRES]].T.copy()
            for _ in range(rounds):
                self._kernel.mv_pq_assign(own, len(own), RUN, RUN, centres, codes)
                _move(centres, own, codes)
            self._centres[part] = centres

    def encode(self, vectors: np.ndarray, codes: np.ndarray) -> None:
        """Fill codes[parts, n], uint8, for float32[n, D]."""
        vectors = _filled(vectors)
        own = np.empty(len(vectors), np.uint8)
        for part in range(self.parts):
            self._kernel.mv_pq_assign(
                vectors.reshape(-1)[part * RUN :], len(vectors), vectors.shape[1], RUN,
                self._centres[part], own,
            )  # fmt: skip
            codes[part] = own

    def scores(self, query: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Inner products of the query, float32[D], with all encoded vectors, float32[n]."""
        runs = _filled(query[None])[0].reshape(self.parts, 1, RUN)
        table = np.ascontiguousarray((runs @ self._centres)[:, 0])
        found = np.empty(codes.shape[1], np.float32)
        self._kernel.mv_pq_scan(codes, codes.shape[1], self.parts, table, found)
        return found


def _filled(vectors):
    """With zeros at the end, up to whole runs."""
    missing = -vectors.shape[1] % RUN
    return np.ascontiguousarray(np.pad(vectors, ((0, 0), (0, missing))) if missing else vectors)


def _move(centres, own, codes):
    """Each centre to the mean of its own; one without any stays."""
    members = np.bincount(codes, minlength=_CENTRES)
    there = members > 0
    for entry in range(RUN):
        sums = np.bincount(codes, own[:, entry], _CENTRES)
        centres[entry, there] = sums[there] / members[there]
