"""The board of BPE training: texts, truth, scores, what is refused."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench_text.bpe_training import _families, _reference
from bench_text.bpe_training._reference import Tokens, applied, by_definition, pieces_of, words_of
from bench_text.bpe_training.problem import BPETraining
from harness.api import Data, Instance, InvalidAnswer, InvalidCase
from harness.cases import make_case
from harness.instances import case_rng
from harness.selectors import parse

PROBLEM = BPETraining()


def make(text):
    case = make_case("bpe_training", PROBLEM, text)
    return PROBLEM.make(case, case_rng("bpe_training", case))


def text_of(text):
    return make(text).data["text"].tobytes().decode()


# The truth


def tokens_of(words):
    arrays = [np.array(word, np.int64) for word, _ in words]
    return Tokens(arrays, np.array([count for _, count in words], np.int64))


word_lists = st.lists(
    st.tuples(st.lists(st.integers(0, 2), max_size=20), st.integers(1, 4)), min_size=1, max_size=4
)


@settings(max_examples=200)
@given(word_lists, st.integers(0, 15))
@example([([0] * 13, 1)], 3)
def test_both_references_agree(words, merges):
    state = tokens_of(words)
    pairs, counts = state.train(3, merges)
    assert pairs == by_definition(words, 3, merges)
    left = [(list(word), count) for word, count in words]
    for r, pair in enumerate(pairs):
        found = sum(
            count * sum(tuple(word[k : k + 2]) == pair for k in range(len(word) - 1))
            for word, count in left
        )
        assert found == counts[r]
        left = [(applied(word, pair, 3 + r), count) for word, count in left]
    assert state.tokens == sum(len(word) * count for word, count in left)


def test_a_merge_is_applied_from_the_left():
    assert applied([0, 0, 0], (0, 0), 1) == [1, 0]
    assert applied([0, 0, 0, 0], (0, 0), 1) == [1, 1]
    assert applied([1, 0, 1, 0], (0, 1), 2) == [1, 2, 0]
    assert applied([], (0, 1), 2) == []


def known(word, merges):
    letters = {letter: k for k, letter in enumerate(sorted(set(word)))}
    state = tokens_of([([letters[letter] for letter in word], 1)])
    return *state.train(len(letters), merges), state.tokens


def test_known_merges_of_a_short_word():
    assert known("aaabdaaabac", 3) == ([(0, 0), (0, 1), (4, 5)], [4, 2, 2], 5)


def test_known_merges_of_the_fibonacci_word():
    word = _families.fibonacci(make_case("bpe_training", PROBLEM, "fibonacci[size=89]"), None)
    assert word.startswith(b"abaababa")
    assert known(word.decode(), 5) == (
        [(0, 1), (0, 2), (2, 3), (4, 3), (4, 5)],
        [34, 21, 13, 8, 5],
        8,
    )


def test_known_merges_of_squares():
    word = "".join("abcde"[(i * i + i // 3) % 5] for i in range(200))
    assert known(word, 6) == (
        [(1, 4), (0, 2), (0, 5), (7, 6), (0, 8), (1, 3)],
        [27, 14, 14, 14, 13, 13],
        105,
    )


def test_known_counts_of_a_run():
    """Overlaps count: 12 pairs in 13 equal letters."""
    pairs, counts, tokens = known("a" * 13, 3)
    assert counts == [12, 5, 2]
    assert pairs == [(0, 0), (1, 1), (2, 2)]
    assert tokens == 3


# Texts


@pytest.mark.parametrize("suite", sorted(PROBLEM.suites))
def test_suites_name_families_and_their_parameters(suite):
    for text in PROBLEM.suites[suite]:
        family, given_parameters = parse(text)
        assert set(given_parameters) <= set(PROBLEM.families[family])


@pytest.mark.parametrize(
    "text",
    [
        "english[size=5000,merges=5]",
        "generated[size=5000,merges=5]",
        "line[size=5000,merges=5]",
        "dna[size=5000,merges=5]",
        "runs[size=5000,merges=5]",
        "fibonacci[size=5000,merges=5]",
    ],
)
def test_sizes_are_those_asked_for(text):
    assert make(text).sizes["n"] == 5000


@pytest.mark.parametrize("family", sorted(set(PROBLEM.families) - {"file", "generated"}))
def test_families_give_the_merges_that_they_ask_for(family):
    for draw in range(3):
        instance = make(f"{family}[draw={draw}]" if draw else family)
        assert instance.sizes["merges"] == PROBLEM.families[family]["merges"]


def test_words_are_parted_by_all_white_space():
    words = words_of("a\u2003b\x1cb\u3000\n a\u200b", True)
    assert words == {"a": 1, "b\x1cb": 1, "a\u200b": 1}
    assert words_of(" a b", False) == {" a b": 1}
    assert pieces_of("\na  b\n") == ["\na", "  b", "\n"]


def test_scripts_have_letters_of_all_lengths_and_all_white_space():
    text = text_of("scripts[size=20000,merges=0]")
    assert {len(letter.encode()) for letter in text} == {1, 2, 3, 4}
    assert set(_families.SPACES) <= set(text)


def test_a_line_is_one_word():
    assert len(text_of("line[size=3000,merges=1]").split()) == 1


def test_dna_repeats_itself():
    text = text_of("dna[size=20000,merges=1]")
    assert set(text) == set("ACGT\n")
    assert len({len(line) for line in text.split("\n")[:-1]}) == 1
    joined = text.replace("\n", "")
    pieces = [joined[k : k + 16] for k in range(len(joined) - 16)]
    assert 0.5 < len(set(pieces)) / len(pieces) < 0.8


def test_alphabets_have_the_size_asked_for():
    letters = set(text_of("random[size=20000,alphabet=300,merges=0]")) - {" "}
    assert len(letters) == 300
    assert not any(letter.isspace() for letter in letters)
    _families._letters(70_000).astype("<u4").tobytes().decode("utf-32-le")  # no surrogates


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("english[size=0]", "size is 0, expected 1 or more"),
        ("english[size=200000]", "but the English text has"),
        ("generated[merges=-2]", "merges is -2, expected 0 or more, or -1 for all"),
        ("english[size=300,merges=115]", "merges is 115, but the text gives 114, after which no"),
        ("english[size=1,merges=1]", "merges is 1, but the text gives 0, .* write merges=-1"),
        ("random[alphabet=0]", "alphabet is 0, expected 1 or more"),
        ("random[alphabet=2000000]", "expected at most 1000000"),
        ("runs[longest=0]", "longest is 0, expected 1 or more"),
        ("file", "the file '' cannot be read"),
        ("file[path=a\0b]", "cannot be read .embedded null byte."),
    ],
)
def test_refused_parameters(text, sentence):
    with pytest.raises(InvalidCase, match=sentence):
        make(text)


def test_files_of_the_user(tmp_path):
    path = tmp_path / "mine.txt"
    for raw, sentence in {
        b"": "the text is empty, expected a character at least",
        b"abc\xff": r"the text is not UTF-8: byte 3 \(0xff\)",
        b"ab\xed\xa0\x80": "the text is not UTF-8: byte 2",  # half of a surrogate pair
        b"ab\xe2\x82": "the text is not UTF-8: byte 2",
        b" \n\xe2\x80\x83": "nothing but white space",
    }.items():
        path.write_bytes(raw)
        with pytest.raises(InvalidCase, match=sentence):
            make(f"file[path={path}]")
    path.write_bytes("äöü äöü".encode())
    assert make(f"file[path={path},merges=-1]").truth["merges"].tolist() == [[0, 1], [3, 2]]


@pytest.mark.parametrize("wanted", [-1, 114])
def test_all_merges_that_a_text_gives(wanted):
    instance = make(f"english[size=300,merges={wanted}]")
    assert instance.sizes["merges"] == len(instance.truth["merges"]) == 114
    assert instance.data["merges"] >= 114
    assert instance.truth["tokens"] == sum(1 for _ in words_and_counts(instance))


def words_and_counts(instance):
    text = instance.data["text"].tobytes().decode()
    return (word for word, count in words_of(text, True).items() for _ in range(count))


# Scores


def test_a_right_answer_costs_nothing():
    instance = make("english[size=2000,merges=30]")
    cost, scores = PROBLEM.score(instance, instance.truth["merges"].astype(np.int32))
    assert cost == 0
    assert scores["bytes_per_token"] == 2000 / scores["tokens"]


def test_what_is_wrong_is_told():
    instance = make("english[size=2000,merges=30]")
    right = instance.truth["merges"]
    wrong = right.copy()
    wrong[7] = wrong[7][::-1]
    for answer, sentence in [
        (wrong, rf"merge 7 joins \({wrong[7][0]}, {wrong[7][1]}\), expected"),
        (right[:-1], "the answer has 29 merges, expected 30"),
        (np.concatenate([right, right[:1]]), "the answer has 31 merges, expected 30"),
        (right.astype(float), "an array of float64, expected an array of integers"),
        (right.tolist(), "expected an array of integers"),
        (right.ravel(), r"the shape \(60,\), expected \(merges, 2\)"),
        (np.zeros((0, 2), int), "the answer has 0 merges, expected 30"),
    ]:
        with pytest.raises(InvalidAnswer, match=sentence):
            PROBLEM.score(instance, answer)


def test_the_edge_suite_agrees_with_the_definition():
    assert sum(PROBLEM.exact(make(text)) == 0 for text in PROBLEM.suites["edge"]) >= 5


@pytest.mark.parametrize(
    "text", ["english[size=400,merges=20]", "runs[size=90,merges=9,split=false]"]
)
def test_truth_follows_every_symmetry(text, rng):
    instance = make(text)
    stored = replace(instance, data=Data(instance.data), truth=Data(instance.truth))
    found = list(PROBLEM.symmetries(stored, rng))
    assert len(found) == (3 if instance.data["split"] else 1)
    for symmetry in found:
        raw = symmetry.instance.data["text"].tobytes()
        words = words_of(raw.decode(), instance.data["split"])
        letters = {letter: k for k, letter in enumerate(sorted(set().union(*words)))}
        coded = [([letters[c] for c in word], count) for word, count in words.items()]
        state = tokens_of(coded)
        pairs, counts = state.train(len(letters), instance.data["merges"])
        truth = symmetry.instance.truth
        assert pairs == [tuple(pair) for pair in truth["merges"].tolist()]
        assert counts == truth["counts"].tolist()
        assert state.tokens == truth["tokens"]


def test_the_starter_solves():
    source = "def solve(data, rng):\n" + "".join(
        f"    {line}\n" for line in PROBLEM.starter.splitlines()
    )
    names = {"np": np}
    exec(source, names)
    for text in ("english[size=500,merges=10]", "runs[size=60,merges=5,split=false]"):
        instance = make(text)
        (answer,) = names["solve"](Data(instance.data), np.random.default_rng(0))
        assert PROBLEM.score(instance, answer)[0] == 0


def test_references_hold_on_random_words():
    draw = random.Random(7)
    words = [([draw.randrange(3) for _ in range(draw.randrange(60))], draw.randrange(1, 9))]
    words += [([0] * draw.randrange(40), draw.randrange(1, 9)) for _ in range(5)]
    assert tokens_of(words).train(3, 40)[0] == by_definition(words, 3, 40)


def test_an_instance_is_plain():
    instance = make("english[size=100,merges=3]")
    assert isinstance(instance, Instance)
    assert instance.optimum == 0
    assert _reference.words_of("", True) == {}
