"""Corpora with planted terms: what is found in them, who is labelled, vectors of words."""

import re
from itertools import pairwise

import numpy as np
import pytest
from test_term_extraction_problem import CASES, SMALL, make, phrases

from bench_text._corpus import english
from bench_text.term_extraction._candidates import occurrences
from bench_text.term_extraction._vectors import _eigen, _information, vectors_of
from bench_text.term_extraction.problem import TermExtraction

PROBLEM = TermExtraction()


def texts(data):
    words, starts = data["words"].tolist(), data["documents"].tolist()
    return [words[a:b] for a, b in pairwise(starts)]


# Corpora


@pytest.mark.parametrize("text", CASES)
def test_what_is_found_is_what_reading_finds(text):
    """Every candidate, in every document, by the definition."""
    data = make(text).data
    parts = texts(data)
    named = {phrase: k for k, phrase in enumerate(phrases(data))}
    assert len(named) == len(data["candidates"]) - 1
    seen = set()
    for d, words in enumerate(parts):
        counts = {}
        for length in (1, 2, 3):
            for start in range(len(words) - length + 1):
                k = named.get(tuple(words[start : start + length]))
                if k is not None:
                    counts[k] = counts.get(k, 0) + 1
        here = slice(data["found_starts"][d], data["found_starts"][d + 1])
        assert data["found"][here].tolist() == sorted(counts)
        assert data["counts"][here].tolist() == [counts[k] for k in sorted(counts)]
        seen |= set(counts)
    assert seen == set(range(len(named)))
    assert data["found_starts"][-1] == len(data["found"]) == len(data["counts"])


def test_windows_overlap_and_stay_in_their_document():
    words = np.array([1, 1, 1, 2, 1, 1])
    starts, found, counts = occurrences(words, np.array([0, 4, 4, 6]), 3, [(1, 1), (2,), (2, 1)])
    assert starts.tolist() == [0, 2, 2, 3]
    assert found.tolist() == [0, 1, 0]
    assert counts.tolist() == [2, 1, 1]


@pytest.mark.parametrize("text", CASES)
def test_labels_are_of_the_most_frequent_and_are_right(text):
    instance = make(text)
    data, terms = instance.data, instance.truth["terms"]
    often = np.bincount(data["found"], weights=data["counts"], minlength=len(terms))
    checked = data["checked"]
    assert (np.diff(checked) > 0).all()
    others = np.setdiff1d(np.arange(len(terms)), checked)
    if len(checked) and len(others):
        assert often[checked].min() >= often[others].max()
    assert data["confirmed"].tolist() == checked[terms[checked]].tolist()
    assert instance.sizes["confirmed"] == len(data["confirmed"])


@pytest.mark.parametrize(
    ("judged", "left_out"), [("unchecked", "checked"), ("unconfirmed", "confirmed"), ("all", "")]
)
def test_who_is_judged(judged, left_out):
    instance = make(f"{SMALL[:-1]},judged={judged}]")
    known = instance.data[left_out].tolist() if left_out else []
    everybody = range(len(instance.truth["terms"]))
    assert instance.truth["judged"].tolist() == [k for k in everybody if k not in known]
    assert instance.sizes["terms"] == instance.truth["terms"][instance.truth["judged"]].sum()


def test_labels_that_are_known_earn_nothing():
    """Putting the refused candidates last helps only where they are judged."""
    for judged, helps in (("unchecked", False), ("unconfirmed", True)):
        instance = make(f"planted[documents=100,judged={judged}]")
        data = instance.data
        often = np.bincount(data["found"], weights=data["counts"])
        refused = np.setdiff1d(data["checked"], data["confirmed"])
        wise = often.copy()
        wise[refused] = -1
        gain = PROBLEM.score(instance, often)[0] - PROBLEM.score(instance, wise)[0]
        assert gain > 0.05 if helps else gain == 0


def test_the_order_of_candidates_and_words_tells_nothing():
    """Terms lie anywhere among the candidates, and their words anywhere among the words."""
    instance = make("planted[documents=100]")
    terms = instance.truth["terms"]
    places = np.flatnonzero(terms) / len(terms)
    assert abs(places.mean() - 0.5) < 0.06
    words = [
        phrase for phrase, is_term in zip(phrases(instance.data), terms, strict=True) if is_term
    ]
    used = np.unique(np.concatenate([np.array(phrase) for phrase in words]))
    assert abs(used.mean() / instance.data["vocabulary"] - 0.5) < 0.06


def test_parameters_do_what_they_say():
    def inside(text):
        """Of terms and of others: shares of candidates with a word of the domain."""
        instance = make(text)
        terms, listed = instance.truth["terms"], phrases(instance.data)
        domain = {w for p, is_term in zip(listed, terms, strict=True) if is_term for w in p}
        return np.mean([not domain.isdisjoint(p) for p in np.array(listed, object)[~terms]])

    assert inside("planted[documents=100]") < 0.02
    assert inside("planted[documents=100,mixed=1.0]") > 0.4
    assert inside("planted[documents=100,general=1.0]") > 0.2
    lengths = np.diff(make("planted[documents=50,length=40]").data["documents"])
    assert lengths.min() >= 40
    assert lengths.max() <= 42
    shares = [
        make(f"planted[documents=50,share={share},judged=all]").sizes["terms"]
        for share in (0.02, 0.5)
    ]
    assert shares[0] < 0.5 * shares[1]


def test_the_prose_of_the_english_family_is_the_text():
    """Without the planted words, the words are those of the text in their order, renamed."""
    instance = make("english[length=100]")
    text = re.findall(r"[a-z]+", english().decode().lower())
    terms, listed = instance.truth["terms"], phrases(instance.data)
    words = instance.data["words"]
    planted = {w for p, is_term in zip(listed, terms, strict=True) if is_term for w in p}
    prose = [w for w in words.tolist() if w not in planted]
    names = {}
    for number, word in zip(prose, text, strict=False):
        assert names.setdefault(number, word) == word
    assert len(prose) == len(text) // 100 * 100
    assert len(set(names.values())) == len(names)
    spelled = [
        [names[w] for w in p] for p, is_term in zip(listed, terms, strict=True) if not is_term
    ]
    assert ["mock", "turtle"] in spelled
    assert ["white", "rabbit"] in spelled
    assert ["the"] not in spelled


# Vectors


def test_vectors_by_definition():
    """Two documents of few words, counted by hand."""
    words, documents = np.array([0, 1, 2, 0, 3, 1, 0]), np.array([0, 5, 7])
    counts = np.zeros((5, 5))
    for part in ([0, 1, 2, 0, 3], [1, 0]):
        for i, v in enumerate(part):
            for j, w in enumerate(part):
                if i != j and abs(i - j) <= 3:
                    counts[v, w] += 1
    sums = counts.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.log(counts * counts.sum() / np.outer(sums, sums))
    expected = np.where(counts > 0, np.maximum(expected, 0), 0)
    found = _information(words, documents, 5).toarray()
    np.testing.assert_allclose(found, expected, atol=1e-12)
    left, singular, _ = np.linalg.svd(expected)
    rows = left * np.sqrt(singular)
    vectors = vectors_of(words, documents, 5, 9)
    assert vectors.dtype == np.float32
    lengths = np.linalg.norm(rows, axis=1)
    np.testing.assert_array_equal(vectors[4], 0)  # it does not occur
    known = lengths > 1e-9
    np.testing.assert_allclose(np.linalg.norm(vectors[known], axis=1), 1, atol=1e-6)
    unit = rows[known] / lengths[known, None]
    np.testing.assert_allclose(vectors[known] @ vectors[known].T, unit @ unit.T, atol=1e-6)


def test_large_eigenproblems_are_solved():
    from scipy.sparse.linalg import eigsh

    data = make("planted[documents=60,background=700,domain=60]").data
    matrix = _information(data["words"].astype(int), data["documents"], data["vocabulary"])
    exact = np.sort(np.abs(eigsh(matrix, 40, return_eigenvectors=False)))
    values, vectors = _eigen(matrix, 40)
    found = np.sort(np.abs(values))
    assert 0.9999 < (found**2).sum() / (exact**2).sum() < 1 + 1e-9
    np.testing.assert_allclose(found[20:], exact[20:], rtol=1e-4)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(40), atol=1e-9)


def test_words_of_one_topic_are_alike():
    """Else there is nothing to find: a planted word's nearest other words are mostly planted."""
    instance = make("planted")
    data, terms = instance.data, instance.truth["terms"]
    planted = {w for p, is_term in zip(phrases(data), terms, strict=True) if is_term for w in p}
    chosen = np.array(sorted(planted))
    cosines = data["vectors"][chosen] @ data["vectors"].T
    cosines[np.arange(len(chosen)), chosen] = -1
    nearest = cosines.argmax(axis=1)
    assert np.mean([w in planted for w in nearest.tolist()]) > 0.8
    assert len(planted) < 0.2 * data["vocabulary"]


def test_vectors_repeat_where_many_eigenvalues_are_equal():
    """Pairs of words that stand by themselves: all eigenvalues are the same in size."""
    words = np.arange(1200)
    documents = np.arange(0, 1201, 2)
    first, second = (vectors_of(words, documents, 1200, 20) for _ in range(2))
    np.testing.assert_array_equal(first, second)
