"""The kernel of Hamming distances against the definition."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from instruction_sets import assert_same_bits

from harness.api import kernel
from harness.kernels import KernelError

HD = kernel("hamming")
SUFFIXES = {"u8": np.uint8, "u16": np.uint16, "i32": np.int32}
PRIME = 2**61 - 1
UNTOUCHED = -7


def distances(text, pattern):
    """By the definition."""
    return (np.lib.stride_tricks.sliding_window_view(text, len(pattern)) != pattern).sum(axis=1)


def function(name, letters):
    suffix = next(s for s, dtype in SUFFIXES.items() if dtype == letters.dtype)
    return getattr(HD, f"hd_{name}_{suffix}")


def run(name, text, pattern, *extra, start=0, stop=None):
    n, m = len(text), len(pattern)
    out = np.full(n - m + 1, UNTOUCHED, np.int32)
    stop = n - m + 1 if stop is None else stop
    assert function(name, text)(text, n, pattern, m, *extra, start, stop, out) == 0
    return out


def light(text, pattern, letters, cuts=()):
    n, m = len(text), len(pattern)
    positions = np.argsort(pattern, kind="stable").astype(np.int32)
    starts = np.searchsorted(pattern[positions], np.arange(letters + 1)).astype(np.int64)
    out = np.full(n - m + 1, m, np.int32)
    edges, following = [0, *sorted(cuts), n - m + 1], np.empty(letters, np.int64)
    for start, stop in itertools.pairwise(edges):
        call = function("light", text)
        assert call(text, n, m, letters, starts, positions, start, stop, following, out) == 0
    return out


def kangaroo(text, pattern, k, base=10**18 + 9):
    hashes = []
    for letters in (text, pattern):
        hashes.append(np.empty(len(letters) + 1, np.uint64))
        function("hash", letters)(letters, len(letters), base, hashes[-1])
    powers = np.empty(len(pattern) + 1, np.uint64)
    HD.hd_powers(base, len(pattern), powers)
    return run("kangaroo", text, pattern, k, *hashes, powers)


@st.composite
def strings(draw):
    """A text and a pattern, of letters 0..alphabet - 1, in one of the three types."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    dtype = draw(st.sampled_from(list(SUFFIXES.values())))
    alphabet = draw(st.sampled_from([1, 2, 3, 4, 5, 20, 256 if dtype == np.uint8 else 3000]))
    n = draw(st.integers(1, 900))
    m = draw(st.integers(1, n))
    text = rng.integers(alphabet, size=n).astype(dtype)
    pattern = rng.integers(alphabet, size=m).astype(dtype)
    if draw(st.booleans()):  # a near match
        start = int(rng.integers(n - m + 1))
        pattern = np.where(rng.random(m) < 0.05, pattern, text[start : start + m])
    return text, pattern, alphabet, rng


@given(strings())
def test_all_ways_count_what_the_definition_counts(drawn):
    text, pattern, alphabet, rng = drawn
    right = distances(text, pattern)
    start, stop = np.sort(rng.integers(len(right) + 1, size=2)).tolist()
    bits = max(1, (alphabet - 1).bit_length())
    ways = {"naive": (), "scalar": (), "sliced": (alphabet,), "packed": (bits,)}
    for name, extra in ways.items():
        assert run(name, text, pattern, *extra).tolist() == right.tolist(), name
        part = run(name, text, pattern, *extra, start=start, stop=stop)
        assert part[start:stop].tolist() == right[start:stop].tolist(), name
        outside = np.concatenate((part[:start], part[stop:]))
        assert (outside == UNTOUCHED).all(), name
    cuts = rng.integers(len(right) + 1, size=3)
    assert light(text, pattern, alphabet, cuts).tolist() == right.tolist()


@given(strings(), st.integers(0, 1000))
def test_bounded_ways_stop_at_the_bound(drawn, k):
    text, pattern, _, _ = drawn
    right = np.minimum(distances(text, pattern), k + 1).tolist()
    assert run("bounded", text, pattern, k).tolist() == right
    assert kangaroo(text, pattern, k).tolist() == right


@pytest.mark.parametrize("m", [255, 256, 511, 4096, 4097, 9000])
def test_counters_do_not_overflow(m, rng):
    """All letters differ, or none does: a counter of 8 bits, or a plane too few, would tell."""
    text, same = np.zeros(m + 300, np.uint8), np.zeros(m, np.uint8)
    for pattern, distance in ((same, 0), (same + 1, m)):
        for name, extra in (("naive", ()), ("sliced", (2,)), ("packed", (1,))):
            assert (run(name, text, pattern, *extra) == distance).all(), name


@pytest.mark.parametrize(("n", "m"), [(40_000, 9000), (16_384 + 4999, 5000), (33_000, 17)])
def test_tiles_meet(n, m, rng):
    """More windows, and more letters of the pattern, than a tile of the sliced count holds."""
    for alphabet in (4, 300):
        text = rng.integers(alphabet, size=n).astype(np.uint16)
        pattern = rng.integers(alphabet, size=m).astype(np.uint16)
        right = run("naive", text, pattern)
        i = rng.integers(n - m + 1, size=20)
        assert right[i].tolist() == [np.count_nonzero(text[j : j + m] != pattern) for j in i]
        assert (run("sliced", text, pattern, alphabet) == right).all()
        assert (light(text, pattern, alphabet) == right).all()


@pytest.mark.parametrize(("n", "m"), [(150_000, 9000), (300_000, 299_000), (140_000, 3)])
def test_blocks_of_rare_letters_meet(n, m, rng):
    """More windows than a block of rare letters holds, also with a pattern longer than it."""
    text, pattern = (rng.integers(40, size=length).astype(np.uint8) for length in (n, m))
    right = run("sliced", text, pattern, 40)
    assert (light(text, pattern, 40) == right).all()
    assert (light(text, pattern, 40, cuts=[(n - m) // 3]) == right).all()


def test_letters_that_the_pattern_does_not_have_match_nothing(rng):
    text = rng.integers(-3, 8, 500).astype(np.int32)
    pattern = rng.integers(0, 4, 60).astype(np.int32)
    right = distances(text, pattern)
    assert (run("sliced", text, pattern, 4) == right).all()
    assert (light(text, pattern, 4) == right).all()


def test_fingerprints_are_polynomials_modulo_a_prime(rng):
    letters = rng.integers(2**31, size=200).astype(np.int32)
    letters[0] = 2**31 - 1
    for base in (2, 10**18 + 9, PRIME - 1):
        hashes, powers = np.empty(201, np.uint64), np.empty(201, np.uint64)
        HD.hd_hash_i32(letters, 200, base, hashes)
        HD.hd_powers(base, 200, powers)
        expected = 0
        for i, letter in enumerate(letters.tolist()):
            assert hashes[i] == expected
            assert powers[i] == pow(base, i, PRIME)
            expected = (expected * base + letter + 1) % PRIME
        assert hashes[200] == expected


def test_long_extensions_are_jumped_over(rng):
    """A letter that differs, at every distance from the beginning that a search may meet."""
    for place in [0, 1, 31, 32, 33, 63, 64, 95, 96, 97, 223, 224, 998, 999]:
        text = rng.integers(4, size=1000).astype(np.uint8)
        pattern = text.copy()
        pattern[place] ^= 1
        assert kangaroo(text, pattern, 5).tolist() == [1]
        assert kangaroo(text, text.copy(), 5).tolist() == [0]


@pytest.mark.parametrize(
    ("n", "m", "start", "stop"),
    [(5, 0, 0, 1), (5, 6, 0, 0), (5, 3, -1, 2), (5, 3, 2, 1), (5, 3, 0, 4), (-1, 1, 0, 0)],
)
def test_sizes_that_make_no_sense_are_refused(n, m, start, stop):
    text, pattern, out = np.zeros(8, np.uint8), np.zeros(8, np.uint8), np.full(8, UNTOUCHED)
    out = out.astype(np.int32)
    hashes = np.zeros(9, np.uint64)
    for name, extra in (
        ("naive", ()),
        ("scalar", ()),
        ("sliced", (2,)),
        ("packed", (1,)),
        ("bounded", (1,)),
        ("kangaroo", (1, hashes, hashes, hashes)),
    ):
        assert function(name, text)(text, n, pattern, m, *extra, start, stop, out) == 1, name
    assert (out == UNTOUCHED).all()


def test_letters_out_of_range_are_refused():
    text, out = np.array([0, 1, 9], np.int32), np.full(3, UNTOUCHED, np.int32)
    for bad in (5, -1):
        pattern = np.array([bad], np.int32)
        assert HD.hd_sliced_i32(text, 3, pattern, 1, 5, 0, 3, out) == 1
        assert HD.hd_packed_i32(np.zeros(3, np.int32), 3, pattern, 1, 2, 0, 3, out) == 1
    pattern = np.array([1], np.int32)
    assert HD.hd_packed_i32(text, 3, pattern, 1, 3, 0, 3, out) == 1
    for letters in (0, 2**30):
        assert HD.hd_sliced_i32(text, 3, pattern, 1, letters, 0, 3, out) == 1
    for bits in (0, 32):
        assert HD.hd_packed_i32(text, 3, pattern, 1, bits, 0, 3, out) == 1
    for k in (-1, 2**31 - 1):
        assert HD.hd_bounded_i32(text, 3, pattern, 1, k, 0, 3, out) == 1
    starts, positions = np.zeros(3, np.int64), np.zeros(1, np.int32)
    following = np.zeros(2, np.int64)
    for start, stop in ((-1, 3), (0, 4), (2, 1)):
        assert HD.hd_light_i32(text, 3, 1, 2, starts, positions, start, stop, following, out) == 1
    for starts, positions in (
        ([0, 1, 0], [0]),
        ([-1, 0, 1], [0]),
        ([0, 0, 1], [2]),
        ([0, 1, 1], [-1]),
        ([0, 2, 2], [1, 0]),
        ([0, 2, 2], [1, 1]),
    ):
        lists = np.array(starts, np.int64), np.array(positions, np.int32)
        assert HD.hd_light_i32(text, 3, 2, 2, *lists, 0, 2, following, out) == 1
    assert (out == UNTOUCHED).all()
    with pytest.raises(KernelError, match="must have dtype"):
        HD.hd_naive_u8(text, 3, pattern, 1, 0, 3, out)


def test_every_instruction_set_gives_the_same_bits(tmp_path):
    assert_same_bits("hamming", tmp_path)
