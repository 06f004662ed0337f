"""The board of BPE encoding and its solvers."""

import importlib

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bench_text._corpus import english
from bench_text.bpe_encoding import _truth
from bench_text.bpe_encoding._rules import rules_of
from bench_text.bpe_encoding._strings import strings_of
from bench_text.bpe_encoding.distinct_pieces import DistinctPieces
from bench_text.bpe_encoding.lowest_first import LowestFirst
from bench_text.bpe_encoding.problem import BPEEncoding
from bench_text.bpe_encoding.python_words import PythonWords
from bench_text.bpe_training._reference import Tokens, pieces_of
from harness.api import Data, InvalidAnswer, InvalidCase
from harness.cases import make_case
from harness.instances import case_rng
from harness.selectors import parse

PROBLEM = BPEEncoding()
OURS = [LowestFirst, DistinctPieces, PythonWords]
CASES = [text for suite in ("smoke", "edge") for text in PROBLEM.suites[suite]]
PEERS = {"tiktoken": "PeerTiktoken", "tokenizers": "PeerTokenizers"}


def make(text):
    case = make_case("bpe_encoding", PROBLEM, text)
    return PROBLEM.make(case, case_rng("bpe_encoding", case))


def as_bytes(text):
    return np.frombuffer(text.encode(), np.uint8)


def solve(solver, text, merges):
    data = Data({"text": as_bytes(text), "merges": np.array(merges, np.int32).reshape(-1, 2)})
    (answer,) = solver().solve(data, np.random.default_rng(0))
    return answer.tolist()


@pytest.fixture(params=sorted(PEERS))
def peer(request):
    pytest.importorskip(request.param, reason="a rival, installed on demand")
    module = importlib.import_module(f"bench_text.bpe_encoding.peer_{request.param}")
    return getattr(module, PEERS[request.param])


# The truth

letters = st.sampled_from("aab \n\u3000é")


@settings(max_examples=150)
@given(st.text(letters, min_size=1, max_size=80), st.text(letters, min_size=1, max_size=50))
def test_one_merge_after_the_other_is_the_definition(trained_on, text):
    merges = _truth.trained(as_bytes(trained_on), 15)
    tokens, counts = _truth.encoded(as_bytes(text), merges)
    assert tokens.tolist() == _truth.by_definition(as_bytes(text), merges.tolist())
    assert len(counts) == len(pieces_of(text))
    assert counts.sum() == len(tokens)
    for solver in OURS:
        assert solve(solver, text, merges) == tokens.tolist()


def test_the_training_text_gets_the_training_tokens():
    text = np.frombuffer(english()[:20_000], np.uint8)
    words, _, weight = _truth._pieces(text)
    state = Tokens(words, weight)
    pairs, _ = state.train(256, 400)
    tokens, _ = _truth.encoded(text, np.array(pairs, np.int32))
    assert len(tokens) == state.tokens


def test_tokens_spell_the_text():
    instance = make("scripts[size=3000,merges=100,train=2000]")
    strings = strings_of(instance.data["merges"])
    spelled = b"".join(strings[token] for token in instance.truth["tokens"])
    assert spelled == instance.data["text"].tobytes()
    assert len(instance.truth["tokens"]) < len(spelled)


@settings(max_examples=60)
@given(st.text(st.sampled_from("aab "), min_size=1, max_size=200))
def test_a_trained_token_comes_out_as_itself(text):
    """The reason why packages that know tokens by their bytes give the same answer."""
    merges = _truth.trained(as_bytes(text), 30)
    strings = strings_of(merges)
    assert len(set(strings)) == len(strings)
    for token, string in enumerate(strings[256:], 256):
        assert solve(LowestFirst, string.decode(), merges) == [token]


# Solvers


@pytest.mark.parametrize("text", CASES)
@pytest.mark.parametrize("solver", OURS)
def test_cases_are_solved(solver, text):
    instance = make(text)
    (answer,) = solver().solve(Data(instance.data), np.random.default_rng(0))
    assert PROBLEM.score(instance, answer)[0] == 0


@pytest.mark.parametrize("text", [*CASES, "generated[size=100000,merges=2000,train=300000]"])
def test_packages_agree(peer, text):
    instance = make(text)
    (answer,) = peer().solve(Data(instance.data), np.random.default_rng(0))
    assert PROBLEM.score(instance, answer)[0] == 0


units = st.sampled_from(["a", "b", "ab", "ba", "aab", "abab", "é", " ", "a ", "\u3000", "\n"])
periodic = st.lists(st.tuples(units, st.integers(1, 40)), min_size=1, max_size=5).map(
    lambda parts: "".join(unit * times for unit, times in parts)
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trained_on=periodic, text=periodic)
@example(trained_on="a" * 64, text="a" * 333)
@example(trained_on="ab" * 40, text="ba" * 90)
def test_packages_agree_on_runs_and_periods(peer, trained_on, text):
    """Any text, also where its runs are not those that the merges were made of."""
    merges = _truth.trained(as_bytes(trained_on), 30)
    expected = _truth.by_definition(as_bytes(text), merges.tolist())
    for solver in (*OURS, peer):
        assert solve(solver, text, merges) == expected, solver.__name__


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_parts_for_the_package_end_where_pieces_do(size, monkeypatch):
    pytest.importorskip("tokenizers", reason="a rival, installed on demand")
    package = importlib.import_module("bench_text.bpe_encoding.peer_tokenizers")
    monkeypatch.setattr(package, "_PART", size)
    for text in ("ab cd  efgh\u3000\u3000i ", "abcdefgh", "   ", " a", ""):
        parts = package._parts(text)
        assert [piece for part in parts for piece in pieces_of(part)] == pieces_of(text)
    assert len(package._parts("abcd ef gh ")) == (4 if size <= 3 else 2)
    merges = _truth.trained(as_bytes("abc abd abe"), 6)
    expected = _truth.by_definition(as_bytes("abc  abd abe \n"), merges.tolist())
    assert solve(package.PeerTokenizers, "abc  abd abe \n", merges) == expected


@pytest.mark.parametrize("solver", OURS)
def test_known_tokens(solver):
    merges = [(97, 97), (256, 98), (32, 257), (258, 256)]
    assert solve(solver, "aaabaa aabaa", merges) == [256, 97, 98, 256, 259]
    assert solve(solver, "aab", []) == [97, 97, 98]
    assert solve(solver, "é", merges) == [0xC3, 0xA9]
    assert solve(solver, "aa  ", merges) == [256, 32, 32]


@pytest.mark.parametrize("solver", OURS)
def test_the_lowest_merge_goes_first_wherever_it_stands(solver):
    merges = [(98, 99), (97, 98), (256, 100)]
    assert solve(solver, "abcd", merges) == [97, 258]


@pytest.mark.parametrize("solver", [LowestFirst, DistinctPieces])
def test_no_text_has_no_tokens(solver):
    assert solve(solver, "", [(97, 97)]) == []


@pytest.mark.parametrize(
    ("merges", "sentence"),
    [
        ([(97, 256)], "merge 0 joins .97, 256.; expected two ids from 0 to 255"),
        ([(97, 98), (256, 257)], "merge 1 joins .256, 257.; expected two ids from 0 to 256"),
        ([(97, 98), (97, 98)], "merge 1 joins .97, 98.; expected .* no pair twice"),
        ([(-1, 98)], "merge 0 joins .-1, 98."),
    ],
)
def test_merges_that_cannot_be_are_refused(merges, sentence):
    with pytest.raises(ValueError, match=sentence):
        rules_of(np.array(merges, np.int32))


# The board


@pytest.mark.parametrize("suite", sorted(PROBLEM.suites))
def test_suites_name_families_and_their_parameters(suite):
    for text in PROBLEM.suites[suite]:
        family, given_parameters = parse(text)
        assert set(given_parameters) <= set(PROBLEM.families[family])


@pytest.mark.parametrize("family", ["english", "runs", "fibonacci", "scripts"])
def test_families_give_the_merges_that_they_ask_for(family):
    for draw in range(2):
        instance = make(f"{family}[draw={draw}]" if draw else family)
        assert instance.sizes["merges"] == PROBLEM.families[family]["merges"]


def test_the_edge_suite_agrees_with_the_definition():
    assert sum(PROBLEM.exact(make(text)) == 0 for text in PROBLEM.suites["edge"]) >= 5


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("english[size=0]", "size is 0, expected 1 or more"),
        ("english[train=200000]", "train is 200000, but the English text has"),
        ("english[size=200000]", "size is 200000, but the English text has"),
        ("generated[merges=-2]", "merges is -2, expected 0 or more, or -1 for all"),
        ("english[merges=154,train=300]", "merges is 154, but the training text gives 153, after"),
        ("generated[train=0]", "train is 0, expected 1 byte or more"),
        ("file[train=-4]", "train is -4, expected 1 byte or more"),
        ("file", "cannot be read"),
    ],
)
def test_refused_parameters(text, sentence):
    with pytest.raises(InvalidCase, match=sentence):
        make(text)


def test_files_of_the_user(tmp_path):
    path = tmp_path / "mine.txt"
    for raw, sentence in {b"": "the text is empty", b"a\xffb": "the text is not UTF-8"}.items():
        path.write_bytes(raw)
        with pytest.raises(InvalidCase, match=sentence):
            make(f"file[path={path}]")
    path.write_bytes("ää ää ää".encode())
    instance = make(f"file[path={path},merges=3,train=8]")  # cuts a letter
    assert instance.data["merges"].tolist() == [[0xC3, 0xA4], [32, 256], [256, 256]]
    assert instance.truth["tokens"].tolist() == [258, 257, 256, 257, 256]
    assert len(make(f"file[path={path},merges=-1,train=1]").data["merges"]) == 0
    assert len(make(f"file[path={path},merges=-1,train=14]").data["merges"]) == 3


def test_what_is_wrong_is_told():
    instance = make("english[size=500,merges=30,train=500]")
    right = instance.truth["tokens"]
    assert PROBLEM.score(instance, right)[0] == 0
    wrong = right.copy()
    wrong[20] += 1
    for answer, sentence in [
        (wrong, f"token 20 is {wrong[20]}, expected {right[20]}; all before it are right"),
        (right[:-1], f"the answer has {len(right) - 1} tokens, expected {len(right)}"),
        (np.append(right, 0), f"the answer has {len(right) + 1} tokens, expected {len(right)}"),
        (right.astype(float), "an array of float64, expected an array of integers"),
        (right.tolist(), "expected an array of integers"),
        (right[None], "the answer has 2 dimensions, expected 1"),
    ]:
        with pytest.raises(InvalidAnswer, match=sentence):
            PROBLEM.score(instance, answer)


@pytest.mark.parametrize("text", ["english[size=900,merges=60]", "scripts[size=300,merges=40]"])
def test_tokens_follow_permuted_pieces(text, rng):
    instance = make(text)
    (symmetry,) = PROBLEM.symmetries(instance, rng)
    turned = symmetry.instance
    assert turned.data["text"].tobytes() != instance.data["text"].tobytes()
    (answer,) = LowestFirst().solve(Data(turned.data), rng)
    assert PROBLEM.score(turned, answer)[0] == 0
    assert PROBLEM.score(instance, symmetry.back(answer))[0] == 0


def test_the_starter_solves():
    source = "def solve(data, rng):\n" + "".join(
        f"    {line}\n" for line in PROBLEM.starter.splitlines()
    )
    names = {"np": np}
    exec(source, names)
    instance = make("english[size=500,merges=10,train=500]")
    (answer,) = names["solve"](Data(instance.data), np.random.default_rng(0))
    assert PROBLEM.score(instance, answer)[0] == 0
