"""Greedy merges against the best ones: the board, its solvers, the paper's figures."""

import importlib
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench_text.bpe_compression._search import bound, curvature, least_tokens, merged
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


@pytest.mark.parametrize(("letters", "length", "merges"), [(2, 8, 2), (2, 8, 3), (3, 6, 2)])
def test_greedy_keeps_to_the_bound_on_all_small_texts(letters, length, merges):
    worst = 1.0
    for word in product(range(letters), repeat=length):
        best = length - least_tokens(word, merges, 10**6)
        text = "".join("abc"[k] for k in word)
        for solver in (Greedy(), Greedy("saving")):
            worst = min(worst, utility(solver, text, merges) / best if best else 1.0)
    assert bound(2.5) < 0.5 < worst <= 1


# The optimum

words = st.text("abc", min_size=1, max_size=11)


@settings(max_examples=80)
@given(words, st.integers(0, 3))
def test_dynamic_programming_finds_what_a_search_finds(word, merges):
    expected = least_tokens([ord(letter) for letter in word], merges, 10**7)
    assert solved(Exact(), of_word(word, merges))[1][0] == expected


def test_a_merge_is_applied_from_the_left():
    assert merged(("a", "a", "a"), ("a", "a")) == (("a", "a"), "a")
    assert merged(("b", "a"), ("a", "b")) == ("b", "a")


def test_a_search_that_is_too_long_is_given_up():
    assert least_tokens(list(range(12)), 4, 100) is None
    assert least_tokens([0, 1, 0, 1], 0, 1) == 4


def test_only_short_texts_are_searched():
    assert make("tiny[size=30,merges=2]").optimum is not None
    assert make("tiny[size=31,merges=2]").optimum is None
    assert make("known[number=3,merges=9]").optimum is None


def test_exact_falls_back_to_greedy():
    instance = of_word("abcabdabeacb" * 3, 4)
    for solver in (Exact(longest=30), Exact(longest=99, states=5)):
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
    for symmetry in PROBLEM.symmetries(instance, rng):
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
