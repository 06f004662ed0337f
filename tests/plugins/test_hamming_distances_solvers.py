"""The solvers of Hamming distances: known answers, odd texts, and what each promises."""

import importlib.util
import itertools
import threading
from collections import deque
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bench_text.approximate_hamming as approximate
import bench_text.hamming_distances as exact
import bench_text.hamming_distances_bounded as bounded
from bench_text.approximate_hamming.karloff import Karloff
from bench_text.approximate_hamming.kopelowitz_porat import KopelowitzPorat
from bench_text.approximate_hamming.sampling import Sampling
from bench_text.hamming_distances import _transforms
from bench_text.hamming_distances._letters import by_definition, numbered, slices
from bench_text.hamming_distances.heavy_light import HeavyLight
from bench_text.hamming_distances_bounded.kangaroo import Kangaroo
from harness.api import Data, Solver
from harness.loading import Source, load_class


def solvers(board):
    found = []
    for path in sorted(Path(board.__file__).parent.glob("[a-z]*.py")):
        if path.stem not in ("problem", "claims"):
            module = importlib.import_module(f"{board.__name__}.{path.stem}")
            found.append(load_class(Source(module.__file__, module.__name__), Solver, "solver"))
    return found


def ids(solver):
    return solver.__name__


EXACT = [*solvers(exact), lambda: HeavyLight(balance=0.0), lambda: HeavyLight(balance=1e9)]
HERE = [s for s in EXACT if all(map(importlib.util.find_spec, getattr(s, "requires", ())))]
BOUNDED, APPROXIMATE = solvers(bounded), solvers(approximate)
RIGHT_ALWAYS = [s for s in APPROXIMATE if s.__name__ in ("BitSliced", "PerLetterFFT", "Sampling")]


def answer(solver, text, pattern, seed=0, **more):
    for name in getattr(solver, "requires", ()):
        pytest.importorskip(name, reason=f"{name} is not installed")
    text, pattern = (np.ascontiguousarray(letters) for letters in (text, pattern))
    text.flags.writeable = pattern.flags.writeable = False
    data = Data({"text": text, "pattern": pattern, **more})
    made = solver()
    found = list(made.solve(data, np.random.default_rng(seed)))
    return found[-1]


def letters(text):
    return np.frombuffer(text.encode(), np.uint8)


def squares(count):
    return (np.arange(count) ** 2 % 7).astype(np.uint8)


def mixed():
    i, j = np.arange(1000), np.arange(37)
    return ((i * i + i // 3) % 5).astype(np.uint8), ((3 * j * j + j // 2) % 5).astype(np.uint8)


# Known answers


@pytest.mark.parametrize("solver", EXACT, ids=ids)
def test_known_answers(solver):
    found = answer(solver, letters("abcabcabd"), letters("abc"))
    assert found.dtype == np.int32
    assert found.tolist() == [0, 3, 3, 0, 3, 3, 1]

    text = squares(50)
    found = answer(solver, text, text[10:20])
    assert len(found) == 41
    assert found[:11].tolist() == [8, 9, 8, 0, 8, 9, 9, 8, 9, 8, 0]
    assert (found[7:] == found[:-7]).all()
    assert found.sum() == 297
    assert found.argmin() == 3

    found = answer(solver, *mixed())
    assert (len(found), found.sum(), found.min(), found.max()) == (964, 28216, 25, 32)
    assert found[:8].tolist() == [28, 31, 31, 30, 28, 28, 32, 31]


@pytest.mark.parametrize("solver", BOUNDED, ids=ids)
def test_known_answers_up_to_k(solver):
    found = answer(solver, letters("abcabcabd"), letters("abc"), k=1)
    assert found.dtype == np.int32
    assert found.tolist() == [0, 2, 2, 0, 2, 2, 1]
    full = by_definition(*mixed())
    for k in (1, 24, 25, 28, 31, 32, 37, 1000):
        assert (answer(solver, *mixed(), k=k) == np.minimum(full, k + 1)).all()


@pytest.mark.parametrize("solver", RIGHT_ALWAYS, ids=ids)
def test_known_answers_without_error(solver):
    found = answer(solver, letters("abcabcabd"), letters("abc"), epsilon=0.5)
    assert found.tolist() == [0, 3, 3, 0, 3, 3, 1]


# Odd texts


@st.composite
def texts(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    dtype, most = draw(
        st.sampled_from([(np.uint8, 255), (np.uint16, 65535), (np.int32, 2**31 - 1)])
    )
    names = rng.integers(0, most, size=draw(st.sampled_from([1, 2, 3, 8, 200])), endpoint=True)
    n = draw(st.integers(1, 400))
    m = draw(st.integers(1, n))
    period = draw(st.sampled_from([1, 2, 7, n]))
    text = np.resize(rng.choice(names, period), n)
    pattern = np.where(rng.random(m) < 0.2, rng.choice(names, m), np.resize(text, m))
    if draw(st.booleans()):  # letters that the text does not have
        pattern[rng.integers(m)] = 77
    return text.astype(dtype), pattern.astype(dtype)


@settings(max_examples=40)
@given(texts())
def test_all_exact_solvers_agree_with_the_definition(drawn):
    right = by_definition(*drawn).tolist()
    for solver in HERE:
        assert answer(solver, *drawn).tolist() == right, solver


@settings(max_examples=40)
@given(texts(), st.integers(1, 50))
def test_all_bounded_solvers_agree_with_the_definition(drawn, k):
    right = by_definition(*drawn, k + 1).tolist()
    for solver in BOUNDED:
        assert answer(solver, *drawn, k=k).tolist() == right, solver


@settings(max_examples=30)
@given(texts(), st.sampled_from([0.6, 0.25, 0.05]))
def test_all_estimates_are_possible(drawn, epsilon):
    right = by_definition(*drawn)
    for solver in APPROXIMATE:
        found = answer(solver, *drawn, epsilon=epsilon)
        assert found.shape == right.shape
        assert ((found >= 0) & (found <= len(drawn[1]))).all(), solver
        assert not found[right == 0].any(), solver


@pytest.mark.parametrize("solver", EXACT, ids=ids)
@pytest.mark.parametrize(("n", "m"), [(1, 1), (2, 2), (70_000, 1), (70_000, 69_990), (9000, 4097)])
def test_sizes_around_blocks_and_tiles(solver, n, m, rng):
    text = rng.integers(3, size=n).astype(np.uint8)
    pattern = rng.integers(4, size=m).astype(np.uint8)
    found = answer(solver, text, pattern)
    assert found.tolist() == by_definition(text, pattern).tolist()


def test_solvers_leave_their_data_and_repeat():
    for solver, more in (
        *((s, {}) for s in HERE),
        *((s, {"k": 9}) for s in BOUNDED),
        *((s, {"epsilon": 0.3}) for s in APPROXIMATE),
    ):
        first, again = (answer(solver, *mixed(), seed=4, **more) for _ in range(2))
        assert (first == again).all()


def test_no_solver_runs_a_thread_beside_it():
    """As FFTW's cache of plans does."""
    before = threading.active_count()
    for solver in HERE:
        answer(solver, *mixed())
        assert threading.active_count() == before, solver


# Parts


def test_letters_are_numbered_in_their_order(rng):
    for dtype, most in ((np.uint8, 256), (np.uint16, 65536), (np.int32, 2**31)):
        text = rng.integers(most, size=50).astype(dtype)
        pattern = np.concatenate((text[5:25], rng.integers(most, size=5).astype(dtype)))
        codes, pattern_codes, s = numbered(text, pattern)
        known = sorted(set(pattern.tolist()))
        assert s == len(known)
        assert pattern_codes.tolist() == [known.index(a) for a in pattern.tolist()]
        assert codes.tolist() == [known.index(a) if a in known else s for a in text.tolist()]


def test_numbers_of_256_letters_leave_room_for_absent_ones():
    pattern = np.arange(256, dtype=np.uint16)
    codes, _, s = numbered(np.array([0, 255, 256, 300], np.uint16), pattern)
    assert codes.tolist() == [0, 255, 256, 256]
    assert s == 256


def test_slices_cover_all():
    for count, cost in ((0, 1), (1, 10**9), (10**6, 3000), (40_000, 2**31)):
        edges = list(slices(count, cost))
        assert sum(stop - start for start, stop in edges) == count
        assert all(a[1] == b[0] for a, b in itertools.pairwise(edges))


@pytest.mark.parametrize("together", [1, 1 << 14, 1 << 30])
def test_blocks_of_any_grouping_give_the_same(together, monkeypatch, rng):
    text, pattern = rng.integers(4, size=30_000), rng.integers(4, size=900)
    monkeypatch.setattr(_transforms, "_ENTRIES_AT_ONCE", together)
    found = _transforms.matches(text, pattern, range(4), absent=4)
    assert (900 - found == by_definition(text, pattern)).all()


def test_counts_that_are_no_whole_numbers_are_refused():
    assert _transforms.whole(np.array([3.1, 2.9])).tolist() == [3, 3]
    for bad in (0.3, np.nan, np.inf):
        with pytest.raises(ArithmeticError, match="off a whole number"), np.errstate(all="ignore"):
            _transforms.whole(np.array([1.0, bad]))


@pytest.mark.parametrize("share", [0.5, 0.99])
def test_transforms_of_long_patterns_are_far_from_the_guard(share, rng):
    """Random letters: those of a text of one letter have no error at all."""
    text, pattern = (rng.random(length) > share for length in (300_000, 100_000))
    sums = _transforms.correlation(text, pattern, [lambda a: (a == 0).astype(float)], 1)
    off = np.abs(sums - np.rint(sums)).max()
    assert 0 < off < 1e-9
    assert sums[7] == pytest.approx(np.count_nonzero(~text[7:100_007] & ~pattern), abs=1e-9)


@pytest.mark.parametrize("balance", [0.1, 0.5, 1.0, 3.0])
def test_the_split_is_right_at_any_threshold(balance, rng):
    weights = 1 / np.arange(1, 60)
    text, pattern = (
        rng.choice(59, length, p=weights / weights.sum()).astype(np.uint8) for length in (5000, 700)
    )
    found = answer(lambda: HeavyLight(balance=balance), text, pattern)
    assert (found == by_definition(text, pattern)).all()


@pytest.mark.parametrize(
    ("solver", "wrong"),
    [
        (HeavyLight, {"balance": -1.0}),
        (HeavyLight, {"balance": float("nan")}),
        (KopelowitzPorat, {"rounds": -1}),
        (KopelowitzPorat, {"counting": "fingers"}),
        (Karloff, {"rounds": -1}),
        (Karloff, {"together": 0}),
        (Sampling, {"share": 0.0}),
        (Sampling, {"share": 1.5}),
    ],
)
def test_parameters_out_of_range_are_refused(solver, wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} is "):
        solver(**wrong)


def test_jumps_over_a_text_of_one_letter(rng):
    """All extensions are long, whatever the base of the fingerprints."""
    text, pattern = np.zeros(3000, np.uint8), np.zeros(1000, np.uint8)
    pattern[[0, 500, 999]] = 1
    for seed in range(5):
        for k in (1, 2, 3, 4):
            found = answer(Kangaroo, text, pattern, seed=seed, k=k)
            assert (found == min(3, k + 1)).all()


# Approximation


def uniform(rng, n=20_000, m=1000, alphabet=2000):
    return (rng.integers(alphabet, size=length).astype(np.uint16) for length in (n, m))


@pytest.mark.parametrize("counting", ["transforms", "bits"])
@pytest.mark.parametrize(("epsilon", "loss"), [(0.5, 0.2496), (0.25, 0.1248), (0.1, 0.05)])
def test_a_round_loses_one_part_in_the_bins(epsilon, loss, counting, rng):
    text, pattern = uniform(rng)
    right = by_definition(text, pattern)
    solver = KopelowitzPorat(rounds=15, counting=counting)
    data = Data({"text": text, "pattern": pattern, "epsilon": epsilon})
    found = [a.copy() for a in solver.solve(data, np.random.default_rng(1))]
    assert len(found) == 15
    assert np.mean(1 - found[0] / right) == pytest.approx(loss, rel=0.06)
    assert all((a <= right).all() for a in found)
    assert all((b >= a).all() for a, b in itertools.pairwise(found))
    assert (found[-1] >= (1 - epsilon) * right).all()


def test_both_ways_of_counting_agree(rng):
    text, pattern = uniform(rng, 3000, 200)
    by_bits, by_transforms = (
        answer(lambda way=way: KopelowitzPorat(counting=way), text, pattern, 3, epsilon=0.2)
        for way in ("bits", "transforms")
    )
    assert (by_bits == by_transforms).all()


def test_letters_are_told_apart_by_more_bins_than_16_bits_number(rng):
    """All letters differ but in one window; 200,000 bins lose one mismatch in 200,000."""
    text, pattern = np.arange(300), np.arange(1000, 1080)
    text[100:180] = pattern
    (found,) = KopelowitzPorat(rounds=1).solve(
        Data(
            {"text": text.astype(np.uint16), "pattern": pattern.astype(np.uint16)}
            | {"epsilon": 1e-5}
        ),
        np.random.default_rng(0),
    )
    assert (found == by_definition(text, pattern)).all()


def test_one_round_may_lose_everything():
    """Two letters fall into one of 20 bins with probability 1/20; then all estimates are 0."""
    text, pattern = np.zeros(100, np.uint8), np.ones(100, np.uint8)
    one = [
        int(
            answer(
                lambda: KopelowitzPorat(rounds=1, counting="bits"), text, pattern, s, epsilon=0.1
            )[0]
        )
        for s in range(1000)
    ]
    assert set(one) == {0, 100}
    assert 0.03 < one.count(0) / 1000 < 0.07
    many = [answer(KopelowitzPorat, text, pattern, seed, epsilon=0.1)[0] for seed in range(50)]
    assert set(many) == {100}


def test_bits_are_unbiased(rng):
    text, pattern = uniform(rng, 300, 40, 30)
    right = by_definition(text, pattern)
    found = answer(lambda: Karloff(rounds=20_000, together=500), text, pattern, epsilon=0.1)
    assert np.abs(found - right).max() < 0.1 * 40
    assert found.mean() == pytest.approx(right.mean(), rel=0.02)


def test_estimates_get_better(rng):
    text, pattern = uniform(rng, 5000, 500, 50)
    right = by_definition(text, pattern)
    for solver in (Karloff(), Sampling()):
        data = Data({"text": text, "pattern": pattern, "epsilon": 0.1})
        errors = [np.abs(a - right).mean() for a in solver.solve(data, np.random.default_rng(0))]
        assert errors[-1] < 0.2 * errors[0]
    assert errors[-1] == 0  # all places were looked at


def test_a_sample_ends_at_its_share(rng):
    text, pattern = uniform(rng, 5000, 500, 4)
    last = deque(
        Sampling(share=0.1).solve(
            Data({"text": text, "pattern": pattern}), np.random.default_rng(0)
        ),
        maxlen=1,
    )[0]
    assert set(np.unique(last / 10).tolist()) <= set(map(float, range(51)))  # 50 of 500 places
