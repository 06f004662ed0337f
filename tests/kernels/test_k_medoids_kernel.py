"""The k-medoids kernels against brute force and against each other."""

import numpy as np
import pytest
import twins
from hypothesis import example, given, settings
from hypothesis import strategies as st
from searches import WHOLE, Search, matrix, searches, triangle, whole


def assert_caches_are_right(search):
    """The caches against the matrix, and to the bit against caches computed anew."""
    columns = search.d[:, search.medoids]
    nearest_two = np.sort(columns, axis=1)[:, :2]
    objects = np.arange(search.n)
    np.testing.assert_array_equal(search.d1, nearest_two[:, 0])
    np.testing.assert_array_equal(search.d2, nearest_two[:, 1])
    np.testing.assert_array_equal(columns[objects, search.near], search.d1)
    np.testing.assert_array_equal(columns[objects, search.second], search.d2)
    assert (search.near != search.second).all()
    np.testing.assert_array_equal(np.flatnonzero(search.is_medoid), np.sort(search.medoids))
    fresh = Search(search.d, search.medoids, search.symmetric)
    np.testing.assert_array_equal(search.removal, fresh.removal)
    own = search.d[search.medoids, search.medoids] <= search.d1[search.medoids]
    np.testing.assert_array_equal(search.near[search.medoids][own], np.flatnonzero(own))


@given(searches())
def test_assigned_caches_are_the_two_nearest(case):
    search, _ = case
    assert_caches_are_right(search)
    np.testing.assert_allclose(
        search.removal, twins.removal(search.d, search.medoids), rtol=1e-11, atol=1e-11
    )


@given(searches())
def test_cost_is_the_sum_of_the_least_whatever_the_diagonal(case):
    search, rng = case
    assert search.cost() == search.total
    assert search.total == pytest.approx(twins.cost(search.d, search.medoids), rel=1e-12)
    one = rng.integers(0, search.n, 1, dtype=np.int32)
    alone = search.call("km_cost", search.d, search.n, 1, one)
    assert alone == pytest.approx(twins.cost(search.d, one), rel=1e-12)


def test_of_equally_near_medoids_a_medoid_takes_itself():
    d = np.zeros((5, 5))
    search = Search(d, [3, 1, 4])
    assert search.near[[3, 1, 4]].tolist() == [0, 1, 2]
    search.swap(0, 2)
    assert search.near[[2, 1, 4]].tolist() == [0, 1, 2]


def test_a_medoid_may_be_nearer_to_another_medoid_than_to_itself():
    d = np.array([[9.0, 1.0, 5.0], [2.0, 0.0, 5.0], [4.0, 3.0, 7.0]])
    search = Search(d, [0, 1])
    assert search.near.tolist() == [1, 1, 1]
    assert search.total == 1 + 0 + 3


def test_a_medoid_that_lost_a_nearer_one_to_a_tie_takes_itself():
    """Object 1 is nearer to medoid 0 than to itself; then medoid 0 is replaced by its equal."""
    d = np.array([[0.0, 9.0, 9.0], [1.0, 2.0, 2.0], [9.0, 9.0, 0.0]])
    search = Search(d, [0, 1])
    assert search.near[1] == 0
    search.swap(0, 2)
    assert search.near[1] == 1
    assert_caches_are_right(search)


@given(searches())
def test_swaps_keep_the_caches_right_and_change_the_cost_as_foretold(case):
    search, rng = case
    exact = np.array_equal(search.d, np.round(search.d))
    for _ in range(6):
        free = np.flatnonzero(search.is_medoid == 0)
        if not len(free):
            break
        i, c = int(rng.integers(search.k)), int(rng.choice(free))
        before, foretold = search.cost(), search.change(i, c)
        assert foretold == pytest.approx(
            twins.change(search.d, search.medoids.tolist(), i, c), abs=0 if exact else 1e-11
        )
        search.swap(i, c)
        assert search.medoids[i] == c
        assert search.cost() - before == pytest.approx(foretold, abs=0 if exact else 1e-11)
        assert_caches_are_right(search)


@pytest.mark.parametrize("symmetric", [0, 1])
def test_swap_searches_again_for_more_objects_than_fit_one_batch(symmetric, rng):
    d = matrix("whole", 700, rng, True, np.float32)
    d[:, 3] = d[3] = 20_000  # so far off that every object of medoid 1 is lost
    search = Search(d, [0, 1, 2], symmetric)
    search.swap(1, 3)
    assert_caches_are_right(search)


@given(whole())
def test_pam_scan_finds_the_first_best_swap(case):
    search, _ = case
    found, best = search.scan_pam(), twins.best_swap(search.d, search.medoids.tolist())
    assert found == (best or (np.inf, -1, -1))


@given(searches(WHOLE))
def test_shared_scan_makes_the_choice_of_pam(case):
    search, _ = case
    assert search.scan_shared() == search.scan_pam()


@given(whole())
def test_scan_each_finds_the_first_best_candidate_of_every_medoid(case):
    search, _ = case
    best, candidate = search.scan_each()
    if search.k == search.n:
        assert (candidate == -1).all()
        return
    expected, first = twins.best_candidates(search.d, search.medoids.tolist())
    np.testing.assert_array_equal(best, expected)
    np.testing.assert_array_equal(candidate, first)


def test_scans_take_only_swaps_below_their_bound():
    search = Search(triangle(), [0, 1])
    for scan in (search.scan_pam, search.scan_shared):
        assert scan(bound=-9) == (-9, -1, -1)
        assert scan(bound=-8.5) == (-9, 1, 3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("k", [2, 3, 5, 9, 20])
def test_shared_form_adds_object_by_object(k, dtype, rng):
    """To the bit; with a few medoids, where the kernel adds in another order, nearly so."""
    search = Search(matrix("fractions", 150, rng, False, dtype), list(range(k)))
    for c in range(k, 60):
        best, swap = np.array([np.inf]), np.empty(2, np.int32)
        search.call(
            "km_scan_shared", *search.read(), search.near, search.d1, search.d2, search.removal,
            search.is_medoid, search.loss, c, c + 1, best, swap,
        )  # fmt: skip
        change, i = twins.shared_form(
            search.d, search.near, search.d1, search.d2, search.removal, c
        )
        assert best[0] == pytest.approx(change, abs=0 if k > 8 else 1e-12)
        assert swap.tolist() == [i, c]


@given(searches(), st.integers(1, 80))
def test_sliced_scans_find_what_whole_ones_find(case, step):
    search, _ = case
    assert search.scan_pam(step) == search.scan_pam()
    assert search.scan_shared(step) == search.scan_shared()
    assert search.build_scan(step) == search.build_scan()
    for sliced, at_once in zip(search.scan_each(step), search.scan_each(), strict=True):
        np.testing.assert_array_equal(sliced, at_once)


@given(searches(), st.integers(1, 80))
def test_sliced_fasterpam_is_fasterpam(case, step):
    search, _ = case
    sliced = Search(search.d, search.medoids, search.symmetric)
    assert sliced.fasterpam(step, tol=1e-9)[:2] == search.fasterpam(tol=1e-9)[:2]
    assert sliced.snapshot() == search.snapshot()


@given(searches(), st.integers(1, 80))
def test_gathered_columns_give_the_bits_of_rows(case, step):
    search, rng = case
    d = np.minimum(search.d, search.d.T)
    rows, columns = (Search(d, search.medoids, symmetric) for symmetric in (1, 0))
    assert rows.scan_pam(step) == columns.scan_pam(step)
    assert rows.scan_shared(step) == columns.scan_shared(step)
    assert rows.build_scan(step) == columns.build_scan(step)
    for by_row, by_column in zip(rows.scan_each(step), columns.scan_each(step), strict=True):
        np.testing.assert_array_equal(by_row, by_column)
    candidates = rng.integers(0, rows.n, 30, dtype=np.int32)
    medoids = rng.integers(0, rows.k, 30, dtype=np.int32)
    for search in (rows, columns):
        search.clarans(medoids, candidates, 10, np.zeros(1, np.int64), tol=1e-9)
    assert rows.snapshot() == columns.snapshot()
    for search in (rows, columns):
        search.fastclarans(candidates, 10, np.zeros(1, np.int64), tol=1e-9)
    assert rows.snapshot() == columns.snapshot()
    assert rows.fasterpam(step, tol=1e-9) == columns.fasterpam(step, tol=1e-9)
    assert rows.snapshot() == columns.snapshot()


@settings(max_examples=40)
@given(whole(25, 6))
def test_best_swaps_end_where_brute_force_ends(case):
    search, _ = case
    pam, swaps = twins.pam(search.d, search.medoids.tolist())
    assert search.best_swaps(search.scan_shared) == (swaps, swaps + 1)
    assert search.medoids.tolist() == pam


@settings(max_examples=60)
@given(whole(25, 6))
def test_fasterpam_swaps_as_brute_force_does(case):
    search, _ = case
    medoids, swaps, evaluated = twins.fasterpam(search.d, search.medoids.tolist())
    assert search.fasterpam()[:2] == (swaps, evaluated)
    assert search.medoids.tolist() == medoids
    assert_caches_are_right(search)


@given(searches())
def test_fasterpam_ends_in_a_local_optimum(case):
    search, _ = case
    search.fasterpam(tol=1e-9)
    assert search.scan_pam()[0] >= -2e-9
    assert Search(search.d, search.medoids).fasterpam(tol=1e-9)[0] == 0


@given(searches(("fractions",), most=12))
def test_order_of_the_starting_medoids_is_the_order_of_the_result(case):
    search, rng = case
    d = matrix("fractions", search.n, rng, symmetric=False, dtype=float)  # hence no ties
    order = rng.permutation(search.k)
    one, other = Search(d, search.medoids), Search(d, search.medoids[order])
    one.fasterpam(tol=1e-9)
    other.fasterpam(tol=1e-9)
    np.testing.assert_array_equal(other.medoids, one.medoids[order])


def test_a_swap_must_gain_more_than_the_tolerance():
    gain = 4.0  # of the best swap from here: 9 + 4 down to 9
    d = np.array([[0, 9, 9, 9], [9, 0, 4, 4], [9, 4, 0, 0], [9, 4, 0, 0]], np.float64)
    for tol, swaps in ((gain, 0), (gain - 0.5, 1)):
        assert Search(d, [0, 1]).fasterpam(tol=tol)[0] == swaps
        failures = np.zeros(1, np.int64)
        search = Search(d, [0, 1])
        search.fastclarans(np.array([2], np.int32), 5, failures, tol)
        assert failures[0] == 1 - swaps
        failures = np.zeros(1, np.int64)
        search = Search(d, [0, 1])
        search.clarans(np.array([1], np.int32), np.array([2], np.int32), 5, failures, tol)
        assert failures[0] == 1 - swaps


@given(whole(), st.integers(1, 15))
def test_clarans_tries_the_draws_in_turn(case, max_failures):
    search, rng = case
    medoids, candidates = (rng.integers(0, high, 40, np.int32) for high in (search.k, search.n))
    draws = list(zip(medoids.tolist(), candidates.tolist(), strict=True))
    expected = twins.clarans(search.d, search.medoids.tolist(), draws, max_failures)
    failures = np.zeros(1, np.int64)
    used = search.clarans(medoids, candidates, max_failures, failures)
    assert (search.medoids.tolist(), used, failures[0]) == expected
    assert_caches_are_right(search)


@given(whole(), st.integers(1, 15))
def test_fastclarans_takes_the_best_medoid_for_each_draw(case, max_failures):
    search, rng = case
    candidates = rng.integers(0, search.n, 40, np.int32)
    draws = [(None, c) for c in candidates.tolist()]
    expected = twins.clarans(search.d, search.medoids.tolist(), draws, max_failures)
    failures = np.zeros(1, np.int64)
    used = search.fastclarans(candidates, max_failures, failures)
    assert (search.medoids.tolist(), used, failures[0]) == expected
    assert_caches_are_right(search)


def test_clarans_counts_failures_over_several_calls(rng):
    search = Search(matrix("whole", 30, rng, True, np.float64), [0, 1, 2])
    search.fasterpam()
    failures = np.zeros(1, np.int64)
    free = np.flatnonzero(search.is_medoid == 0).astype(np.int32)[:5]
    medoids = np.zeros(5, np.int32)
    assert search.clarans(medoids, free, 7, failures) == 5
    assert search.clarans(medoids, free, 7, failures) == 2
    assert search.clarans(medoids, free, 7, failures) == 0
    assert failures[0] == 7
    search.call("km_assign", search.d, 30, 3, search.medoids, *search.caches())
    failures[0] = 3
    assert search.fastclarans(free, 7, failures) == 4


@given(whole())
def test_build_scan_finds_the_first_best_candidate(case):
    search, _ = case
    expected = twins.best_to_join(search.d, search.medoids.tolist())
    assert search.build_scan() == (expected or (0, -1))


@given(searches(("fractions",)))
def test_build_scan_adds_in_double(case):
    search, _ = case
    if search.k < search.n:
        gain, candidate = search.build_scan()
        joined = twins.cost(search.d, [*search.medoids, candidate])
        before = twins.cost(search.d, search.medoids)
        assert gain == pytest.approx(joined - before, abs=1e-11)


def test_build_scan_takes_a_candidate_that_gains_nothing():
    assert Search(np.zeros((4, 4)), [0, 1]).build_scan() == (0, 2)


@given(searches(), st.integers(1, 80))
def test_column_sums_add_up_over_slices(case, step):
    search, _ = case
    sums = np.ones(search.n)
    for start, stop in search.slices(step):
        search.call("km_column_sums", search.d, search.n, start, stop, sums)
    np.testing.assert_allclose(sums, 1 + search.d.sum(axis=0, dtype=float), rtol=1e-12)


@given(whole())
def test_cluster_medoid_is_the_first_with_the_least_sum(case):
    search, rng = case
    size = int(rng.integers(1, search.n + 1))
    members = rng.permutation(search.n)[:size].astype(np.int32)
    found = search.call("km_cluster_medoid", search.d, search.n, members, size, np.empty(size))
    assert found == twins.cluster_medoid(search.d, members)


@given(searches())
@example((Search(np.zeros((200, 200), np.float32), [0, 1]), np.random.default_rng(0)))
def test_symmetry_is_seen_and_one_changed_entry_too(case):
    search, rng = case
    d, n = np.maximum(search.d, search.d.T), search.n
    assert search.call("km_is_symmetric", d, n) == 1
    row, column = rng.choice(n, 2, replace=False)
    d[row, column] += 1
    assert search.call("km_is_symmetric", d, n) == 0
