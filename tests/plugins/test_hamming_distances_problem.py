"""Hamming distances, exact, up to k and approximate: instances, digests, what is refused."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_text.approximate_hamming.problem import ApproximateHamming
from bench_text.hamming_distances import _families, _letters
from bench_text.hamming_distances._digests import PRIME, Digests, powers_of, random_points, running
from bench_text.hamming_distances.problem import HammingDistances, with_truth
from bench_text.hamming_distances_bounded.problem import HammingDistancesBounded
from harness.api import Case, Instance, InvalidAnswer, InvalidCase
from harness.selectors import adapt, parse

EXACT, BOUNDED, APPROXIMATE = HammingDistances(), HammingDistancesBounded(), ApproximateHamming()
BOARDS = [EXACT, BOUNDED, APPROXIMATE]
GENERATED = sorted(set(_families.FAMILIES) - {"file"})


def make(text, board=EXACT, seed=0):
    family, given_parameters = parse(text)
    defaults = board.families[family]
    assert set(given_parameters) <= set(defaults)
    adapted = {name: adapt(value, defaults[name], text) for name, value in given_parameters.items()}
    return board.make(Case(family, {**defaults, **adapted}), np.random.default_rng(seed))


def plain(text, pattern, seed=0):
    """An instance of the exact board."""
    text, pattern = (np.asarray(letters, np.uint8) for letters in (text, pattern))
    return with_truth(text, pattern, np.random.default_rng(seed))


def distances(instance):
    """One by one, by the definition."""
    text, pattern = (instance.data[name].tolist() for name in ("text", "pattern"))
    return np.array(
        [
            sum(a != b for a, b in zip(text[i:], pattern, strict=False))
            for i in range(len(text) - len(pattern) + 1)
        ],
        np.int32,
    )


def refusal(text, board=EXACT):
    with pytest.raises(InvalidCase) as caught:
        make(text, board)
    return str(caught.value)


def complaint(board, instance, answer):
    with pytest.raises(InvalidAnswer) as caught:
        board.score(instance, answer)
    return str(caught.value)


# Families


@pytest.mark.parametrize("family", GENERATED)
@pytest.mark.parametrize("board", [EXACT, BOUNDED], ids=lambda board: type(board).__name__)
def test_a_family_makes_what_it_says(board, family):
    instance = make(f"{family}[n=500,m=40]", board)
    text, pattern = instance.data["text"], instance.data["pattern"]
    assert (len(text), len(pattern)) == (500, 40)
    assert text.dtype == pattern.dtype
    assert text.dtype == (np.int32 if family == "wide" else text.dtype)
    assert text.flags.c_contiguous
    assert pattern.flags.c_contiguous
    assert instance.sizes["n"] == 500
    assert instance.sizes["m"] == 40
    assert instance.sizes["alphabet"] == len(set(pattern.tolist()))


@pytest.mark.parametrize("family", GENERATED)
def test_the_generator_alone_decides(family):
    first, again, other = (make(f"{family}[n=900,m=50]", seed=seed) for seed in (1, 1, 2))
    for name in ("text", "pattern"):
        assert (first.data[name] == again.data[name]).all()
    same = [(first.data[name] == other.data[name]).all() for name in ("text", "pattern")]
    assert not all(same) or family == "fibonacci"


@pytest.mark.parametrize("family", GENERATED)
def test_the_smallest_sizes(family):
    for n, m in ((1, 1), (2, 1), (2, 2), (3, 2)):
        instance = make(f"{family}[n={n},m={m}]")
        assert EXACT.score(instance, distances(instance))[0] == 0


def test_letters_have_the_smallest_dtype():
    for alphabet, dtype in ((256, np.uint8), (257, np.uint16), (65536, np.uint16)):
        names = [dtype, np.uint8]  # a small draw may not reach the last letter
        assert make(f"uniform[n=200000,m=5,alphabet={alphabet}]").data["text"].dtype in names[:1]
    assert make("uniform[n=2000,m=5,alphabet=1000000]").data["text"].dtype == np.int32


def test_dna_avoids_cg_and_has_repeats():
    text = make("dna[n=200000,m=10,repeats=0.0]").data["text"]
    after_c = text[1:][text[:-1] == 1]
    assert set(np.unique(text)) == {0, 1, 2, 3}
    assert np.mean(after_c == 2) == pytest.approx(0.05, abs=0.01)
    text = make("dna[n=60000,m=300,repeats=0.2]").data["text"]
    element = _letters.by_definition(text, text[:300])
    assert np.count_nonzero(element < 80) > 10  # of 300 letters; 10 % are drawn anew


def test_english_is_the_text_of_the_pack():
    text = make("english[n=20000]").data["text"].tobytes()
    assert b" the " in text
    assert text.isascii()


@pytest.mark.parametrize(("m", "alphabet"), [(100, 4), (10_000, 27), (100_000, 78), (1, 1)])
def test_threshold_has_as_many_letters_as_meet_the_threshold(m, alphabet):
    text = make(f"threshold[n=100000,m={m}]").data["text"]
    assert len(np.unique(text)) == alphabet
    assert m < 100 or m / alphabet == pytest.approx(math.sqrt(m * math.log2(m)), rel=0.05)


def test_zipf_letters_follow_the_law():
    text = make("zipf[n=200000,m=10,alphabet=100,exponent=1.0]").data["text"]
    counts = np.bincount(text, minlength=100)
    assert counts[0] / counts[9] == pytest.approx(10, rel=0.1)


def test_periods_repeat():
    instance = make("periodic[n=300,m=30,period=7,alphabet=9,errors=0.0]")
    text = instance.data["text"]
    assert (text[7:] == text[:-7]).all()
    found = distances(instance)
    assert (found[7:] == found[:-7]).all()
    assert found.min() == 0


def test_a_period_beyond_the_text_is_no_period():
    text = make(f"periodic[n=300,m=30,period={10**15},alphabet=9,errors=0.0]").data["text"]
    assert len(set(text[:30].tolist())) > 5


def test_the_fibonacci_word():
    text = make("fibonacci[n=21,m=3]").data["text"]
    assert "".join(map(str, text)) == "010010100100101001010"


def test_planted_copies_are_near():
    found = distances(make("planted[n=3000,m=100,copies=8,errors=6]"))
    assert 1 <= np.count_nonzero(found <= 6) <= 8
    assert np.sort(found)[10] > 80
    found = distances(make(f"planted[n=3000,m=100,copies=8,errors={10**15}]"))
    assert np.count_nonzero(found < 80) > 1


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: type(board).__name__)
def test_suites_can_be_read(board):
    for text in itertools.chain(*board.suites.values()):
        family, parameters = parse(text)
        assert set(parameters) <= set(board.families[family])
    for text in (*board.suites["smoke"], *board.suites["edge"]):
        assert board.exact(make(text, board)) == 0


# What is no case


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: type(board).__name__)
def test_texts_and_patterns_must_fit(board):
    assert "the text has n = 0 letters" in refusal("uniform[n=0,m=1]", board)
    assert "the pattern has m = 0 letters" in refusal("uniform[n=5,m=0]", board)
    assert "the pattern has m = -3 letters" in refusal("dna[n=5,m=-3]", board)
    assert "longer than the text, m = 6 and n = 5" in refusal("english[n=5,m=6]", board)
    assert f"at most {2**31 - 1}" in refusal(f"uniform[n={2**31},m=6]", board)


def test_parameters_that_make_nothing_are_refused():
    assert "alphabet is 0, expected at least 1" in refusal("uniform[n=5,m=2,alphabet=0]")
    assert "alphabet is 3000000000, expected at most" in refusal(
        "wide[n=5,m=2,alphabet=3000000000]"
    )
    assert "errors is 1.5, expected a share" in refusal("dna[n=5,m=2,errors=1.5]")
    assert "repeats is -0.5" in refusal("dna[n=5,m=2,repeats=-0.5]")
    assert "period is 0" in refusal("periodic[n=5,m=2,period=0]")
    assert "exponent is -1.0" in refusal("zipf[n=5,m=2,exponent=-1.0]")
    assert "copies is -1" in refusal("planted[n=5,m=2,copies=-1]")
    assert "k is 0, expected 1 to" in refusal("dna[n=5,m=2,k=0]", BOUNDED)
    assert "k is 2147483647" in refusal("dna[n=5,m=2,k=2147483647]", BOUNDED)
    for family in ("zipf", "periodic", "wide"):  # they would list so many letters
        assert f"alphabet is {10**9}, expected at most {2**24}" in refusal(
            f"{family}[n=5,m=2,alphabet={10**9}]"
        )
    assert f"alphabet is {2**31 + 1}, expected" in refusal(f"uniform[n=5,m=2,alphabet={2**31 + 1}]")
    assert f"copies is {10**9}, expected at most {10**6}" in refusal(
        f"planted[n=5,m=2,copies={10**9}]"
    )
    for epsilon in ("0.0", "1.0", "-0.1", "0.0000001"):
        assert "expected 1e-06 or more and less" in refusal(
            f"dna[n=5,m=2,epsilon={epsilon}]", APPROXIMATE
        )


def test_files_are_texts_or_arrays(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"abcabcabd")
    (tmp_path / "p.txt").write_bytes(b"abc")
    np.save(tmp_path / "a.npy", np.array([70000, 5, 70000, 6]))
    instance = make(f"file[path={tmp_path}/a.txt,pattern={tmp_path}/p.txt]")
    assert distances(instance).tolist() == [0, 3, 3, 0, 3, 3, 1]
    instance = make(f"file[path={tmp_path}/a.npy,m=2]")
    assert instance.data["text"].dtype == np.int32
    assert distances(instance).min() == 0  # the pattern is cut from it


def test_files_that_hold_no_text_are_refused(tmp_path):
    def told(values=None, content=None, name="a.npy", more=",m=1"):
        if content is None:
            np.save(tmp_path / name, values)
        else:
            (tmp_path / name).write_bytes(content)
        return refusal(f"file[path={tmp_path / name}{more}]")

    assert "needs a text" in refusal("file")
    assert "there is no file" in refusal(f"file[path={tmp_path}/none.txt]")
    assert "is empty" in told(content=b"", name="a.txt")
    assert "pattern is longer than the text, m = 9 and n = 3" in told(
        content=b"abc", name="a.txt", more=",m=9"
    )
    assert "cannot be read" in told(content=b"no array")
    assert "has 1 letters that are negative (the first, -4, at place 1)" in told(np.array([3, -4]))
    assert f"above {2**31 - 1} (the first, {2**31}, at place 0)" in told(np.array([2**31, 1]))
    assert f"above {2**31 - 1} (the first, {2**64 - 1}" in told(np.array([2**64 - 1], np.uint64))
    assert "dtype float64" in told(np.array([1.0]))
    assert "dtype bool" in told(np.array([True]))
    assert "has 2 dimensions" in told(np.ones((2, 2), int))
    assert "is empty" in told(np.array([], int))


# Digests


@given(st.integers(0, 2**32))
def test_digests_are_sums_of_the_distances(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 60))
    m = int(rng.integers(1, n + 1))
    alphabet = int(rng.integers(1, 6))
    instance = plain(rng.integers(alphabet, size=n), rng.integers(alphabet, size=m))
    right = distances(instance)
    digests = Digests(instance.data["text"], instance.data["pattern"])
    x = int(rng.integers(2, PRIME))
    sums = running(right, x)
    for count in range(1, len(right) + 1):
        expected = sum(int(h) * pow(x, i, PRIME) for i, h in enumerate(right[:count])) % PRIME
        assert digests.of_windows(count, x) == expected
        assert sums[count - 1] == expected


def test_powers_and_points(rng):
    for x in (2, PRIME - 1, 123456789):
        for count in (0, 1, 2, 5, 1000):
            found = powers_of(x, count).tolist()
            assert [value % PRIME for value in found] == [pow(x, i, PRIME) for i in range(count)]
    points = random_points(rng)
    assert len(set(points.tolist())) == 3
    assert 2 <= points.min() <= points.max() < PRIME


def test_digests_of_large_letters_do_not_overflow(rng):
    text = rng.integers(2**31 - 3, 2**31, 400).astype(np.int32)
    pattern = rng.integers(2**31 - 3, 2**31, 50).astype(np.int32)
    instance = with_truth(text, pattern, rng)
    assert EXACT.score(instance, distances(instance))[0] == 0


@pytest.mark.parametrize("change", [1, -1, 7])
def test_every_wrong_distance_is_found_and_named(change):
    instance = make("dna[n=300,m=40]")
    instance.truth["windows"] = np.array([], int)  # the digests alone
    right = distances(instance)
    for i in range(len(right)):
        wrong = right.copy()
        wrong[i] += change if 0 <= right[i] + change <= 40 else -change
        told = complaint(EXACT, instance, wrong)
        assert f"the distance of window {i} is {wrong[i]}, expected {right[i]}" in told


def test_exchanged_distances_are_found():
    """The sum stays the same."""
    instance = make("english[n=3000,m=300]")
    instance.truth["windows"] = np.array([], int)
    wrong = distances(instance)
    wrong[100], wrong[2000] = wrong[100] + 1, wrong[2000] - 1
    assert "the distance of window 100 is" in complaint(EXACT, instance, wrong)
    assert "of window 0 is" in complaint(EXACT, instance, np.roll(distances(instance), 1))


def test_windows_are_counted_too():
    instance = make("dna[n=300,m=40]")
    instance.truth["digests"] = np.array([], int)
    wrong = distances(instance)
    wrong[instance.truth["windows"][3]] ^= 1
    assert "differs from the pattern in" in complaint(EXACT, instance, wrong)


# Answers


@pytest.mark.parametrize("board", [EXACT, BOUNDED], ids=lambda board: type(board).__name__)
def test_what_is_no_answer(board):
    instance = make("dna[n=300,m=40]", board)
    most = 40 if board is EXACT else 11
    right = np.minimum(distances(instance), most)
    assert board.score(instance, right)[0] == 0
    assert "is None" in complaint(board, instance, None)
    assert "of type list" in complaint(board, instance, right.tolist())
    masked = np.ma.masked_array(np.zeros_like(right), mask=True)
    assert "of type MaskedArray" in complaint(board, instance, masked)
    assert "dtype >i4" in complaint(board, instance, right.astype(">i4"))
    assert "shape (261, 1)" in complaint(board, instance, right[:, None])
    assert "dtype int64" in complaint(board, instance, right.astype(np.int64))
    assert "shape (260,)" in complaint(board, instance, right[1:])
    for bad in (-1, most + 1):
        wrong = right.copy()
        wrong[7] = bad
        assert f"window 7 is {bad}, expected 0..{most}" in complaint(board, instance, wrong)


def test_bounded_answers_are_held_against_all_windows():
    instance = make("planted[n=2000,m=100,k=5]", BOUNDED)
    right = np.minimum(distances(instance), 6)
    cost, scores = BOUNDED.score(instance, right)
    assert cost == 0
    assert scores["windows_within_k"] == np.count_nonzero(right <= 5) > 0
    for i in range(0, len(right), 97):
        wrong = right.copy()
        wrong[i] = 6 - right[i]
        assert f"of window {i} is {6 - right[i]}, expected {right[i]}" in complaint(
            BOUNDED, instance, wrong
        )


def test_the_definition_with_a_bound_leaves_windows_out(rng):
    for alphabet, m, most in itertools.product((1, 2, 30), (1, 33, 250), (1, 4, 70, 300)):
        text = rng.integers(alphabet, size=700).astype(np.uint8)
        pattern = np.where(rng.random(m) < 0.9, text[50 : 50 + m], 0).astype(np.uint8)
        right = distances(Instance({"text": text, "pattern": pattern}))
        assert (_letters.by_definition(text, pattern) == right).all()
        assert (_letters.by_definition(text, pattern, most) == np.minimum(right, most)).all()


def test_estimates_cost_their_largest_relative_error():
    instance = make("planted[n=2000,m=100,epsilon=0.25,errors=0]", APPROXIMATE)
    right = distances(instance).astype(float)
    assert right.min() == 0
    assert APPROXIMATE.score(instance, right)[0] == 0
    far = int(right.argmax())
    estimates = right.copy()
    estimates[far] *= 0.7
    cost, scores = APPROXIMATE.score(instance, estimates)
    assert cost == pytest.approx(0.3)
    assert scores["share_beyond_epsilon"] == 1 / len(right)
    assert scores["within_epsilon"] == 0
    assert scores["largest_overestimate"] == 0
    assert scores["mean_relative_loss"] == pytest.approx(0.3 / len(right))
    cost, scores = APPROXIMATE.score(instance, np.minimum(right * 1.25, 100))
    assert scores["within_epsilon"] == 1
    assert 0 < scores["largest_overestimate"] <= 0.25 + 1e-12


def test_what_is_no_estimate():
    instance = make("planted[n=2000,m=100,errors=0]", APPROXIMATE)
    right = distances(instance).astype(float)
    zero = int(right.argmin())
    for bad in (np.nan, np.inf, -0.5, 100.5):
        wrong = right.copy()
        wrong[5] = bad
        assert "the estimate of window 5" in complaint(APPROXIMATE, instance, wrong)
    wrong = right.copy()
    wrong[zero] = 0.5
    assert f"of window {zero} is 0.5, expected 0" in complaint(APPROXIMATE, instance, wrong)
    for wrong, told in (
        (None, "is None"),
        ([1.0], "is of type list"),
        (np.ma.masked_array(right * 0, mask=True), "is of type MaskedArray"),
        (right > 1, "has dtype bool"),
        (right.astype(complex), "has dtype complex128"),
        (right.astype(object), "has dtype object"),
        (right[1:], "has the shape (1900,)"),
        (right[:, None], "has the shape (1901, 1)"),
    ):
        assert f"the answer {told}, expected an array of the 1901 estimates" in complaint(
            APPROXIMATE, instance, wrong
        )


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: type(board).__name__)
def test_symmetries_turn_answers_back(board, rng):
    instance = make("dna[n=400,m=50]", board)
    changed = list(board.symmetries(instance, rng))
    assert len(changed) == 2
    bound = instance.data["k"] + 1 if board is BOUNDED else 50
    for symmetry in changed:
        answer = np.minimum(distances(symmetry.instance), bound)
        assert board.score(symmetry.instance, answer)[0] == 0
        assert (symmetry.back(answer) == np.minimum(distances(instance), bound)).all()
