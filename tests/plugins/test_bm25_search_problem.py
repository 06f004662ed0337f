"""BM25 search, the problem: formulas, families, bad input, and what it accepts as an answer."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench_retrieval import _bm25_corpora, _bm25_formula
from bench_retrieval._bm25_corpora import unpacked
from bench_retrieval.bm25_search.problem import Bm25Search
from harness.api import Case, Data, InvalidAnswer, InvalidCase, Meter
from harness.selectors import adapt, parse

PROBLEM = Bm25Search()
FORMULA = {"variant": "lucene", "k1": 1.5, "b": 0.75, "delta": 0.5}

# Documents "abca", "bcd", "aaadef", "fg", "bbbbb" and the query "abg".
KNOWN = {
    "robertson": [0.192270, 0, 0.199391, 0.567026, 0],
    "lucene": [0.715866, 0.242928, 0.518796, 0.715507, 0.397417],
    "atire": [1.819812, 0.575578, 1.357468, 2.076694, 0.941614],
    "bm25l": [2.908100, 2.135472, 2.606912, 2.905720, 2.435640],
    "bm25+": [4.054353, 2.572770, 3.419333, 4.103707, 3.069450],
}


def make(text, seed=0):
    family, given_parameters = parse(text)
    defaults = PROBLEM.families[family]
    assert set(given_parameters) <= set(defaults)
    adapted = {name: adapt(value, defaults[name], text) for name, value in given_parameters.items()}
    return PROBLEM.make(Case(family, {**defaults, **adapted}), np.random.default_rng(seed))


def refusal(text):
    with pytest.raises(InvalidCase) as caught:
        make(text)
    return str(caught.value)


def documents_of(instance):
    corpus = instance.data["corpus"]
    return [corpus["tokens"][a:b].tolist() for a, b in pairwise(corpus["offsets"])]


def by_hand(documents, query, variant, k1, b, delta):
    """All scores by loops over plain lists, as the formula is written."""
    n = len(documents)
    mean = sum(map(len, documents)) / n
    scores = [0.0] * n
    for token in query:
        df = sum(token in document for document in documents)
        if df == 0:
            continue
        idf = {
            "robertson": math.log(max(1, (n - df + 0.5) / (df + 0.5))),
            "lucene": math.log(1 + (n - df + 0.5) / (df + 0.5)),
            "atire": math.log(n / df),
            "bm25l": math.log((n + 1) / (df + 0.5)),
            "bm25+": math.log((n + 1) / df),
        }[variant]
        for i, document in enumerate(documents):
            f = document.count(token)
            nb = 1 - b + b * len(document) / mean
            if variant == "bm25l":
                c = f / nb if f else 0.0
                over, under = (k1 + 1) * (c + delta), k1 + c + delta
                share = over / under if under else 0.0
            else:
                share = f / (f + k1 * nb) if f else 0.0
                if variant in ("atire", "bm25+"):
                    share *= k1 + 1
                if variant == "bm25+":
                    share += delta
            scores[i] += idf * share
    return np.array(scores)


def right_answers(instance):
    """Of each query by hand: a pair of documents and scores."""
    found = []
    for query in unpacked(instance.data["queries"]):
        formula = instance.data["formula"]
        scores = by_hand(documents_of(instance), query.tolist(), **formula)
        best = np.argsort(-scores, kind="stable")[: instance.data["k"]]
        found.append((best, scores[best]))
    return found


# Formulas


@pytest.mark.parametrize("variant", KNOWN)
def test_known_scores(variant):
    instance = make(f"toy[empty=False,variant={variant},k=5]")
    assert unpacked(instance.data["queries"])[0].tolist() == [0, 1, 6]
    frequencies = instance.truth["frequencies"]
    found = _bm25_formula.scores_of(
        instance.data["corpus"],
        {**FORMULA, "variant": variant},
        unpacked(instance.data["queries"])[0],
        np.arange(5),
        frequencies,
    )
    np.testing.assert_allclose(found, KNOWN[variant], rtol=0, atol=5.1e-7)
    assert frequencies[[0, 1, 6]].tolist() == [2, 3, 1]
    best = np.sort(KNOWN[variant])[::-1]
    np.testing.assert_allclose(instance.truth["best"][0], best, rtol=0, atol=5.1e-7)


def test_known_limits():
    counts, nb = np.array([[0, 1, 4]]), np.array([2.0])
    found = _bm25_formula.tf({**FORMULA, "k1": 0.0}, counts, nb)
    assert found.tolist() == [[0, 1, 1]]
    atire = _bm25_formula.tf({**FORMULA, "variant": "atire"}, counts, nb)
    plus = _bm25_formula.tf({**FORMULA, "variant": "bm25+", "delta": 0.0}, counts, nb)
    assert (atire == plus).all()
    lengths = np.array([1, 7, 30])
    assert (_bm25_formula.normalised_lengths({**FORMULA, "b": 0.0}, lengths, 5.0) == 1).all()
    df = np.arange(1, 9)
    same = _bm25_formula.idf("lucene", 20, df), _bm25_formula.idf("bm25l", 20, df)
    np.testing.assert_allclose(*same, rtol=1e-14)
    assert _bm25_formula.idf("robertson", 5, np.array([3, 5, 0])).tolist() == [0, 0, 0]


@given(
    st.integers(0, 10**6),
    st.sampled_from(_bm25_formula.VARIANTS),
    st.sampled_from([0.0, 1.5]),
    st.sampled_from([0.0, 0.75, 1.0]),
    st.sampled_from([0.0, 0.5]),
)
@settings(max_examples=60)
def test_the_truth_is_that_of_plain_loops(seed, variant, k1, b, delta):
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(1, 12)), 1
    formula = f"variant={variant},k1={k1},b={b},delta={delta}"
    sizes = f"n={n},terms={rng.integers(1, 9)},length={rng.integers(0, 6)},k={k}"
    instance = make(f"zipf[{sizes},queries=3,words=5,empty=0.2,unknown=0.2,{formula}]", seed)
    answers = right_answers(instance)
    for (_, scores), best in zip(answers, instance.truth["best"], strict=True):
        np.testing.assert_allclose(best, scores, rtol=1e-12, atol=1e-12)
    cost, scores = PROBLEM.score(instance, answers)
    assert cost == 0
    assert scores["largest_error"] < 1e-12


def test_pieces_make_the_same_truth(monkeypatch):
    whole = make("zipf[n=150,terms=40,length=9,queries=8,k=7]").truth
    monkeypatch.setattr(_bm25_formula, "_CELLS_AT_ONCE", 100)
    parts = make("zipf[n=150,terms=40,length=9,queries=8,k=7]").truth
    np.testing.assert_allclose(parts["best"], whole["best"], rtol=1e-13)
    assert (parts["frequencies"] == whole["frequencies"]).all()


# Families


def test_zipf_has_the_law_that_it_says():
    instance = make("zipf[n=2000,terms=50,length=30,exponent=1.0,queries=20,words=4]")
    documents = documents_of(instance)
    assert np.mean([len(d) for d in documents]) == pytest.approx(30, rel=0.05)
    assert np.std([len(d) for d in documents]) == pytest.approx(math.sqrt(30 + 30**2 / 4), rel=0.1)
    counts = np.sort(np.bincount(instance.data["corpus"]["tokens"], minlength=50))[::-1]
    law = 1 / np.arange(1, 51)
    np.testing.assert_allclose(counts / counts.sum(), law / law.sum(), atol=0.006)
    for query in unpacked(instance.data["queries"]):
        assert len(query) <= 4
        assert any(all(d.count(t) for t in query.tolist()) for d in documents)
    assert instance.sizes["tokens"] == sum(map(len, documents))


def test_zipf_can_be_odd():
    instance = make("zipf[n=400,length=5,empty=0.5,unknown=0.5,terms=20,queries=200]")
    assert 0.4 < np.mean([not d for d in documents_of(instance)]) < 0.6
    words = np.concatenate(unpacked(instance.data["queries"]))
    assert 0.4 < np.mean(words == _bm25_corpora.UNKNOWN) < 0.6
    assert not any(documents_of(make("zipf[n=5,length=0,k=2]")))


def test_english_is_english():
    instance = make("english[queries=50,words=5]")
    assert instance.sizes["n"] > 1000
    documents = {tuple(d) for d in documents_of(instance)}
    assert len(documents) == instance.sizes["n"]  # no paragraph twice
    assert min(map(len, documents)) >= 5
    for query in unpacked(instance.data["queries"])[:5]:  # phrases
        phrase = tuple(query.tolist())
        assert any(phrase == d[i : i + 5] for d in documents for i in range(len(d)))
    assert make("english[n=100]").sizes["n"] == 100


def test_limit_has_two_right_documents_for_each_query():
    instance = make("limit[n=60,likes=20,queries=100]")
    documents = documents_of(instance)
    assert {len(d) for d in documents} == {22}
    pairs = set()
    for query, best in zip(unpacked(instance.data["queries"]), instance.truth["best"], strict=True):
        assert query[0] == _bm25_corpora.UNKNOWN
        holds = [i for i, d in enumerate(documents) if query[2] in d]
        assert len(holds) == 2
        pairs.add(tuple(holds))
        assert all(query[1] in d for d in documents)
        assert best[1] > 1  # the two, and by the rare word
    assert len(pairs) == 100
    assert len({i for pair in pairs for i in pair}) == 15


def test_the_generator_alone_decides():
    for text in ("zipf[n=50]", "english[n=50]", "limit[n=40,queries=20]"):
        first, again, other = (make(text, seed).data for seed in (1, 1, 2))
        for name in ("corpus", "queries"):
            for part in ("tokens", "offsets"):
                assert (first[name][part] == again[name][part]).all()
        same = [np.array_equal(first[n]["tokens"], other[n]["tokens"]) for n in ("corpus",)]
        assert not all(same)


def test_a_text_of_the_user(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text(
        "One two three, four: FIVE.\n\nHeading\n\n two Äpfel five\nsix seven\n\n", "utf-8"
    )
    instance = make(f"file[path={path},k=2,queries=3,words=2]")
    assert [len(d) for d in documents_of(instance)] == [5, 5]
    first, second = documents_of(instance)
    assert len(set(first) & set(second)) == 2


def test_events_are_the_queries():
    instance = make("toy")
    events = PROBLEM.open(Data(instance.data), Meter())
    assert events.k == 3
    assert events.formula.as_dict() == FORMULA
    assert events.corpus.n_terms == 8
    queries = []
    for query in events:
        queries.append(query.tolist())
        events.decided()
    assert queries[:3] == [[0, 1, 6], [], [-1]]


# Bad input


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("zipf[n=5,k=6]", "k is 6, expected 1 to 5"),
        ("toy[k=7]", "k is 7, expected 1 to 6"),
        ("zipf[n=5,k=0]", "k is 0, expected 1 to 5"),
        ("zipf[n=0]", "n is 0, expected at least 1"),
        ("zipf[terms=0]", "terms is 0"),
        ("zipf[length=-1]", "length is -1"),
        ("zipf[terms=3000000000]", "terms is 3000000000, expected at most 2147483647"),
        ("zipf[queries=0]", "queries is 0, expected at least 1"),
        ("english[queries=-2]", "queries is -2, expected at least 1"),
        ("english[unknown=2.0]", "unknown is 2.0, expected a share"),
        ("limit[queries=0]", "queries is 0, expected at least 1"),
        ("zipf[empty=1.5]", "empty is 1.5, expected a share"),
        ("zipf[unknown=-0.1]", "unknown is -0.1"),
        ("zipf[n=20,variant=bm26]", "no variant 'bm26'; choose one of robertson, lucene"),
        ("zipf[n=20,k1=-1.0]", "k1 is -1.0"),
        ("zipf[n=20,k1=1e7]", "k1 is 10000000.0"),
        ("zipf[n=20,b=1.1]", "b is 1.1"),
        ("zipf[n=20,delta=-0.5]", "delta is -0.5"),
        ("english[n=1000000]", "but the text has"),
        ("limit[n=10,queries=100]", "need 15 people who like 14 things"),
        ("limit[likes=5,queries=100]", "likes is 5"),
        ("file", "write file[path=my.txt,k=10]"),
        ("file[path=/no/such/text]", "cannot be read (No such file"),
    ],
)
def test_bad_cases_are_told(text, says):
    assert says in refusal(text)


def test_an_empty_corpus_is_told(tmp_path):
    path = tmp_path / "empty.txt"
    path.write_text("")
    assert "the corpus is empty" in refusal(f"file[path={path}]")


def test_a_text_that_is_not_utf8_is_told(tmp_path):
    path = tmp_path / "latin.txt"
    path.write_bytes("fünf".encode("latin-1"))
    assert "is not UTF-8 (byte 1)" in refusal(f"file[path={path}]")


# Answers


@pytest.fixture
def instance():
    return make("zipf[n=50,terms=30,length=12,queries=4,k=3]")


def test_right_answers_cost_nothing(instance):
    answers = right_answers(instance)
    assert PROBLEM.score(instance, answers)[0] == 0
    assert PROBLEM.score(instance, answers[:3])[0] == 1  # one is not answered
    assert PROBLEM.score(instance, [])[0] == 4
    as_lists = [(documents.tolist(), scores.tolist()) for documents, scores in answers]
    cost, scores = PROBLEM.score(instance, as_lists)
    assert cost == 0
    assert scores["largest_error"] < 1e-12
    single = [(d, s.astype(np.float32)) for d, s in answers]
    assert 1e-9 < PROBLEM.score(instance, single)[1]["largest_error"] < 1e-6
    assert (PROBLEM.normal(instance, single) == PROBLEM.normal(instance, answers)).all()
    assert len(PROBLEM.normal(instance, answers[:2])) == 2


def test_equal_scores_may_be_chosen_from():
    instance = make("toy")
    answers = right_answers(instance)
    answers[1] = np.array([5, 3, 4]), np.zeros(3)  # the empty query
    assert PROBLEM.score(instance, answers)[0] == 0


def wrong(answers, number, documents=None, scores=None):
    changed = list(answers)
    first, second = changed[number]
    changed[number] = (
        first if documents is None else documents,
        second if scores is None else scores,
    )
    return changed


def refused(instance, answers):
    with pytest.raises(InvalidAnswer) as caught:
        PROBLEM.score(instance, answers)
    return str(caught.value)


def test_wrong_answers_are_told(instance):
    answers = right_answers(instance)
    documents, scores = answers[1]
    nearly = scores * np.array([1, 1 + 3e-6, 1])
    worst = np.setdiff1d(np.arange(50), documents)
    lesser = np.array([*documents[:2], worst[0]])
    query = unpacked(instance.data["queries"])[1].tolist()
    all_scores = by_hand(documents_of(instance), query, **instance.data["formula"])
    told = all_scores[lesser]
    for changed, says in [
        (wrong(answers, 1, scores=nearly), "query 1: document"),
        (wrong(answers, 1, scores=scores * np.nan), "query 1: a score is nan"),
        (wrong(answers, 1, lesser, told), "is missing, place 2"),
        (wrong(answers, 1, documents[::-1], scores[::-1]), "expected falling scores"),
        (wrong(answers, 2, documents=[0, 0, 1]), "query 2: document 0 is there 2 times"),
        (wrong(answers, 0, documents=[0, 50, 1]), "query 0: there is no document 50"),
        (wrong(answers, 0, documents=[0, -1, 1]), "there is no document -1, expected 0..49"),
        (wrong(answers, 0, documents=[0.0, 1.0, 2.0]), "expected whole numbers"),
        (wrong(answers, 0, documents=[0, 1]), "has the shape (2,), expected numbers of the"),
        (wrong(answers, 0, documents=[[0], [1, 2], []]), "is ragged"),
        (wrong(answers, 0, documents="abc"), "is a str, expected numbers of the shape (3,)"),
        (wrong(answers, 0, scores=np.array([True, False, True])), "holds bool"),
        ([*answers[:2], None, answers[3]], "query 2: the answer is of type NoneType"),
        ([*answers, answers[0]], "5 answers to 4 queries"),
    ]:
        assert says in refused(instance, changed)


def test_symmetries_keep_the_truth(rng):
    instance = make("zipf[n=40,terms=30,length=8,queries=6,unknown=0.2,empty=0.1,k=4]")
    found = list(PROBLEM.symmetries(instance, rng))
    assert len(found) == 3
    for symmetry in found:
        best = symmetry.instance.truth["best"]
        np.testing.assert_allclose(best, instance.truth["best"], rtol=1e-12)
        answers = symmetry.back(right_answers(symmetry.instance))
        assert PROBLEM.score(instance, answers)[0] == 0
