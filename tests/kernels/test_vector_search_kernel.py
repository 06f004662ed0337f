"""The kernels of vector search against naive twins, at all sizes around their blocks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instruction_sets import assert_same_bits

from harness.kernels import KernelError, kernel

KERNEL = kernel("vector_search")
SEEDS = st.integers(0, 1000)
KS = st.sampled_from([1, 2, 3, 10, 64, 65, 200])


def places(k, many=1):
    """Room for a search; what was there must not matter."""
    room = np.full(many * KERNEL.vs_room(k), 2**63 + 1, np.uint64)
    return k, room, np.full((many, k), np.nan, np.float32), np.full((many, k), -7, np.int32)


def results(function, *arguments, k):
    k, room, values, ids = places(k)
    found = function(*arguments, k, room, values, ids)
    return values[0, :found], ids[0, :found]


def scan(x, query, metric, k, bounds=None):
    bounds = np.array([0, len(x)] if bounds is None else bounds, np.int64)
    arguments = x, x.shape[1], query, metric, bounds, len(bounds) // 2
    return results(KERNEL.vs_scan, *arguments, k=k)


def least(values, k, rows=None):
    """The k least, equal ones in the order of their rows."""
    rows = np.arange(len(values)) if rows is None else np.asarray(rows)
    order = np.lexsort((rows, values))[:k]
    return values[order], rows[order]


def distances(x, query, metric):
    x, query = x.astype(float), query.astype(float)
    return -(x @ query) if metric else ((x - query) ** 2).sum(axis=1)


def whole(rng, n, d):
    """Small whole numbers: sums are exact, and there are many ties."""
    return rng.integers(-3, 4, size=(n, d)).astype(np.float32)


@settings(max_examples=150)
@given(n=st.integers(0, 200), d=st.integers(1, 70), k=KS, metric=st.integers(0, 1), seed=SEEDS)
def test_a_scan_finds_the_nearest_rows_in_order(n, d, k, metric, seed):
    rng = np.random.default_rng(seed)
    x, query = whole(rng, n, d), whole(rng, 1, d)[0]
    values, ids = scan(x, query, metric, k)
    expected, rows = least(distances(x, query, metric), k)
    np.testing.assert_array_equal(ids, rows)
    np.testing.assert_array_equal(values, expected)


@pytest.mark.parametrize("metric", [0, 1])
@pytest.mark.parametrize(("n", "d"), [(3000, 1), (2000, 16), (1000, 100), (500, 333)])
def test_values_are_those_of_float64_but_for_rounding(n, d, metric, rng):
    x = rng.standard_normal((n, d), dtype=np.float32)
    query = rng.standard_normal(d, dtype=np.float32)
    values, ids = scan(x, query, metric, n)
    assert sorted(ids) == list(range(n))
    scale = np.abs(x.astype(float)).max() ** 2 * d
    np.testing.assert_allclose(values, distances(x, query, metric)[ids], atol=3e-7 * scale)


def interleaved(x, query, metric):
    """The value of a row as the kernel says that it adds: 16 sums, joined in pairs, and a rest."""
    gaps = x - query
    terms = -(x * query) if metric else gaps * gaps
    sums, whole = np.zeros((len(x), 16), np.float32), x.shape[1] // 16 * 16
    for at in range(0, whole, 16):
        sums += terms[:, at : at + 16]
    rest = np.zeros(len(x), np.float32)
    for at in range(whole, x.shape[1]):
        rest += terms[:, at]
    for width in (8, 4, 2, 1):
        sums = sums[:, :width] + sums[:, width:]
    return sums[:, 0] + rest


@pytest.mark.parametrize("metric", [0, 1])
@pytest.mark.parametrize("d", [1, 15, 16, 33, 128])
def test_values_have_the_same_bits_whatever_registers_are_there(d, metric, rng):
    """The widest code of this machine; the drivers are compiled without any choice."""
    x, query = (rng.standard_normal((m, d), dtype=np.float32) for m in (500, 1))
    values, ids = scan(x, query[0], metric, 500)
    np.testing.assert_array_equal(values, interleaved(x, query[0], metric)[ids])


def test_close_vectors_lose_no_digits(rng):
    """|q|^2 - 2 <q, x> + |x|^2 would lose them all."""
    steps = rng.permutation(200).astype(np.float32)
    x = np.full((200, 20), 4096, np.float32)
    x[:, 7] += steps / 1024
    _, ids = scan(x, np.full(20, 4096, np.float32), 0, 10)
    assert steps[ids].tolist() == list(range(10))


@settings(max_examples=50)
@given(cuts=st.lists(st.integers(0, 150), max_size=6), k=KS, seed=SEEDS)
def test_only_the_rows_within_the_bounds_count(cuts, k, seed):
    rng = np.random.default_rng(seed)
    x, query = rng.standard_normal((150, 9), dtype=np.float32), np.zeros(9, np.float32)
    cuts = sorted(cuts)[: len(cuts) // 2 * 2]
    rows = [row for a, b in zip(cuts[::2], cuts[1::2], strict=True) for row in range(a, b)]
    _, ids = scan(x, query, 0, k, cuts)
    assert set(ids) <= set(rows)
    assert len(ids) == min(k, len(rows))
    inside = distances(x, query, 0)[rows]
    np.testing.assert_allclose(distances(x, query, 0)[ids], np.sort(inside)[:k], rtol=1e-6)


@settings(max_examples=60)
@given(n=st.integers(1, 200), d=st.integers(1, 40), k=KS, metric=st.integers(0, 1), seed=SEEDS)
def test_a_list_of_rows_gives_the_same_values(n, d, k, metric, seed):
    rng = np.random.default_rng(seed)
    x, query = whole(rng, n, d), whole(rng, 1, d)[0]
    rows = rng.permutation(n)[: rng.integers(n + 1)].astype(np.int32)
    values, ids = results(KERNEL.vs_listed, x, d, query, metric, rows, len(rows), k=k)
    expected, wanted = least(distances(x, query, metric)[rows], k, rows)
    np.testing.assert_array_equal(ids, wanted)
    np.testing.assert_array_equal(values, expected)


@settings(max_examples=80)
@given(n=st.integers(1, 150), d=st.integers(1, 40), many=st.integers(0, 20), k=KS, seed=SEEDS)
def test_many_queries_at_once(n, d, many, k, seed):
    rng = np.random.default_rng(seed)
    x, queries, bias = whole(rng, n, d), whole(rng, many, d), whole(rng, 1, n)[0]
    _, room, values, ids = places(k, many)
    found = np.full(many, -1, np.int64)
    work = np.full(KERNEL.vs_many_work(d, many), np.nan, np.float32)
    KERNEL.vs_many(x, n, d, bias, queries, many, -2.0, k, room, work, values, ids, found)
    assert found.tolist() == [min(n, k)] * many
    for q in range(many):
        expected, rows = least(bias - 2 * x @ queries[q], k)
        np.testing.assert_array_equal(values[q, : found[q]], expected)
        np.testing.assert_array_equal(ids[q, : found[q]], rows)


@settings(max_examples=80)
@given(n=st.integers(0, 150), words=st.integers(1, 70), k=KS, seed=SEEDS)
def test_hamming_distances(n, words, k, seed):
    rng = np.random.default_rng(seed)
    codes = rng.integers(2**64, size=(-(-n // 64) * 64, words), dtype=np.uint64)
    query = rng.integers(2**64, size=words, dtype=np.uint64)
    codes[: n // 3] = query  # ties, and no bit that differs
    codes[n // 3 : n // 2] = ~query  # all of them
    blocks = np.ascontiguousarray(codes.reshape(-1, 64, words).transpose(0, 2, 1))
    values, ids = results(KERNEL.vs_hamming, blocks, n, words, query, k=k)
    differ = np.bitwise_count(codes[:n] ^ query).sum(axis=1)
    expected, rows = least(differ, k)
    np.testing.assert_array_equal(values, expected)
    np.testing.assert_array_equal(ids, rows)


@settings(max_examples=60)
@given(n=st.integers(0, 150), count=st.integers(1, 20), k=KS, seed=SEEDS)
def test_sums_of_tables(n, count, k, seed):
    rng = np.random.default_rng(seed)
    codes = rng.integers(256, size=(n, count)).astype(np.uint8)
    tables = rng.integers(-9, 10, size=(count, 256)).astype(np.float32)
    values, ids = results(KERNEL.vs_table_sums, codes, n, count, tables, k=k)
    expected, rows = least(tables[np.arange(count), codes].sum(axis=1), k)
    np.testing.assert_array_equal(values, expected)
    np.testing.assert_array_equal(ids, rows)


@settings(max_examples=80)
@given(
    n=st.integers(0, 150),
    count=st.integers(1, 300),
    largest=st.sampled_from([0, 1, 18, 100, 255]),
    k=KS,
    seed=SEEDS,
)
def test_sums_of_nibbles(n, count, largest, k, seed):
    rng = np.random.default_rng(seed)
    nibbles = rng.integers(16, size=(-(-n // 32) * 32, count)).astype(np.uint8)
    tables = rng.integers(largest + 1, size=(count, 16)).astype(np.uint8)
    tables[0, 3] = largest
    weights = rng.choice(np.array([0.5, 1, 2], np.float32), n)
    halves = nibbles.reshape(-1, 2, 16, count)
    blocks = np.ascontiguousarray((halves[:, 0] | halves[:, 1] << 4).transpose(0, 2, 1))
    arguments = blocks, n, count, tables, 100.0, weights
    values, ids = results(KERNEL.vs_nibble_sums, *arguments, k=k)
    sums = tables[np.arange(count), nibbles[:n]].sum(axis=1, dtype=float)
    expected, rows = least((100 - sums) * weights, k)
    np.testing.assert_array_equal(values, expected)
    np.testing.assert_array_equal(ids, rows)


def test_sorted_and_equal_values_are_no_trap():
    """The reservoir is filled again and again where values fall, and once where they grow."""
    n, query = 50_000, np.zeros(1, np.float32)
    ramp = np.arange(n, dtype=np.float32)
    for x, expected in (
        (ramp, range(1000)),
        (ramp[::-1], range(n - 1, n - 1001, -1)),
        (np.ones(n, np.float32), range(1000)),
        (ramp % 7, range(0, 7000, 7)),
    ):
        _, ids = scan(np.ascontiguousarray(x)[:, None], query, 0, 1000)
        assert ids.tolist() == list(expected)


def test_what_is_not_finite_is_never_taken():
    x = np.array([[np.nan], [3], [np.inf], [1], [-np.inf]], np.float32)
    _, ids = scan(x, np.ones(1, np.float32), 1, 5)
    assert ids.tolist() == [1, 3]
    _, ids = scan(x, np.zeros(1, np.float32), 0, 5)
    assert ids.tolist() == [3, 1]


def test_equal_rows_of_a_list_rank_by_number_however_they_come():
    x, query = np.zeros((500, 3), np.float32), np.zeros(3, np.float32)
    rows = np.arange(499, -1, -1, dtype=np.int32)
    for k in (1, 10, 100):
        _, ids = results(KERNEL.vs_listed, x, 3, query, 0, rows, 500, k=k)
        assert ids.tolist() == list(range(k))


def test_minus_zero_is_zero():
    x = np.array([[0.0], [-0.0], [0.0]], np.float32)
    values, ids = scan(x, np.ones(1, np.float32), 1, 3)
    assert ids.tolist() == [0, 1, 2]
    assert not values.any()


def test_arrays_of_the_wrong_type_are_refused():
    with pytest.raises(KernelError, match="must have dtype float32, got float64"):
        scan(np.zeros((2, 2)), np.zeros(2, np.float32), 0, 1)


def test_every_instruction_set_gives_the_same_bits(tmp_path):
    assert_same_bits("vector_search", tmp_path)
