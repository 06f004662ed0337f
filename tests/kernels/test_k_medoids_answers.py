"""The k-medoids kernels on data whose answers are known, and beside the rival package."""

from functools import partial

import numpy as np
import pytest
import twins
from searches import Search, digits, matrix, squares, triangle


def digits_start(k):
    return np.random.default_rng(7).choice(1797, k, replace=False)


def test_changes_in_the_triangle():
    search = Search(triangle(), [0, 1])
    assert search.removal.tolist() == [4, 1]
    changes = [[search.change(i, c) for i in (0, 1)] for c in (2, 3, 4)]
    assert changes == [[1, -1], [-8, -9], [-8, -9]]


@pytest.mark.parametrize("scan", [Search.scan_pam, Search.scan_shared])
def test_best_swaps_with_known_answers(scan):
    search = Search(triangle(), [0, 1])
    assert search.best_swaps(partial(scan, search)) == (1, 2)
    assert (search.medoids.tolist(), search.cost()) == ([0, 3], 4)
    search = Search(squares(), [0, 1, 2, 3])
    assert search.total == 2031
    assert search.best_swaps(partial(scan, search)) == (9, 10)
    assert (search.medoids.tolist(), search.cost()) == ([36, 16, 39, 15], 307)


def test_fasterpam_with_known_answers():
    search = Search(triangle(), [0, 1])
    swaps, _, rounds = search.fasterpam()
    assert (search.medoids.tolist(), search.cost(), swaps, rounds) == ([0, 3], 4, 2, 2)
    search = Search(squares(), [0, 1, 2, 3])
    swaps, _, rounds = search.fasterpam()
    assert (search.medoids.tolist(), swaps, rounds) == ([39, 23, 36, 16], 15, 3)
    assert search.cost() == 307


def test_fastpam2_with_known_answers():
    """Ten swaps from seven scans: every medoid's best candidate, looked at again before use."""
    search, scans, swaps = Search(squares(), [0, 1, 2, 3]), 0, 0
    while True:
        best, candidate = search.scan_each()
        scans += 1
        order = [i for i in best.argsort(kind="stable").tolist() if best[i] < 0]
        if not order:
            break
        for i in order:
            c = int(candidate[i])
            if not search.is_medoid[c] and search.change(i, c) < 0:
                search.swap(i, c)
                swaps += 1
    assert (scans, swaps, search.cost()) == (7, 10, 307)
    assert sorted(search.medoids.tolist()) == [15, 16, 36, 39]


def test_build_with_known_answers():
    d = squares()
    search = Search(d, [7, 7])
    sums = np.zeros(50)
    search.call("km_column_sums", d, 50, 0, 50, sums)
    medoids = [int(sums.argmin())]
    while len(medoids) < 4:
        search.d1[:] = d[:, medoids].min(axis=1)
        search.is_medoid[:] = np.isin(np.arange(50), medoids)
        medoids.append(int(search.build_scan()[1]))
    assert medoids == twins.build(d, 4) == [7, 36, 25, 2]
    assert Search(d, medoids).total == 319


@pytest.mark.parametrize(("k", "cost", "swaps"), [(10, 1550461, 48), (50, 933337, 203)])
def test_fasterpam_on_digits(k, cost, swaps):
    search = Search(digits(2).astype(np.float32), digits_start(k))
    assert (search.fasterpam()[0], search.cost()) == (swaps, cost)


def test_best_swaps_on_digits():
    search = Search(digits(2), digits_start(50))
    assert search.best_swaps(search.scan_shared)[0] == 61
    assert search.cost() == 935084
    d = digits(1)
    for scan in (Search.scan_pam, Search.scan_shared):
        search = Search(d, digits_start(10))
        assert search.best_swaps(partial(scan, search), tol=1e-12 * search.total)[0] == 13
        assert search.cost() == pytest.approx(51194.699816, abs=1e-6)


def test_the_rival_package_makes_the_same_swaps():
    """Medoid lists and counts of swaps on whole numbers, where no rounding can differ."""
    kmedoids = pytest.importorskip(
        "kmedoids", reason="the rival package is not installed: pip install kmedoids"
    )
    rng = np.random.default_rng(1)
    for kind in ("whole", "ties", "duplicates"):
        for _ in range(12):
            n, dtype = int(rng.integers(5, 90)), rng.choice(["float32", "float64"])
            d = matrix(kind, n, rng, True, dtype)
            start = rng.choice(n, int(rng.integers(2, min(n, 12))), replace=False)
            ours, theirs = Search(d, start), kmedoids.fasterpam(
                d, start.astype(np.uint64), max_iter=1000, n_cpu=1
            )  # fmt: skip
            assert ours.fasterpam()[0] == theirs.n_swap
            assert ours.medoids.tolist() == theirs.medoids.tolist()
            ours, theirs = Search(d, start), kmedoids.pam(d, start.astype(np.uint64), max_iter=1000)
            assert ours.best_swaps(ours.scan_shared)[0] == theirs.n_swap
            assert ours.medoids.tolist() == theirs.medoids.tolist()
