"""Multi-vector search: instances, truths, scores, and cases that are none."""

import tracemalloc

import numpy as np
import pytest

from bench_retrieval.multi_vector_search import _families
from bench_retrieval.multi_vector_search._truth import _length, all_similarities
from bench_retrieval.multi_vector_search.problem import MultiVectorSearch
from harness.api import Case, Data, InvalidAnswer, InvalidCase, Meter
from harness.selectors import adapt, parse

PROBLEM = MultiVectorSearch()
SMALL = {
    "topics": "topics[n=60,queries=5,dim=12,tokens=8,query_tokens=6,k=4]",
    "isotropic": "isotropic[n=60,queries=5,dim=12,tokens=8,query_tokens=6,k=4]",
    "digits": "digits[n=60,queries=5,k=4]",
    "grid": "grid[n=60,queries=5,k=4]",
}


def make(text, seed=0):
    family, given = parse(text)
    defaults = PROBLEM.families[family]
    adapted = {name: adapt(value, defaults[name], text) for name, value in given.items()}
    return PROBLEM.make(Case(family, {**defaults, **adapted}), np.random.default_rng(seed))


def similarity(query, document):
    """By the definition, in Python."""
    return sum(
        max(sum(float(a) * float(b) for a, b in zip(q, p, strict=True)) for p in document)
        for q in query
    )


def parts(data, what="tokens", offsets="offsets"):
    return [data[what][a:b] for a, b in zip(data[offsets], data[offsets][1:], strict=False)]


@pytest.mark.parametrize("text", SMALL.values(), ids=SMALL)
def test_the_truth_is_that_of_the_definition(text):
    instance = make(text)
    documents = parts(instance.data)
    answers = []
    for query in parts(instance.data, "queries", "query_offsets"):
        found = np.array([similarity(query, document) for document in documents])
        answers.append(np.argsort(-found, kind="stable")[: instance.data["k"]])
    cost, scores = PROBLEM.score(instance, answers)
    assert cost == 0
    assert scores == {"recall": 1.0, "recall_at_1": 1.0, "answered": 1.0}
    assert PROBLEM.exact(instance) == 0


@pytest.mark.parametrize("text", SMALL.values(), ids=SMALL)
def test_blocks_make_the_same_similarities(text, monkeypatch):
    instance = make(text)
    corpus = _families.Sets(instance.data["tokens"], instance.data["offsets"])
    queries = _families.Sets(instance.data["queries"], instance.data["query_offsets"])
    whole = all_similarities(corpus, queries)
    monkeypatch.setattr("bench_retrieval.multi_vector_search._truth._PRODUCTS", 100)
    np.testing.assert_allclose(all_similarities(corpus, queries), whole, atol=1e-5)


@pytest.mark.parametrize("text", SMALL.values(), ids=SMALL)
def test_the_generator_alone_decides(text):
    one, same, other = (make(text, seed).data["tokens"] for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("family", ["topics", "isotropic", "digits"])
def test_most_tokens_have_length_one(family):
    data = make(SMALL[family]).data
    for name in ("tokens", "queries"):
        np.testing.assert_allclose(np.linalg.norm(data[name], axis=1), 1, rtol=1e-5)


def test_queries_of_digits_are_not_in_the_corpus():
    instance = make("digits[n=1000,queries=50,k=1]")
    corpus = {part.tobytes() for part in parts(instance.data)}
    queries = {part.tobytes() for part in parts(instance.data, "queries", "query_offsets")}
    assert len(corpus & queries) <= 1  # two images may be equal


def test_events_are_the_queries_and_hold_the_corpus():
    instance = make(SMALL["topics"])
    events = PROBLEM.open(Data(instance.data), Meter())
    assert np.array_equal(events.tokens, instance.data["tokens"])
    assert events.k == 4
    for expected in parts(instance.data, "queries", "query_offsets"):
        assert np.array_equal(next(events), expected)
        events.decided()
    with pytest.raises(StopIteration):
        next(events)


def test_queries_that_are_not_answered_have_found_nothing():
    instance = make(SMALL["grid"])
    items = instance.truth["items"][: instance.data["k"]]
    cost, scores = PROBLEM.score(instance, [items])
    assert cost == pytest.approx(1 - 1 / 5)
    assert scores["answered"] == pytest.approx(1 / 5)
    assert PROBLEM.score(instance, [])[1] == {"recall": 0.0, "recall_at_1": 0.0, "answered": 0.0}


def test_longer_rankings_tell_how_many_candidates_are_needed():
    instance = make(SMALL["topics"])
    rankings = []
    for query in range(5):
        span = slice(*instance.truth["offsets"][query : query + 2])
        right = instance.truth["items"][span][:4]
        others = np.setdiff1d(np.arange(60), right)
        # the four right ones at the places 1, 3, 11 and 21
        order = np.insert(others.astype(int), [0, 1, 8, 17], right)
        assert np.flatnonzero(np.isin(order, right)).tolist() == [0, 2, 10, 20]
        rankings.append(order)
    cost, scores = PROBLEM.score(instance, rankings)
    assert cost == pytest.approx(0.5)
    assert (scores["candidates_80"], scores["candidates_90"]) == (21, 21)
    cut = PROBLEM.score(instance, [ranking[:15] for ranking in rankings])[1]
    assert not [name for name in cut if name.startswith("candidates")]


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (None, "is of type NoneType"),
        ({0: 1}, "is of type dict"),
        ("0123", "is of type str"),
        ([0, 1, 2], "names 3 items"),
        ([0, 1, 2, 2], "names item 2 2 times"),
        ([*range(60), 0], "names item 0 2 times"),
        ([0, 1, 2, 60], "names item 60"),
        ([0, 1, 2, -1], "names item -1"),
        ([0, 1, 2, 2**70], "holds 4 values of dtype object"),
        ([0.0, 1.0, 2.0, 3.0], "holds 4 values of dtype float64"),
        ([0.0, 1.0, np.nan, -0.0], "holds 4 values of dtype float64"),
        ([0, 1, 2, np.inf], "holds 4 values of dtype float64"),
        ([True, False, True, False], "holds 4 values of dtype bool"),
        ([[0, 1, 2, 3]], "has 2 dimensions"),
        ([[0], [1, 2], [3]], "is a ragged list"),
        (np.zeros((0, 4), int), "has 2 dimensions"),
        ([], "holds 0 values"),
    ],
)
def test_refused_answers(answer, wrong):
    instance = make(SMALL["grid"])
    for before in ([], [np.arange(4)]):
        with pytest.raises(InvalidAnswer) as caught:
            PROBLEM.score(instance, [*before, answer])
        assert f"the answer to query {len(before)} {wrong}" in str(caught.value)
        assert "expected a one-dimensional array of at least 4 different" in str(caught.value)


def test_more_answers_than_queries():
    with pytest.raises(InvalidAnswer, match="there are 6 answers, expected one for each of 5 que"):
        PROBLEM.score(make(SMALL["grid"]), [np.arange(4)] * 6)


def test_lengths_are_found_without_a_copy(rng):
    tokens = rng.normal(size=(20_000, 32)).astype(np.float32)
    expected = np.sqrt((tokens.astype(float) ** 2).sum(axis=1))
    tracemalloc.start()
    try:
        found = _length(tokens)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert peak < tokens.nbytes / 2


@pytest.mark.parametrize("text", SMALL.values(), ids=SMALL)
def test_symmetries_move_the_truth_along(text, rng):
    instance = make(text)
    names = []
    for symmetry in PROBLEM.symmetries(instance, rng):
        assert PROBLEM.exact(symmetry.instance) == 0
        names.append(symmetry.name)
    assert names == ["documents permuted", "tokens times 2"]


@pytest.mark.parametrize("suite", sorted(PROBLEM.suites))
def test_suites_name_families_and_their_parameters(suite):
    for text in PROBLEM.suites[suite]:
        family, given = parse(text)
        assert set(given) - {"draw"} <= set(PROBLEM.families[family])


# Cases that are none


def refusal(text):
    with pytest.raises(InvalidCase) as caught:
        make(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("grid[k=201]", "k is 201, expected 1 to 200, the number of documents: choose another k"),
        ("grid[k=0]", "k is 0, expected 1 to 200"),
        ("topics[n=0]", "n is 0, expected at least 1: choose a larger n"),
        ("topics[dim=0]", "dim is 0, expected at least 1"),
        ("isotropic[queries=0]", "queries is 0, expected at least 1"),
        ("digits[n=1797]", "n + queries is 1997, expected at most 1797, the number of images"),
        ("file", "the family 'file' needs token sets: write file[path=my.npz,k=10]"),
        ("file[path=/nowhere.npz]", "there is no file '/nowhere.npz': write it with numpy.savez"),
    ],
)
def test_refused_parameters(text, sentence):
    assert sentence in refusal(text)


GOOD = {
    "tokens": np.eye(3, dtype=np.float32),
    "offsets": np.array([0, 1, 3]),
    "queries": np.ones((2, 3)),
    "query_offsets": np.array([0, 2]),
}


def test_the_users_own_sets(tmp_path):
    np.savez(tmp_path / "my.npz", **GOOD)
    instance = make(f"file[path={tmp_path}/my.npz,k=1]")
    assert PROBLEM.score(instance, [[0]])[0] == 0  # both documents are as similar: 2
    assert instance.data["queries"].dtype == np.float32


def with_value(value):
    tokens = np.eye(3)
    tokens[2, 1] = value
    return tokens


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            {"tokens": with_value(np.nan)},
            "1 of 3 tokens are NaN or infinite as float32 (the first ",
        ),
        ({"tokens": with_value(1e39)}, "is token 1 of document 1), expected finite ones"),
        ({"queries": np.full((2, 3), np.inf)}, "2 of 2 tokens are NaN or infinite"),
        ({"queries": np.full((2, 3), -np.inf)}, "2 of 2 tokens are NaN or infinite"),
        ({"tokens": np.eye(3) * -1e13}, "of the document sets' tokens is 1e+13 in size, expected"),
        ({"queries": np.ones((2, 3)) * 1e-13}, "of the query sets' tokens is 1e-13 in size"),
        ({"tokens": np.ones(3)}, "array of float64 of shape (3,), expected numbers, one row"),
        ({"tokens": np.array([["a"]] * 3)}, "array of <U1 of shape (3, 1), expected numbers"),
        ({"queries": np.ones((2, 4))}, "the queries' tokens have 4 entries, the documents' 3"),
        ({"offsets": np.array([0, 2])}, "go from 0 to 2, expected to rise from 0 to 3"),
        ({"offsets": np.array([0, 5, 3])}, "go from 0 to 3 and fall, expected to rise"),
        ({"offsets": np.array([0.0, 3.0])}, "an array of float64 of shape (2,), expected integers"),
        ({"offsets": np.array([0, 3, 3])}, "document 1 has no tokens, expected at least one"),
        ({"query_offsets": np.array([0, 0, 2])}, "query 0 has no tokens"),
        ({"query_offsets": np.array([0])}, "expected integers, one more than there are sets"),
    ],
)
def test_refused_sets(wrong, sentence, tmp_path):
    np.savez(tmp_path / "my.npz", **{**GOOD, **wrong})
    assert sentence in refusal(f"file[path={tmp_path}/my.npz,k=1]")


def test_files_that_hold_no_sets(tmp_path):
    np.savez(tmp_path / "other.npz", tokens=np.eye(3))
    np.save(tmp_path / "array.npy", np.eye(3))
    (tmp_path / "text.npz").write_text("1 2 3")
    (tmp_path / "empty.npz").write_text("")
    np.savez_compressed(tmp_path / "cut.npz", **GOOD)
    whole = (tmp_path / "cut.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(whole[:-9])
    (tmp_path / "altered.npz").write_bytes(whole.replace(b"\0\0\0", b"\1\1\1"))
    (tmp_path / "folder.npz").mkdir()
    names = ("other.npz", "array.npy", "text.npz", "empty.npz", "cut.npz", "altered.npz")
    for name in (*names, "folder.npz"):
        assert "cannot be read as token sets" in refusal(f"file[path={tmp_path}/{name}]"), name
