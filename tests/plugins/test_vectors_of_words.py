"""Vectors of words: what is counted, what is left out, and what they say."""

import numpy as np
import pytest

from bench_retrieval import _vectors, _words


def test_paragraphs_are_different_and_long_enough():
    text = "One two three.\n\none TWO three!\n \nTwo words\n\nfour_five 6 seven"
    assert _words.paragraphs(text, 3) == [("one", "two", "three"), ("four", "five", "seven")]


def test_co_occurrence_against_chance_by_hand():
    """a b c a in a window of 2: ab, ac, bc, ba, ca, both ways."""
    words, table = _words.ppmi([("a", "b", "c", "a")], 2, 1)
    assert words == ["a", "b", "c"]
    # a: 2 b, 2 c; b: 2 a, 1 c; c: 2 a, 1 b; sums 4, 3, 3 of 10
    ab, bc = np.log(2 * 10 / (4 * 3)), np.log(1 * 10 / (3 * 3))
    np.testing.assert_allclose(table.toarray(), [[0, ab, ab], [ab, 0, bc], [ab, bc, 0]])


def test_windows_end_with_the_paragraph_and_rare_words_are_no_gaps():
    together = _words.ppmi([("a", "b"), ("c", "d"), ("a", "rare", "b")], 1, 2)
    assert together[0] == ["a", "b"]
    np.testing.assert_allclose(together[1].toarray(), [[0, np.log(2)], [np.log(2), 0]])


def test_what_is_never_near_others_more_than_chance_is_left_out():
    """x stands between all pairs of a text that is otherwise a a a: PPMI[x, a] = 0 there."""
    words, table = _words.ppmi([("a",) * 9, ("x", "x"), ("lonely",)], 1, 1)
    assert words == ["a", "x"]
    assert table.shape == (2, 2)


def test_vectors_are_those_of_a_dense_decomposition():
    texts = _words.paragraphs(_words.english(), 5)[:150]
    _, table = _words.ppmi(texts, 3, 3)
    found = _words.vectors(table, 6)
    u, s, _ = np.linalg.svd(table.toarray())
    np.testing.assert_allclose(np.abs(found), np.abs(u[:, :6] * np.sqrt(s[:6])), atol=1e-5)
    assert (found[np.abs(found).argmax(axis=0), np.arange(6)] > 0).all()
    assert (found == _words.vectors(table, 6)).all()


def test_neighbours_have_to_do_with_each_other():
    words, table = _words.ppmi(_words.paragraphs(_words.english(), 5), 3, 5)
    found = _words.vectors(table, 64)
    found /= np.linalg.norm(found, axis=1)[:, None]
    for word, other in (("left", "right"), ("exception", "raised"), ("import", "imported")):
        nearest = np.argsort(-found @ found[words.index(word)])[1:11]
        assert other in [words[i] for i in nearest], word


def test_no_word_comes_twice_and_too_many_are_refused(rng):
    points = _vectors.words(300, 8, 20, rng)
    assert points.shape == (300, 8)
    assert points.dtype == np.float32
    assert len(np.unique(points, axis=0)) == 300
    assert points.any(axis=1).all()
    with pytest.raises(ValueError, match="words occur at least 20 times, 100000 are wanted"):
        _vectors.words(100_000, 8, 20, rng)
    with pytest.raises(ValueError, match="choose a smaller d"):
        _vectors.words(5, 10_000, 20, rng)
