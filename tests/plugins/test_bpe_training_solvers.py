"""Solvers of BPE training: right on every kind of text, and repeatable."""

import importlib

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench_text.bpe_training import _reference, _words
from bench_text.bpe_training.greedy_heap import GreedyHeap
from bench_text.bpe_training.greedy_naive import GreedyNaive
from bench_text.bpe_training.problem import BPETraining
from harness.api import Data
from harness.cases import make_case
from harness.instances import case_rng

PROBLEM = BPETraining()
OURS = [GreedyHeap, GreedyNaive]
CASES = [text for suite in ("smoke", "edge") for text in PROBLEM.suites[suite]]


def make(text):
    case = make_case("bpe_training", PROBLEM, text)
    return PROBLEM.make(case, case_rng("bpe_training", case))


def solve(solver, text, merges, split=True):
    letters = set().union(*_reference.words_of(text, split))
    named = {"merges": merges, "split": split, "alphabet": len(letters)}
    data = Data({"text": np.frombuffer(text.encode(), np.uint8), **named})
    (answer,) = solver().solve(data, np.random.default_rng(0))
    return answer


def peer():
    pytest.importorskip("tokenizers", reason="a rival, installed on demand")
    return importlib.import_module("bench_text.bpe_training.peer_tokenizers").PeerTokenizers


@pytest.mark.parametrize("text", CASES)
@pytest.mark.parametrize("solver", OURS)
def test_cases_are_solved(solver, text):
    instance = make(text)
    (answer,) = solver().solve(Data(instance.data), np.random.default_rng(0))
    assert PROBLEM.score(instance, answer)[0] == 0


@pytest.mark.parametrize("text", CASES)
def test_the_package_follows_the_same_rules(text):
    instance = make(text)
    (answer,) = peer()().solve(Data(instance.data), np.random.default_rng(0))
    assert PROBLEM.score(instance, answer)[0] == 0


letters = st.sampled_from("aab \n\u3000é\u200b\U0001f600")


@settings(max_examples=100)
@given(st.text(letters, min_size=1, max_size=60), st.integers(0, 12), st.booleans())
def test_small_texts_by_the_definition(text, merges, split):
    words = _reference.words_of(text, split)
    ids = {letter: k for k, letter in enumerate(sorted(set().union(*words)))}
    coded = [([ids[letter] for letter in word], count) for word, count in words.items()]
    expected = _reference.by_definition(coded, len(ids), merges)
    for solver in OURS:
        assert [tuple(p) for p in solve(solver, text, merges, split).tolist()] == expected


def thue_morse(size):
    return "".join("ab"[bin(k).count("1") % 2] for k in range(size))


units = st.sampled_from(["a", "b", "ab", "ba", "aab", "aba", "abab", "abc", " ", "a "])
periodic = st.lists(st.tuples(units, st.integers(1, 17)), min_size=1, max_size=6).map(
    lambda parts: "".join(unit * times for unit, times in parts)
)


def agree_with_the_definition(solvers, text, merges, split):
    words = _reference.words_of(text, split)
    ids = {letter: k for k, letter in enumerate(sorted(set().union(*words)))}
    coded = [([ids[letter] for letter in word], count) for word, count in words.items()]
    expected = _reference.by_definition(coded, len(ids), merges)
    for solver in solvers:
        found = [tuple(pair) for pair in solve(solver, text, merges, split).tolist()]
        assert found == expected, solver.__name__


@settings(max_examples=200)
@given(periodic, st.integers(1, 40), st.booleans())
@example("a" * 97, 40, True)
@example("ab" * 50, 40, True)
@example(thue_morse(128), 60, False)
@example("aaab" * 20 + "aaaab" * 20, 40, False)
def test_runs_and_periods_by_the_definition(text, merges, split):
    """Overlaps, ties at every step, merges of merges of one letter; until no pair is left."""
    agree_with_the_definition(OURS, text, merges, split)


@settings(max_examples=100)
@given(periodic, st.integers(1, 40), st.booleans())
@example("a" * 97, 40, True)
@example(thue_morse(128), 60, False)
@example("ab\nab\nba\nb\na", 8, False)
def test_the_package_follows_the_definition_on_runs_and_periods(text, merges, split):
    if text.strip():
        agree_with_the_definition([peer()], text, merges, split)


def test_random_strings_agree_with_the_package(rng):
    """Overlapping counts and smallest ids, checked on strings full of runs and ties."""
    solver = peer()
    for _ in range(150):
        k = rng.integers(1, 5)
        drawn = rng.choice(list("abcd ")[-k - 1 :], rng.integers(1, 80))
        text = "".join(drawn) + "a"
        merges, split = int(rng.integers(0, 15)), bool(rng.integers(2))
        expected = solve(solver, text, merges, split)
        np.testing.assert_array_equal(solve(GreedyHeap, text, merges, split), expected)


def test_a_real_text_agrees_with_the_package():
    instance = make("generated[size=200000,merges=1500]")
    for solver in (GreedyHeap, peer()):
        (answer,) = solver().solve(Data(instance.data), np.random.default_rng(0))
        assert PROBLEM.score(instance, answer)[0] == 0


def test_a_huge_word_takes_no_quadratic_time():
    """300,000 letters in one word; a rescan of the word for each merge would take minutes."""
    instance = make("line[size=300000,merges=300]")
    (answer,) = GreedyHeap().solve(Data(instance.data), np.random.default_rng(0))
    assert PROBLEM.score(instance, answer)[0] == 0


def test_nothing_to_merge():
    for solver in OURS:
        assert solve(solver, "a b c", 5).shape == (0, 2)
        assert solve(solver, "   ", 5).shape == (0, 2)
        assert solve(solver, "", 5).shape == (0, 2)
        assert solve(solver, "", 5, split=False).shape == (0, 2)
        assert solve(solver, "abc", 0).shape == (0, 2)


def test_more_merges_than_memory_could_hold():
    assert solve(GreedyHeap, "abcabc", 10**15).tolist() == [[0, 1], [3, 2], [4, 4]]


def test_what_is_no_utf8_is_refused():
    data = Data({"text": np.frombuffer(b"ab\xff", np.uint8), "merges": 3, "split": True})
    with pytest.raises(ValueError, match="not UTF-8"):
        list(GreedyHeap().solve(data, np.random.default_rng(0)))


def test_a_text_beyond_the_kernels_is_refused():
    huge = np.broadcast_to(np.uint8(97), _words.LONGEST + 1)  # one byte of memory
    for read in (lambda: _words.words_of(huge, False), lambda: _words.whole(huge)):
        with pytest.raises(ValueError, match="expected at most 1073741823; cut it"):
            read()
