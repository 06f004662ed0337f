"""Solvers of term extraction: base methods, SemRe-Rank by definition, its rivals."""

import math
from itertools import pairwise

import numpy as np
import pytest

from bench_text.term_extraction._bases import BASES, nested, phrases_of
from bench_text.term_extraction._candidates import occurrences
from bench_text.term_extraction._revision import revised, seed_words
from bench_text.term_extraction.basic import Basic
from bench_text.term_extraction.c_value import CValue
from bench_text.term_extraction.combo_basic import ComboBasic
from bench_text.term_extraction.peer_networkx import PeerNetworkX
from bench_text.term_extraction.problem import TermExtraction
from bench_text.term_extraction.random_importance import RandomImportance
from bench_text.term_extraction.random_order import RandomOrder
from bench_text.term_extraction.ridf import RIDF
from bench_text.term_extraction.seed_similarity import SeedSimilarity
from bench_text.term_extraction.seed_words import SeedWords
from bench_text.term_extraction.semre_rank import SemReRank
from bench_text.term_extraction.textrank_words import TextRankWords
from bench_text.term_extraction.textrank_words import _graph as textrank_graph
from bench_text.term_extraction.tf import TF
from bench_text.term_extraction.tf_idf import TFIDF
from bench_text.term_extraction.weirdness import Weirdness
from harness.api import Data
from harness.cases import make_case
from harness.instances import case_rng

PROBLEM = TermExtraction()
SMALL = PROBLEM.suites["smoke"][0]
BASE_SOLVERS = [TF(), TFIDF(), CValue(), RIDF(), Weirdness(), Basic(), ComboBasic()]
OURS = [
    *BASE_SOLVERS,
    RandomOrder(),
    RandomImportance(),
    SeedWords(),
    SeedSimilarity(),
    TextRankWords(),
    TextRankWords(seeds=False),
    SemReRank(),
    SemReRank(seeds=False),
    SemReRank(base="ridf", rule="add"),
    SemReRank(base="equal"),
]
WITH_BASE = [SemReRank, SeedWords, SeedSimilarity, TextRankWords, RandomImportance]


def make(text):
    case = make_case("term_extraction", PROBLEM, text)
    return PROBLEM.make(case, case_rng("term_extraction", case))


def last(solver, data, seed=0):
    *_, answer = solver.solve(data, np.random.default_rng(seed))
    return answer


@pytest.fixture(scope="module")
def small():
    return make(SMALL)


@pytest.fixture(scope="module")
def planted():
    return make("planted")


def by_hand(texts, phrases, vectors=None, confirmed=(), background=None, size=100):
    """The data of a corpus that is written down."""
    words = np.array([w for text in texts for w in text])
    documents = np.cumsum([0, *map(len, texts)])
    vocabulary = 1 + max(int(words.max()), *(max(p) for p in phrases))
    starts, found, counts = occurrences(words, documents, vocabulary, phrases)
    return Data(
        {
            "words": words.astype(np.int32),
            "documents": documents,
            "vocabulary": vocabulary,
            "candidate_words": np.array([w for p in phrases for w in p], np.int32),
            "candidates": np.cumsum([0, *map(len, phrases)]),
            "found_starts": starts,
            "found": found,
            "counts": counts,
            "vectors": np.eye(vocabulary, dtype=np.float32) if vectors is None else vectors,
            "background": np.zeros(len(phrases), int) if background is None else background,
            "background_size": size,
            "checked": np.array(confirmed, np.int32),
            "confirmed": np.array(confirmed, np.int32),
            "cutoffs": np.array([1]),
        }
    )


def solved(matrix, restart, damping=0.85):
    """The fixed point, by a linear system."""
    step = matrix / matrix.sum(axis=0)
    return np.linalg.solve(np.eye(len(matrix)) - damping * step, (1 - damping) * restart)


def circle(degrees):
    turned = np.deg2rad(degrees)
    return np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)


# Base methods

TEXTS = [[0, 1, 2, 0, 1], [0, 1, 2, 3], [3, 3], [4, 0]]
PHRASES = [(0, 1), (0, 1, 2), (3,), (0,), (4,)]
OFTEN = [3, 2, 3, 4, 1]
SPREAD = [2, 2, 2, 3, 1]


def test_base_methods_by_hand():
    data = by_hand(TEXTS, PHRASES, background=np.array([0, 0, 9, 3, 0]), size=50)
    log, log2 = math.log, math.log2
    # (0, 1) lies in (0, 1, 2); (0,) in both.
    expected = {
        "equal": [1, 1, 1, 1, 1],
        "tf": OFTEN,
        "tf_idf": [f * log(4 / d) for f, d in zip(OFTEN, SPREAD, strict=True)],
        "ridf": [
            log2(4 / d) + log2(1 - math.exp(-f / 4)) for f, d in zip(OFTEN, SPREAD, strict=True)
        ],
        "weirdness": [
            (f / 13) / ((b + 1) / 50) for f, b in zip(OFTEN, [0, 0, 9, 3, 0], strict=True)
        ],
        "c_value": [
            log2(2.1) * (3 - 2),
            log2(3.1) * 2,
            log2(1.1) * 3,
            log2(1.1) * (4 - (3 + 2) / 2),
            log2(1.1) * 1,
        ],
        "basic": [2 * log(3) + 0.72, 3 * log(2), log(3), log(4), 0],
        "combo_basic": [2 * log(3) + 0.75 + 0.1, 3 * log(2) + 0.2, log(3), log(4), 0],
    }
    assert expected.keys() == BASES.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(BASES[name](data), values, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("solver", BASE_SOLVERS, ids=lambda one: type(one).__name__)
def test_base_solvers_yield_the_scores_that_others_revise(solver, small):
    name = {"TF": "tf", "TFIDF": "tf_idf", "CValue": "c_value", "ComboBasic": "combo_basic"}.get(
        type(solver).__name__, type(solver).__name__.lower()
    )
    data = Data(small.data)
    np.testing.assert_array_equal(last(solver, data), BASES[name](data))


def test_parameters_of_base_methods():
    data = by_hand(TEXTS, PHRASES)
    np.testing.assert_allclose(last(Basic(alpha=5.0), data)[0], 2 * math.log(3) + 5)
    np.testing.assert_allclose(
        last(ComboBasic(2.0, 3.0), data)[:2], [2 * math.log(3) + 5, 3 * math.log(2) + 6]
    )


def test_nesting_by_definition(small):
    data = Data(small.data)
    phrases = phrases_of(data)
    expected = sorted(
        (i, k)
        for k, long in enumerate(phrases)
        for i, short in enumerate(phrases)
        if i != k and any(long[s : s + len(short)] == short for s in range(len(long)))
    )
    assert list(zip(*(part.tolist() for part in nested(data)), strict=True)) == expected
    assert expected


def test_a_part_that_is_there_twice_is_nested_once():
    shorter, longer = nested(by_hand([[0, 0, 0]], [(0,), (0, 0), (0, 0, 0)]))
    assert list(zip(shorter.tolist(), longer.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 2)]


# Revised scores


def test_revision_by_hand():
    data = by_hand([[0, 1, 2]], [(0,), (0, 1), (2, 2, 1)])
    worth = np.array([0.5, 1.0, 0.0])
    base = np.array([2.0, 4.0, 1.0])
    np.testing.assert_allclose(
        revised(data, base, worth), [0.5 * 1.5, 1.0 * 1.75, 0.25 * (1 + 1 / 3)]
    )
    np.testing.assert_allclose(
        revised(data, base, worth, "add"), [0.5 + 0.5, 1.0 + 0.75, 0.25 + 1 / 3]
    )
    # Negative scores are shifted: 2, 0 and 4 after that.
    np.testing.assert_allclose(
        revised(data, np.array([0.0, -2.0, 2.0]), worth), [0.5 * 1.5, 0, 4 / 3]
    )
    assert revised(data, np.zeros(3), worth).tolist() == [0, 0, 0]


def test_equal_worth_keeps_the_ranking(small, rng):
    data = Data(small.data)
    base = rng.random(len(data.candidates) - 1)
    for worth in (0.0, 0.3, 1.0):
        scores = revised(data, base, np.full(data.vocabulary, worth))
        np.testing.assert_array_equal(np.argsort(scores), np.argsort(base))


def test_no_score_more_than_doubles(small):
    data = Data(small.data)
    for name in ("tf", "tf_idf", "weirdness", "basic"):
        base = BASES[name](data)
        factors = last(SemReRank(base=name), data)[base > 0] * base.max() / base[base > 0]
        assert factors.min() >= 1 - 1e-12
        assert factors.max() <= 2 + 1e-12
        assert factors.max() > 1.3


def test_seed_words():
    data = by_hand([[0, 1, 2, 3]], [(0, 1), (1, 2), (3,)], confirmed=[1])
    assert seed_words(data).tolist() == [False, True, True, False]
    found = last(SeedWords(base="equal", weight=3.0), data)
    np.testing.assert_allclose(found, [1 + 3 / 2, 1 + 3, 1])


def test_seed_similarity_by_hand():
    data = by_hand([[0, 1, 2, 3]], [(0,), (1,), (2,), (3,)], circle([0, 60, 150, 60]), [0])
    found = last(SeedSimilarity(base="equal"), data)
    np.testing.assert_allclose(found, [2, 1.5, 1, 1.5], atol=1e-6)


def test_a_seed_without_a_vector_is_worth_as_much():
    vectors = circle([0, 60])
    vectors[0] = 0
    data = by_hand([[0, 1]], [(0,), (1,)], vectors, [0])
    np.testing.assert_allclose(last(SeedSimilarity(base="equal"), data), [2, 1])


def test_textrank_graph_by_definition(small):
    data = Data(small.data)
    allowed = set(data.candidate_words.tolist())
    for window in (2, 10):
        expected = np.zeros((data.vocabulary, data.vocabulary))
        for first, end in pairwise(data.documents.tolist()):
            text = data.words[first:end].tolist()
            for i, v in enumerate(text):
                for w in text[i + 1 : i + window]:
                    if v != w and v in allowed and w in allowed:
                        expected[v, w] += 1
                        expected[w, v] += 1
        weights, words = textrank_graph(data, window)
        assert words.tolist() == np.flatnonzero(expected.any(axis=0)).tolist()
        np.testing.assert_array_equal(weights.toarray(), expected[np.ix_(words, words)])


def test_textrank_words_by_definition(small):
    data = Data(small.data)
    weights, words = textrank_graph(data, 10)
    for seeds in (True, False):
        here = seed_words(data)[words].astype(float) if seeds else np.ones(len(words))
        ranks = solved(weights.toarray(), here / here.sum())
        worth = np.zeros(data.vocabulary)
        worth[words] = ranks / ranks.max()
        found = last(TextRankWords(base="tf", seeds=seeds), data)
        np.testing.assert_allclose(found, revised(data, BASES["tf"](data), worth), rtol=2e-3)


# Solvers on the board


@pytest.mark.parametrize("text", PROBLEM.suites["edge"])
@pytest.mark.parametrize("solver", OURS, ids=str)
def test_cases_are_solved(solver, text):
    instance = make(text)
    cost, _ = PROBLEM.score(instance, last(solver, Data(instance.data)))
    assert instance.optimum - 1e-12 <= cost <= 1


@pytest.mark.parametrize("solver", OURS[:7] + OURS[9:], ids=str)
def test_no_solver_goes_by_an_order(solver, small):
    """Candidates, documents and words in another order, vectors in a mirror: the same scores."""
    before = last(solver, Data(small.data))
    for symmetry in PROBLEM.symmetries(small, np.random.default_rng(3)):
        after = symmetry.back(last(solver, Data(symmetry.instance.data)))
        np.testing.assert_allclose(after, before, rtol=1e-5, atol=1e-7, err_msg=symmetry.name)


def test_the_peer_gives_the_same_scores(small):
    pytest.importorskip("networkx", reason="a rival, installed on demand")
    for options in ({}, {"base": "tf", "seeds": False}, {"top": 0.05, "least": 0.3}):
        data = Data(small.data)
        np.testing.assert_allclose(
            last(PeerNetworkX(**options), data), last(SemReRank(**options), data), rtol=1e-9
        )


@pytest.mark.parametrize("base", ["tf", "tf_idf", "c_value", "weirdness", "basic", "combo_basic"])
def test_semantic_importance_finds_more_terms_than_the_base(base, planted):
    data = Data(planted.data)
    gain = PROBLEM.score(planted, BASES[base](data))[0]
    gain -= PROBLEM.score(planted, last(SemReRank(base=base), data))[0]
    assert gain > 0.01


def test_seeds_and_vectors_are_what_helps(planted):
    data = Data(planted.data)

    def cost(solver):
        return PROBLEM.score(planted, last(solver, data))[0]

    assert cost(SemReRank()) < cost(SemReRank(seeds=False)) - 0.02
    assert cost(SemReRank()) < cost(TextRankWords()) < cost(RandomImportance()) - 0.05
    assert cost(SemReRank()) < cost(RandomImportance()) - 0.1
    assert cost(RandomOrder()) > 0.7
    assert cost(SemReRank(base="equal")) < 0.25


def test_random_solvers_draw_from_their_generator(small):
    data = Data(small.data)
    for solver in (RandomOrder(), RandomImportance()):
        assert last(solver, data, 1).tolist() == last(solver, data, 1).tolist()
        assert last(solver, data, 1).tolist() != last(solver, data, 2).tolist()


@pytest.mark.parametrize("kind", [*WITH_BASE, PeerNetworkX])
def test_refused_bases(kind):
    with pytest.raises(ValueError, match="base is 'chi', expected one of equal, tf, tf_idf"):
        kind(base="chi")


@pytest.mark.parametrize(
    ("kind", "given", "sentence"),
    [
        (SemReRank, {"rule": "mean"}, "rule is 'mean', expected one of multiply, add"),
        (SemReRank, {"top": 0.0}, "top is 0.0"),
        (SemReRank, {"top": 1.5}, "top is 1.5"),
        (SemReRank, {"least": 0.0}, "least is 0.0"),
        (SemReRank, {"damping": 1.0}, "damping is 1.0"),
        (SemReRank, {"damping": -0.1}, "damping is -0.1"),
        (SeedWords, {"weight": -1.0}, "weight is -1.0"),
        (TextRankWords, {"window": 1}, "window is 1"),
    ],
)
def test_refused_settings(kind, given, sentence):
    with pytest.raises(ValueError, match=sentence):
        kind(**given)


def test_a_budget_is_heard(small):
    """A valid answer comes before the work, and between its parts."""
    data = Data(small.data)
    answers = list(SemReRank().solve(data, None))
    assert len(answers) >= 3
    np.testing.assert_array_equal(answers[0], BASES["tf_idf"](data))
