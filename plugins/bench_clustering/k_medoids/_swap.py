"""Medoids with the caches that make the evaluation and the execution of a swap cheap."""

from collections.abc import Callable, Iterator

import numpy as np

from bench_clustering.k_medoids._matrix import Matrix

_TOLERANCE = 1e-12  # of the cost at the start; a smaller gain is rounding


class Caches:
    """The state of a search: k >= 2 medoids, and the two nearest of them for every object.

    Attributes:
        matrix: the dissimilarities.
        medoids: int32[k], updated in place by every swap.
        tolerance: what a swap must gain to be one.
    """

    def __init__(self, matrix: Matrix, medoids: np.ndarray) -> None:
        n, k = matrix.n, len(medoids)
        self.matrix = matrix
        self.medoids = medoids
        self.is_medoid = np.zeros(n, np.uint8)
        self.is_medoid[medoids] = 1
        self.near, self._second = np.empty(n, np.int32), np.empty(n, np.int32)
        self._d1, self._d2 = (np.empty(n, matrix.entries.dtype) for _ in range(2))
        self._removal, self._loss = np.empty(k), np.empty(k)
        self.tolerance = _TOLERANCE * self.assign()
        self._lowest = np.inf

    @property
    def k(self) -> int:
        return len(self.medoids)

    def assign(self) -> float:
        """Compute the caches from the medoids alone; returns the total deviation."""
        matrix = self.matrix
        return matrix.function("km_assign")(
            matrix.entries, matrix.n, self.k, self.medoids, self.near, self._second, self._d1,
            self._d2, self._removal,
        )  # fmt: skip

    def cost(self) -> float:
        """The total deviation, from the caches."""
        return float(self._d1.sum(dtype=np.float64))

    def fell(self) -> bool:
        """Whether the cost is lower than at every earlier call.

        Swaps that do not lower it come from rounding, and could go on for ever.
        """
        cost = self.cost()
        fell, self._lowest = cost < self._lowest, min(cost, self._lowest)
        return fell

    def swap(self, medoid: int, candidate: int) -> None:
        """Replace medoid number `medoid` by object `candidate`."""
        matrix = self.matrix
        matrix.function("km_swap")(
            matrix.entries, matrix.n, self.k, matrix.symmetric, medoid, candidate,
            *self._everything(),
        )  # fmt: skip

    def change(self, medoid: int, candidate: int) -> float:
        """What that swap would add to the cost."""
        matrix = self.matrix
        return matrix.function("km_swap_change")(
            matrix.entries, matrix.n, matrix.symmetric, medoid, candidate, self.near, self._d1,
            self._d2,
        )  # fmt: skip

    def scan_pam(self, start: int, stop: int, best: np.ndarray, swap: np.ndarray) -> None:
        """Keep the best swap of candidates start..stop-1 in `best` and `swap`; n k each."""
        self.matrix.function("km_scan_pam")(
            *self._read(), self.near, self._d1, self._d2, self.is_medoid, start, stop, best, swap
        )

    def scan_shared(self, start: int, stop: int, best: np.ndarray, swap: np.ndarray) -> None:
        """The same as `scan_pam` in the shared form; n + k each."""
        self.matrix.function("km_scan_shared")(
            *self._read(), self.near, self._d1, self._d2, self._removal, self.is_medoid,
            self._loss, start, stop, best, swap,
        )  # fmt: skip

    def scan_each(self, start: int, stop: int, best: np.ndarray, candidate: np.ndarray) -> None:
        """Keep the best candidate of every medoid in `best` and `candidate`, both of length k."""
        self.matrix.function("km_scan_each")(
            *self._read(), self.near, self._d1, self._d2, self._removal, self.is_medoid,
            self._loss, start, stop, best, candidate,
        )  # fmt: skip

    def fasterpam(self, candidates: int, state: np.ndarray) -> bool:
        """Look at so many more candidates, swapping eagerly; True when a round had no swap."""
        return bool(
            self.matrix.function("km_fasterpam")(
                *self._read(), *self._everything(), self._loss, self.tolerance, candidates, state
            )
        )

    def clarans(
        self, medoid: np.ndarray, candidate: np.ndarray, limit: int, failures: np.ndarray
    ) -> None:
        """Try the drawn swaps in turn, until `failures[0]` in a row reach the limit."""
        matrix = self.matrix
        matrix.function("km_clarans")(
            matrix.entries, matrix.n, self.k, matrix.symmetric, *self._everything(),
            self.tolerance, medoid, candidate, len(candidate), limit, failures,
        )  # fmt: skip

    def fastclarans(self, candidate: np.ndarray, limit: int, failures: np.ndarray) -> None:
        """The same with the best medoid for every drawn candidate."""
        matrix = self.matrix
        matrix.function("km_fastclarans")(
            matrix.entries, matrix.n, self.k, matrix.symmetric, *self._everything(), self._loss,
            self.tolerance, candidate, len(candidate), limit, failures,
        )  # fmt: skip

    def _read(self) -> tuple:
        matrix = self.matrix
        return matrix.entries, matrix.n, self.k, matrix.symmetric, matrix.block

    def _everything(self) -> tuple:
        return (
            self.medoids, self.is_medoid, self.near, self._second, self._d1, self._d2,
            self._removal,
        )  # fmt: skip


def best_swaps(
    caches: Caches,
    scan: Callable[[int, int, np.ndarray, np.ndarray], None],
    passes: int = 1,
) -> Iterator[np.ndarray]:
    """Execute the best of all swaps, again and again until none is left that lowers the cost.

    Args:
        caches: the state to start from.
        scan: `caches.scan_pam` or `caches.scan_shared`.
        passes: how often it goes through the objects for one candidate.
    """
    while caches.fell():
        best, swap = np.array([-caches.tolerance]), np.full(2, -1, np.int32)
        for start, stop in caches.matrix.slices(passes):
            scan(start, stop, best, swap)
            yield caches.medoids
        if swap[0] < 0:
            return
        caches.swap(*swap.tolist())
        yield caches.medoids
