"""A search with the k-medoids kernels as their caller keeps it, and matrices to search in."""

import numpy as np
from hypothesis import strategies as st

from harness.kernels import kernel

KERNELS = kernel("k_medoids")
WIDTH = KERNELS.km_block_width()
WHOLE = ("whole", "ties", "duplicates", "diagonal")  # kinds of matrices, in whole numbers
KINDS = (*WHOLE, "fractions")
INFINITE = 2**62


class Search:
    """What a caller of the kernels owns: matrix, medoids, caches, workspaces."""

    def __init__(self, d, medoids, symmetric=None):
        n, k = len(d), len(medoids)
        self.d, self.n, self.k = d, n, k
        self.symmetric = self.call("km_is_symmetric", d, n) if symmetric is None else symmetric
        self.block = np.empty(0 if self.symmetric else n * WIDTH, d.dtype)
        self.medoids = np.array(medoids, np.int32)
        self.is_medoid = np.isin(np.arange(n), medoids).astype(np.uint8)
        self.near, self.second = np.empty((2, n), np.int32)
        self.d1, self.d2 = np.empty((2, n), d.dtype)
        self.removal, self.loss = np.empty((2, k))
        self.total = self.call("km_assign", d, n, k, self.medoids, *self.caches())

    def call(self, name, *arguments):
        suffix = "f32" if self.d.dtype == np.float32 else "f64"
        return getattr(KERNELS, f"{name}_{suffix}")(*arguments)

    def caches(self):
        return self.near, self.second, self.d1, self.d2, self.removal

    def cost(self):
        return self.call("km_cost", self.d, self.n, self.k, self.medoids)

    def slices(self, step):
        return [(start, min(start + step, self.n)) for start in range(0, self.n, step)]

    def read(self):
        return self.d, self.n, self.k, self.symmetric, self.block

    def scan_pam(self, step=INFINITE, bound=np.inf):
        best, swap = np.array([float(bound)]), np.full(2, -1, np.int32)
        for start, stop in self.slices(step):
            self.call(
                "km_scan_pam", *self.read(), self.near, self.d1, self.d2, self.is_medoid, start,
                stop, best, swap,
            )  # fmt: skip
        return best[0], *swap.tolist()

    def scan_shared(self, step=INFINITE, bound=np.inf):
        best, swap = np.array([float(bound)]), np.full(2, -1, np.int32)
        for start, stop in self.slices(step):
            self.call(
                "km_scan_shared", *self.read(), self.near, self.d1, self.d2, self.removal,
                self.is_medoid, self.loss, start, stop, best, swap,
            )  # fmt: skip
        return best[0], *swap.tolist()

    def scan_each(self, step=INFINITE):
        best, candidate = np.full(self.k, np.inf), np.full(self.k, -1, np.int32)
        for start, stop in self.slices(step):
            self.call(
                "km_scan_each", *self.read(), self.near, self.d1, self.d2, self.removal,
                self.is_medoid, self.loss, start, stop, best, candidate,
            )  # fmt: skip
        return best, candidate

    def build_scan(self, step=INFINITE):
        gain, candidate = np.zeros(1), np.full(1, -1, np.int32)
        for start, stop in self.slices(step):
            self.call(
                "km_build_scan", self.d, self.n, self.symmetric, self.block, self.d1,
                self.is_medoid, start, stop, gain, candidate,
            )  # fmt: skip
        return gain[0], candidate[0]

    def change(self, i, c):
        return self.call(
            "km_swap_change", self.d, self.n, self.symmetric, i, c, self.near, self.d1, self.d2
        )

    def swap(self, i, c):
        self.call(
            "km_swap", self.d, self.n, self.k, self.symmetric, i, c, self.medoids, self.is_medoid,
            *self.caches(),
        )  # fmt: skip

    def best_swaps(self, scan, tol=0.0):
        """(swaps, scans) of always the best swap."""
        swaps = scans = 0
        while True:
            best, i, c = scan()
            scans += 1
            if not best < -tol:
                return swaps, scans
            self.swap(i, c)
            swaps += 1
            assert swaps < 10 * self.n, "it goes on for ever"

    def fasterpam(self, step=None, tol=0.0):
        """(swaps, evaluated, calls); with no step given, a call is a round."""
        state, calls, done = np.array([0, -1, 0, 0]), 0, 0
        while not done:
            done = self.call(
                "km_fasterpam", *self.read(), self.medoids, self.is_medoid, *self.caches(),
                self.loss, tol, step or self.n, state,
            )  # fmt: skip
            calls += 1
            assert state[3] < 100 * self.n, "it goes on for ever"
        return *state[2:].tolist(), calls

    def clarans(self, medoid, candidate, max_failures, failures, tol=0.0):
        return self.call(
            "km_clarans", self.d, self.n, self.k, self.symmetric, self.medoids, self.is_medoid,
            *self.caches(), tol, medoid, candidate, len(candidate), max_failures, failures,
        )  # fmt: skip

    def fastclarans(self, candidate, max_failures, failures, tol=0.0):
        return self.call(
            "km_fastclarans", self.d, self.n, self.k, self.symmetric, self.medoids,
            self.is_medoid, *self.caches(), self.loss, tol, candidate, len(candidate),
            max_failures, failures,
        )  # fmt: skip

    def snapshot(self):
        """All that a search has changed, as bytes."""
        arrays = (self.medoids, self.is_medoid, *self.caches())
        return [array.tobytes() for array in arrays]


def matrix(kind, n, rng, symmetric, dtype):
    """A random n x n matrix; all but "fractions" hold whole numbers, whose sums are exact."""
    if kind == "whole":
        d = rng.integers(1, 10_000, (n, n))
    elif kind == "fractions":
        d = rng.random((n, n))
    elif kind == "duplicates":
        at = rng.integers(0, max(2, n // 4), n)
        d = abs(at[:, None] - at)
    else:
        d = rng.integers(0, 4, (n, n))
    if symmetric:
        d = np.triu(d) + np.triu(d, 1).T
    if kind != "diagonal":
        np.fill_diagonal(d, 0)
    return d.astype(dtype)


@st.composite
def searches(draw, kinds=KINDS, largest=70, most=70):
    """A matrix, the start, and a generator for what else is random."""
    edges = [min(n, largest) for n in (WIDTH - 1, WIDTH, WIDTH + 1, 63, 64, 65)]
    n = draw(st.integers(2, largest) | st.sampled_from(edges))
    k = draw(st.integers(2, min(n, most)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    symmetric, dtype = draw(st.booleans()), draw(st.sampled_from([np.float32, np.float64]))
    d = matrix(draw(st.sampled_from(kinds)), n, rng, symmetric, dtype)
    return Search(d, rng.permutation(n)[:k]), rng


def whole(largest=40, most=8):
    """Searches in whole numbers, small enough for brute force."""
    return searches(WHOLE, largest, most)


def triangle():
    """Five objects, by the lower triangle of their dissimilarities."""
    d = np.zeros((5, 5))
    d[np.tril_indices(5, -1)] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]
    return d + d.T


def squares():
    """Fifty points i*i mod 101 on a line."""
    at = np.arange(50) ** 2 % 101
    return abs(at[:, None] - at).astype(np.float64)


def digits(power):
    """Euclidean distances of the digits, or their squares, which are whole numbers."""
    from sklearn.datasets import load_digits

    points = load_digits().data
    norms = (points**2).sum(axis=1)
    return np.maximum(norms[:, None] + norms - 2 * points @ points.T, 0) ** (power / 2)
