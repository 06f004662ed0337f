"""LIMIT: the structure of its texts, scores, and lexical methods against vectors."""

import importlib.util
from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from bench_retrieval.limit_retrieval import _texts
from bench_retrieval.limit_retrieval._words import counts, tf_idf, tokens
from bench_retrieval.limit_retrieval.bm25 import BM25
from bench_retrieval.limit_retrieval.latent_semantic import LatentSemantic
from bench_retrieval.limit_retrieval.phrases import Phrases
from bench_retrieval.limit_retrieval.problem import LimitRetrieval
from bench_retrieval.limit_retrieval.random_projection import RandomProjection
from bench_retrieval.limit_retrieval.tf_idf import TfIdf
from harness.api import Case, Data, InvalidAnswer, InvalidCase
from harness.selectors import adapt, parse

PROBLEM = LimitRetrieval()
EVERY = (BM25(), TfIdf(), LatentSemantic(), RandomProjection(), Phrases())


def make(text, seed=0):
    family, given = parse(text)
    defaults = PROBLEM.families[family]
    adapted = {name: adapt(value, defaults[name], text) for name, value in given.items()}
    return PROBLEM.make(Case(family, {**defaults, **adapted}), np.random.default_rng(seed))


def answer_of(solver, instance, seed=0):
    *_, last = solver.solve(Data(instance.data), np.random.default_rng(seed))
    return last


def cost(solver, instance):
    return PROBLEM.score(instance, answer_of(solver, instance))[0]


def listed(text):
    return text.partition(" likes ")[2].rstrip(".").replace(" and ", ", ").split(", ")


# Texts


def test_attributes_have_the_stated_numbers_of_words(rng):
    found = _texts.attributes(rng)
    assert len(set(found)) == 1848
    lengths = [len(attribute.split()) for attribute in found]
    assert np.mean(lengths) == pytest.approx(1.56, abs=0.05)
    words = {word for attribute in found for word in attribute.split()}
    assert 2000 < len(words) < 2300


@pytest.mark.parametrize("n", [46, 300])
def test_every_query_has_two_documents_and_no_others(n):
    instance = make(f"limit[n={n}]")
    own = [set(listed(text)) for text in instance.data["documents"]]
    for query, wanted in zip(instance.data["queries"], instance.truth["wanted"], strict=True):
        thing = query.removeprefix("Who likes ").removesuffix("?")
        assert {i for i, things in enumerate(own) if thing in things} == set(wanted.tolist())


def test_the_dense_pattern_asks_for_nearly_all_pairs_of_46():
    wanted = make("limit").truth["wanted"]
    assert len({frozenset(row) for row in wanted.tolist()}) == 1000
    times = Counter(Counter(wanted.ravel().tolist()).values())
    assert times == {45: 37, 38: 2, 37: 7}
    assert (
        _texts.pairs("dense", 46, 1000, None).tolist()
        == [list(pair) for pair in combinations(range(46), 2)][:1000]
    )


def test_documents_like_about_45_things():
    for text in make("limit[n=100]").data["documents"]:
        things = listed(text)
        assert len(things) == len(set(things)) == 45


def test_other_patterns():
    assert _texts.pairs("cycle", 4, 5, None).tolist() == [[0, 1], [1, 2], [2, 3], [3, 0], [0, 1]]
    assert _texts.pairs("disjoint", 6, 3, None).tolist() == [[0, 1], [2, 3], [4, 5]]
    random = _texts.pairs("random", 50, 400, np.random.default_rng(0))
    assert (random[:, 0] != random[:, 1]).all()
    assert len(np.unique(random)) == 50


@pytest.mark.parametrize(("asked", "size"), [(1, 2), (3, 3), (4, 4), (1000, 46), (1035, 46)])
def test_the_core(asked, size):
    assert _texts.core_size(asked) == size


def test_documents_are_not_in_the_order_of_the_pairs():
    wanted = make("limit[n=2000]").truth["wanted"]
    assert wanted.min() > 0 or wanted.max() > 1000
    assert not np.array_equal(np.unique(wanted), np.arange(46))


def test_the_generator_alone_decides():
    one, same, other = (make("limit[n=60]", seed).data["documents"] for seed in (1, 1, 2))
    assert one == same
    assert one != other


# Scores


def test_the_cost_is_the_share_that_is_missed():
    instance = make("limit[n=100,k=10,queries=50]")
    wanted = instance.truth["wanted"]
    others = np.array([np.setdiff1d(np.arange(100), row)[:9] for row in wanted])
    answer = np.column_stack([others[:, 0], wanted[:, 0], others[:, 1:]])
    cost, scores = PROBLEM.score(instance, answer)
    assert cost == pytest.approx(0.5)
    assert scores == {"recall_at_2": 0.5, "recall_at_10": 0.5, "both_found": 0.0}
    assert not any(PROBLEM.items(instance, answer))
    answer[:25, -1] = wanted[:25, 1]
    assert PROBLEM.score(instance, answer)[1] == {
        "recall_at_2": 0.5,
        "recall_at_10": 0.75,
        "both_found": 0.5,
    }
    assert sum(PROBLEM.items(instance, answer)) == 25


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [[0, 1]] * 3,
        np.zeros((3, 3), int),
        np.zeros((3, 2), int),
        np.tile([0.0, 1], (3, 1)),
        np.tile([0, 9], (3, 1)),
        np.tile([0, -1], (3, 1)),
    ],
)
def test_refused_answers(answer):
    with pytest.raises(InvalidAnswer, match="the answer"):
        PROBLEM.score(make("limit[n=9,queries=3]"), answer)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("limit[n=45]", "n is 45, expected at least 46 for 1000 queries of the pattern dense"),
        ("limit[n=99,queries=50,pattern=disjoint]", "n is 99, expected at least 100"),
        ("limit[n=1,queries=1,pattern=cycle]", "n is 1, expected at least 2"),
        ("limit[queries=1001,n=100]", "queries is 1001, expected 1 to 1000"),
        ("limit[queries=0]", "queries is 0, expected 1 to 1000"),
        ("limit[k=47]", "k is 47, expected 2 to 46, the number of documents: choose another k"),
        ("limit[k=1]", "k is 1, expected 2 to 46"),
        ("limit[pattern=star]", "there is no pattern 'star'; choose one of dense, random, cycle"),
    ],
)
def test_refused_parameters(text, sentence):
    with pytest.raises(InvalidCase) as caught:
        make(text)
    assert sentence in str(caught.value)


# Solvers


def test_words():
    assert tokens("Ann-Lee likes the Dortan TREES, a X and Tea2.") == [
        "ann", "lee", "likes", "dortan", "trees", "tea2",
    ]  # fmt: skip


def test_counts_leave_out_what_no_document_has():
    found, asked = counts(["oak oak elm", "", "elm ash"], ["ash pine", "pine", ""])
    assert found.toarray().tolist() == [[2, 1, 0], [0, 0, 0], [0, 1, 1]]
    assert asked.toarray().tolist() == [[0, 0, 1], [0, 0, 0], [0, 0, 0]]


def test_tf_idf_is_that_of_scikit_learn():
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = ["oak oak elm", "elm ash birch", "ash ash ash oak"]
    found, _ = counts(texts, [])
    frequency = np.bincount(found.indices, minlength=found.shape[1])
    vectorizer = TfidfVectorizer()
    theirs = vectorizer.fit_transform(texts).toarray()
    order = [vectorizer.vocabulary_[word] for word in ("oak", "elm", "ash", "birch")]
    np.testing.assert_allclose(tf_idf(found, frequency, 3).toarray(), theirs[:, order], rtol=1e-5)


def test_bm25_by_hand():
    """Scores of the formula, written out, order the documents as the solver does."""
    rng = np.random.default_rng(3)
    vocabulary = _texts.made_up(12, rng)
    documents = [" ".join(rng.choice(vocabulary, rng.integers(1, 9))) for _ in range(30)]
    queries = [" ".join(rng.choice(vocabulary, 3, replace=False)) for _ in range(10)]
    data = Data({"documents": documents, "queries": queries, "k": 30})
    *_, found = BM25(k1=1.2, b=0.6).solve(data, rng)
    lists = [text.lower().split() for text in documents]
    mean = np.mean([len(words) for words in lists])
    for query, ranking in zip(queries, found, strict=True):
        scores = np.zeros(30)
        for word in query.lower().split():
            m = sum(word in words for words in lists)
            idf = np.log(1 + (30 - m + 0.5) / (m + 0.5))
            for i, words in enumerate(lists):
                f = words.count(word)
                scores[i] += idf * f / (f + 1.2 * (0.4 + 0.6 * len(words) / mean))
        assert (np.diff(scores[ranking]) <= 1e-5).all()


@pytest.mark.parametrize("text", ["limit", "limit[n=500]", "limit[n=500,pattern=random]"])
def test_whole_attributes_are_perfect(text):
    instance = make(text)
    assert cost(Phrases(), instance) == 0
    assert PROBLEM.exact(instance) == 0


def test_words_find_what_vectors_do_not():
    instance = make("limit[n=2000,k=10]")
    assert cost(BM25(), instance) < 0.03
    assert cost(TfIdf(), instance) < 0.03
    assert cost(LatentSemantic(), instance) > 0.8
    assert cost(LatentSemantic(dim=8), instance) > 0.95
    assert cost(RandomProjection(), instance) < 0.15  # fitted to nothing, and hardly worse
    at_random = make("limit[n=2000,k=10,pattern=random]")
    assert cost(LatentSemantic(), at_random) < 0.6  # it is the pairs that make it hard


def test_more_dimensions_find_more():
    instance = make("limit")
    costs = [cost(LatentSemantic(dim=dim), instance) for dim in (8, 16, 32, 400)]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > 0.3
    assert costs[-1] == pytest.approx(cost(TfIdf(), instance), abs=0.005)


def test_both_ways_to_singular_vectors_find_the_same(rng):
    from bench_retrieval.limit_retrieval.latent_semantic import _leading

    found, _ = counts(make("limit[n=80]").data["documents"], [])
    found = found[:, :200].astype(np.float64)
    few = _leading(found, 20, rng)  # by Lanczos
    many = _leading(found, 30, rng)[:, -20:]
    np.testing.assert_allclose(few @ few.T, many @ many.T, atol=1e-4)


@pytest.mark.parametrize("solver", EVERY, ids=lambda solver: type(solver).__name__)
def test_answers_repeat_and_are_valid_on_the_way(solver):
    instance = make("limit[n=50,k=5,queries=200]")
    answers = [
        [np.array(answer) for answer in solver.solve(Data(instance.data), np.random.default_rng(1))]
        for _ in range(2)
    ]
    assert np.array_equal(answers[0], answers[1])
    costs = [PROBLEM.score(instance, answer)[0] for answer in answers[0]]
    assert len(costs) == 4
    assert costs[-1] < costs[0]


def test_the_package_finds_the_same():
    if importlib.util.find_spec("bm25s") is None:
        pytest.skip("needs bm25s")
    from bench_retrieval.limit_retrieval.peer_bm25s import PeerBM25S

    for text in ("limit[k=10]", "limit[n=500,k=10]"):
        instance = make(text)
        assert cost(PeerBM25S(), instance) == pytest.approx(cost(BM25(), instance), abs=0.01)


@pytest.mark.parametrize(
    "make_it",
    [
        lambda: BM25(k1=-1.0),
        lambda: BM25(b=1.5),
        lambda: LatentSemantic(dim=0),
        lambda: RandomProjection(dim=0),
    ],
)
def test_refused_settings(make_it):
    with pytest.raises(ValueError, match="expected"):
        make_it()
