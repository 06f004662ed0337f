"""Greedy merges against the best ones: the board, its solvers, the paper's figures."""

import importlib
from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench_text.bpe_compression._search import bound, curvature, merged, search
from bench_text.bpe_compression.exact import Exact
from bench_text.bpe_compression.greedy import Greedy
from bench_text.bpe_compression.problem import BPECompression
from bench_text.bpe_compression.random_pairs import RandomPairs
from bench_text.bpe_training.problem import BPETraining
from harness.api import Data, Instance, InvalidAnswer, InvalidCase
from harness.cases import make_case
from harness.instances import case_rng
from harness.selectors import parse

PROBLEM = BPECompression()
OURS = [Greedy(), Greedy("saving"), Exact(), RandomPairs()]


def make(text, problem=PROBLEM, name="bpe_compression"):
    case = make_case(name, problem, text)
    return problem.make(case, case_rng(name, case))


def of_word(word, merges):
    letters = sorted(set(word))
    symbols = np.array([-1, *(letters.index(letter) for letter in word), -1], np.int32)
    data = {"symbols": symbols, "weight": np.array([1]), "alphabet": len(letters), "merges": merges}
    return Instance(data, None, {"n": len(word)})


def solved(solver, instance, seed=0):
    *_, answer = solver.solve(Data(instance.data), np.random.default_rng(seed))
    return answer, PROBLEM.score(instance, answer)


def utility(solver, word, merges):
    return solved(solver, of_word(word, merges))[1][1]["utility"]


# Known answers


def test_known_utilities():
    for word, merges, greedy, best in [
        ("aaabdaaabac", 3, 6, 6),
        ("picked pickled pickles", 5, 13, 13),
        ("aaaabaaaba", 3, 5, 7),
        ("aabaaabac", 3, 4, 6),
    ]:
        assert utility(Greedy(), word, merges) == greedy
        assert utility(Exact(), word, merges) == best


def test_known_counts_of_a_run():
    """Of 13 equal letters both ways of counting leave 3 tokens, by other merges."""
    for solver, last in ((Greedy(), [2, 2]), (Greedy("saving"), [2, 0])):
        answer, (cost, _) = solved(solver, of_word("a" * 13, 3))
        assert answer.tolist() == [[0, 0], [1, 1], last]
        assert cost == 3


def test_the_papers_curvature():
    word = tuple("ababcabc")
    assert curvature(word, 2) == 2.5
    assert bound(2.5) == pytest.approx(0.3672, abs=5e-5)


def all_words(letters, length):
    """All texts of a length but for the name of their first letter."""
    return ((0, *rest) for rest in product(range(letters), repeat=length - 1))


@pytest.mark.parametrize(("letters", "length", "largest"), [(2, 10, 2.5), (3, 8, 2.5), (2, 8, 2.0)])
def test_the_largest_curvature_of_all_small_texts(letters, length, largest):
    """Of two merges: hence the paper's figure, a bound of 0.37."""
    assert max(curvature(word, 2) for word in all_words(letters, length)) == largest


@pytest.mark.parametrize(("letters", "length", "merges"), [(2, 8, 2), (2, 9, 3), (3, 6, 2)])
def test_greedy_keeps_to_the_bound_on_all_small_texts(letters, length, merges):
    """To the bound of each text by itself."""
    worst = 1.0
    for word in all_words(letters, length):
        found = search(word, merges, 10**6)
        text = "".join("abc"[k] for k in word)
        best = length - found.least
        for solver in (Greedy(), Greedy("saving")):
            share = utility(solver, text, merges) / best if best else 1.0
            assert share >= found.bound - 1e-12, text
            worst = min(worst, share)
    assert 0.6 < worst < 1 or letters == 3


def test_scores_tell_how_far_the_optimum_is():
    instance = make("known")
    _, scores = solved(Greedy(), instance)[1]
    assert scores["share_of_optimum"] == pytest.approx(4 / 6)
    assert (scores["optimal"], scores["keeps_bound"]) == (0, 1)
    assert scores["bound"] == pytest.approx(bound(curvature(tuple("aabaaabac"), 3)))
    _, scores = PROBLEM.score(instance, np.array([[0, 2]]))  # ac, which is there once
    assert (scores["utility"], scores["keeps_bound"]) == (1, 0)
    _, scores = solved(Exact(), instance)[1]
    assert scores["optimal"] == 1
    _, scores = PROBLEM.score(make("tiny[size=8,merges=0]"), np.zeros((0, 2), int))
    assert (scores["optimal"], scores["bound"], scores["keeps_bound"]) == (1, 1, 1)


# The optimum

words = st.text("abc", min_size=1, max_size=11)


@settings(max_examples=80)
@given(words, st.integers(0, 3))
def test_dynamic_programming_finds_what_a_search_finds(word, merges):
    expected = search([ord(letter) for letter in word], merges, 10**7).least
    for solver in (Exact(), Exact(memo=False)):
        assert solved(solver, of_word(word, merges))[1][0] == expected


def test_a_merge_is_applied_from_the_left():
    assert merged(("a", "a", "a"), ("a", "a")) == (("a", "a"), "a")
    assert merged(("b", "a"), ("a", "b")) == ("b", "a")


def test_a_search_that_is_too_long_is_given_up():
    assert search(list(range(12)), 4, 100) is None
    assert search([0, 1, 0, 1], 0, 1).least == 4


def test_only_short_texts_are_searched():
    assert make("tiny[size=30,merges=2]").optimum is not None
    assert make("tiny[size=31,merges=2]").optimum is None
    assert make("known[number=3,merges=9]").optimum is None


def test_what_is_kept_is_not_searched_again():
    """Five merges of 24 letters: more visits than states."""
    instance = make("tiny[size=24,alphabet=3,merges=5]")
    kept, brute = (solved(Exact(states=9000, memo=memo), instance)[0] for memo in (True, False))
    greedy = solved(Greedy(), instance)[0].tolist()
    assert brute.tolist() == greedy
    assert kept.tolist() != greedy


def test_exact_falls_back_to_greedy():
    instance = of_word("abcabdabeacb" * 3, 4)
    for solver in (Exact(longest=30), Exact(longest=99, states=5), Exact(99, 5, memo=False)):
        assert solved(solver, instance)[0].tolist() == solved(Greedy(), instance)[0].tolist()


# Solvers and board


@pytest.mark.parametrize("text", PROBLEM.suites["smoke"] + PROBLEM.suites["edge"])
@pytest.mark.parametrize("solver", OURS, ids=str)
def test_cases_are_solved(solver, text):
    instance = make(text)
    cost, scores = solved(solver, instance)[1]
    before = instance.sizes["n"]
    assert 0 < cost <= before
    assert scores["utility"] == before - cost
    if instance.optimum is not None:
        assert cost >= instance.optimum
        assert 0 <= scores["share_of_optimum"] <= 1


@pytest.mark.parametrize("text", PROBLEM.suites["smoke"] + PROBLEM.suites["edge"])
def test_the_package_makes_merges(text):
    pytest.importorskip("sentencepiece", reason="a rival, installed on demand")
    module = importlib.import_module("bench_text.bpe_compression.peer_sentencepiece")
    instance = make(text)
    cost = solved(module.PeerSentencePiece(), instance)[1][0]
    assert cost <= 1.5 * solved(Greedy(), instance)[1][0]


@pytest.mark.parametrize(
    "text", ["english[size=20000,merges=300]", "dna[size=5000,merges=60]", "runs[size=900]"]
)
def test_the_package_is_scored_by_the_tokens_that_it_makes_itself(text, monkeypatch):
    """Its pieces, turned into merges, leave as many tokens as its own encoder does."""
    package = pytest.importorskip("sentencepiece", reason="a rival, installed on demand")
    module = importlib.import_module("bench_text.bpe_compression.peer_sentencepiece")
    made = []

    class Kept(package.SentencePieceProcessor):
        def __init__(self, **given):
            super().__init__(**given)
            made.append(self)

    monkeypatch.setattr(package, "SentencePieceProcessor", Kept)
    instance = make(text)
    cost = solved(module.PeerSentencePiece(), instance)[1][0]
    symbols = instance.data["symbols"]
    borders = np.flatnonzero(symbols < 0).tolist()
    words = [symbols[a + 1 : b] + module._FIRST for a, b in pairwise(borders)]
    own = [len(made[0].encode("".join(map(chr, word)), out_type=str)) for word in words]
    assert cost == np.dot(own, instance.data["weight"])


def test_the_package_is_not_scored_on_letters_that_it_cannot_get():
    pytest.importorskip("sentencepiece", reason="a rival, installed on demand")
    module = importlib.import_module("bench_text.bpe_compression.peer_sentencepiece")
    instance = make("random[size=60000,alphabet=30000,merges=1]")
    assert instance.data["alphabet"] > module._MOST
    with pytest.raises(ValueError, match="expected at most 16768, as the package"):
        next(module.PeerSentencePiece().solve(Data(instance.data), np.random.default_rng(0)))


def test_greedy_makes_the_merges_of_the_other_board():
    text = "english[size=3000,merges=60]"
    expected = make(text, BPETraining(), "bpe_training").truth
    answer, (cost, _) = solved(Greedy(), make(text))
    assert answer.tolist() == expected["merges"].tolist()
    assert cost == expected["tokens"]


def test_choosing_pays():
    instance = make("english[size=20000,merges=200]")
    assert solved(Greedy(), instance)[1][0] < 0.9 * solved(RandomPairs(), instance)[1][0]


@pytest.mark.parametrize("seed", range(5))
def test_random_pairs_are_applied_as_the_score_does(seed):
    """All merges of a run of few letters save something, as each was there when it was drawn."""
    instance = make("runs[size=60,longest=9,merges=12]")
    answer, _ = solved(RandomPairs(), instance, seed)
    costs = []
    for count in range(len(answer) + 1):
        costs.append(PROBLEM.score(instance, answer[:count])[0])
    assert (np.diff(costs) < 0).all()


@pytest.mark.parametrize("suite", sorted(PROBLEM.suites))
def test_suites_name_families_and_their_parameters(suite):
    for text in PROBLEM.suites[suite]:
        family, given_parameters = parse(text)
        assert set(given_parameters) <= set(PROBLEM.families[family])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("known[number=5]", "number is 5, expected 0 to 4"),
        ("tiny[alphabet=27]", "alphabet 27"),
        ("tiny[size=0]", "size is 0"),
        ("english[merges=-1]", "merges is -1, expected 0 or more"),
        ("tiny[merges=-2]", "merges is -2, expected 0 or more"),
    ],
)
def test_refused_parameters(text, sentence):
    with pytest.raises(InvalidCase, match=sentence):
        make(text)


@pytest.mark.parametrize("parameters", [{"longest": 0}, {"states": 0}])
def test_refused_limits(parameters):
    with pytest.raises(ValueError, match="expected 1 or more"):
        Exact(**parameters)


def test_refused_counting():
    with pytest.raises(ValueError, match="expected overlaps or saving"):
        Greedy("pairs")


def test_refused_answers():
    instance = of_word("abab", 2)
    assert PROBLEM.score(instance, np.array([[0, 1], [2, 2]]))[0] == 1
    assert PROBLEM.score(instance, np.zeros((0, 2), int))[0] == 4
    for answer, sentence in [
        (np.array([[0, 1], [3, 2]]), r"merge 1 joins \(3, 2\), expected ids from 0 to 2"),
        (np.array([[-1, 1]]), r"merge 0 joins \(-1, 1\), expected ids from 0 to 1"),
        (np.zeros((3, 2), int), "the answer has 3 merges, expected at most 2"),
        (np.zeros(2, int), "the answer has the shape"),
        (np.zeros((1, 2)), "an array of float64"),
        ([[0, 1]], "expected an array of integers"),
    ]:
        with pytest.raises(InvalidAnswer, match=sentence):
            PROBLEM.score(instance, answer)


@pytest.mark.parametrize("text", ["tiny", "english[size=900,merges=20]"])
def test_costs_follow_every_symmetry(text, rng):
    instance = make(text)
    stored = replace(instance, data=Data(instance.data))
    for symmetry in PROBLEM.symmetries(stored, rng):
        answer, (cost, _) = solved(RandomPairs(), symmetry.instance)
        back = PROBLEM.score(instance, symmetry.back(answer))[0]
        assert cost == symmetry.cost(back)


def test_the_starter_solves():
    source = "def solve(data, rng):\n" + "".join(
        f"    {line}\n" for line in PROBLEM.starter.splitlines()
    )
    names = {"np": np}
    exec(source, names)
    for text in PROBLEM.suites["smoke"] + PROBLEM.suites["edge"]:
        instance = make(text)
        (answer,) = names["solve"](Data(instance.data), np.random.default_rng(0))
        assert PROBLEM.score(instance, answer)[0] > 0
