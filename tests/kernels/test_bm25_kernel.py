"""The kernels of BM25 against brute force in NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instruction_sets import assert_same_bits

from harness.api import kernel

BM25 = kernel("bm25")
BLOCK = BM25.bm25_block()
TYPES = {"f32": np.float32, "f64": np.float64}


class Made:
    """An index made by the kernels, and the impacts of all documents by brute force."""

    def __init__(self, rng, n, n_terms, length, real, share=2.0, zeros=0.2, cut=None):
        self.n, self.n_terms, self.real = n, n_terms, real
        dtype = TYPES[real]
        lengths = rng.integers(0, 2 * length + 1, n)
        self.offsets = np.concatenate([[0], np.cumsum(lengths)])
        law = np.arange(1, n_terms + 1) ** -1.0
        tokens = rng.choice(n_terms, self.offsets[-1], p=law / law.sum()).astype(np.int32)
        rows = np.repeat(np.arange(n), lengths)
        counts = np.bincount(rows * n_terms + tokens, minlength=n * n_terms).reshape(n, n_terms)
        self.frequencies = np.count_nonzero(counts, axis=0)

        found = np.zeros(n_terms, np.int64)
        latest = np.full(n_terms, -1, np.int32)
        cut = n // 2 if cut is None else cut
        pairs = [
            BM25.bm25_count(tokens, self.offsets, first, last, n_terms, latest, found)
            for first, last in ((0, cut), (cut, n))
        ]
        assert sum(pairs) == self.frequencies.sum()
        assert (found == self.frequencies).all()

        is_column = self.frequencies >= max(1, share * n)
        self.column_of = np.where(is_column, np.cumsum(is_column) - 1, -1).astype(np.int32)
        self.stride = -(-n // BLOCK) * BLOCK
        self.columns = np.zeros((is_column.sum(), self.stride), dtype)
        self.tops = np.zeros((is_column.sum(), self.stride // BLOCK), dtype)
        listed = np.where(is_column, 0, self.frequencies)
        self.starts = np.concatenate([[0], np.cumsum(listed)])
        self.ids = np.full(self.starts[-1], -1, np.int32)
        self.impacts = np.zeros(self.starts[-1], dtype)
        following = self.starts[:-1].copy()
        for first, last in ((0, cut), (cut, n)):
            self.call(
                "fill", tokens, self.offsets, first, last, self.starts, self.column_of,
                self.stride, following, self.ids, self.impacts, self.columns,
            )  # fmt: skip
        assert (following == self.starts[1:]).all()

        weight = rng.uniform(0.1, 8, n_terms) * (rng.random(n_terms) >= zeros)
        norm = rng.uniform(0, 3, n) * (rng.random(n) < 0.9)
        self.shift = rng.uniform(0, 1, n_terms) * (rng.random(n_terms) < 0.5)
        self.shift[self.frequencies == 0] = 0
        self.largest = np.full(n_terms, -1, dtype)
        lists = (self.ids, self.starts, 0, n_terms, weight, norm, self.impacts, self.largest)
        self.call("weigh_lists", *lists)
        for term in np.flatnonzero(is_column):
            number = self.column_of[term]
            column, tops = self.columns[number], self.tops[number]
            self.largest[term] = self.call("weigh_column", n, weight[term], norm, column, tops)
        with np.errstate(invalid="ignore"):
            shares = np.where(counts > 0, counts / (counts + norm[:, None]), 0.0)
        self.expected = weight * shares

    def call(self, stem, *arguments):
        return getattr(BM25, f"bm25_{stem}_{self.real}")(*arguments)

    def search(self, stem, queries, k):
        places = np.concatenate([[0], np.cumsum([len(q) for q in queries])]).astype(np.int64)
        words = np.concatenate([*queries, []]).astype(np.int32)
        best = np.full((len(queries), k), -1, np.int32)
        scores = np.full((len(queries), k), np.nan)
        head = (self.ids, self.impacts, self.starts)
        if stem == "max_score":
            head += (self.column_of, self.columns, self.tops, self.stride, self.largest)
        rest = (self.shift, self.n, self.n_terms, words, places, len(queries), k, best, scores)
        assert self.call(stem, *head, *rest) == 0
        return best, scores

    def scores(self, query):
        """What all documents score, by the definition."""
        total = np.zeros(self.n)
        for token in query:
            if 0 <= token < self.n_terms:
                total += self.expected[:, token] + self.shift[token]
        return total

    def queries(self, rng, count, most=8):
        law = np.arange(1, self.n_terms + 3) ** -0.5
        return [
            rng.choice(self.n_terms + 2, rng.integers(0, most + 1), p=law / law.sum()) - 1
            for _ in range(count)
        ]


def assert_right(made, queries, k, best, scores):
    tolerance = 1e-5 if made.real == "f32" else 1e-12
    for query, documents, told in zip(queries, best, scores, strict=True):
        truth = made.scores(query)
        assert len(set(documents.tolist())) == k
        np.testing.assert_allclose(told, truth[documents], rtol=tolerance, atol=tolerance)
        np.testing.assert_allclose(told, -np.sort(-truth)[:k], rtol=tolerance, atol=tolerance)
        for i in range(k - 1):  # by falling scores and rising numbers
            assert (-told[i], documents[i]) < (-told[i + 1], documents[i + 1])


@pytest.mark.parametrize("real", TYPES)
@pytest.mark.parametrize("share", [2.0, 0.3, 1e-9])
def test_impacts_are_those_of_the_definition(real, share, rng):
    made = Made(rng, BLOCK + 77, 40, 6, real, share)
    expected = made.expected.astype(TYPES[real])
    for term in range(made.n_terms):
        largest = expected[:, term].max()
        np.testing.assert_allclose(made.largest[term], largest, rtol=1e-7)
        number = made.column_of[term]
        if number < 0:
            ids = made.ids[made.starts[term] : made.starts[term + 1]]
            impacts = made.impacts[made.starts[term] : made.starts[term + 1]]
            assert (np.diff(ids) > 0).all()
            assert len(ids) == made.frequencies[term]
            np.testing.assert_allclose(impacts, expected[ids, term], rtol=1e-7)
        else:
            assert not made.columns[number, made.n :].any()
            np.testing.assert_allclose(made.columns[number, : made.n], expected[:, term], rtol=1e-7)
            blocks = made.columns[number].reshape(-1, BLOCK)
            assert (made.tops[number] == blocks.max(axis=1)).all()
    assert (made.column_of >= 0).sum() == {2.0: 0, 0.3: 4, 1e-9: 40}[share]


@pytest.mark.parametrize("real", TYPES)
@pytest.mark.parametrize("share", [2.0, 0.1])
@pytest.mark.parametrize("n", [1, 2, 63, 64, 65, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK - 5])
def test_the_best_are_found(n, share, real, rng):
    made = Made(rng, n, 200, 5, real, share)
    queries = made.queries(rng, 30)
    for k in {1, min(10, n)}:
        assert_right(made, queries, k, *made.search("max_score", queries, k))
        if share > 1:
            assert_right(made, queries, k, *made.search("sum", queries, k))


@given(st.integers(0, 10**6))
@settings(max_examples=60)
def test_random_corpora(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 60))
    real = rng.choice(list(TYPES))
    share = rng.choice([2.0, 0.5, 0.05])
    zeros = rng.choice([0.0, 0.5, 1.0])
    sizes = int(rng.integers(1, 12)), int(rng.integers(0, 6))
    made = Made(rng, n, *sizes, real, share, zeros, cut=int(rng.integers(0, n + 1)))
    queries = made.queries(rng, 6, most=20)
    k = int(rng.integers(1, n + 1))
    assert_right(made, queries, k, *made.search("max_score", queries, k))
    if share > 1:
        assert_right(made, queries, k, *made.search("sum", queries, k))


def test_more_are_asked_for_than_a_block_holds(rng):
    made = Made(rng, BLOCK + 300, 20, 3, "f64", 0.3)
    queries = [[0, 3, 3, 7], [], [19], [-1, 20]]
    for k in (BLOCK + 10, made.n):
        assert_right(made, queries, k, *made.search("max_score", queries, k))


def test_a_long_query(rng):
    made = Made(rng, 500, 40, 20, "f64", 0.5)
    queries = [rng.integers(-1, 41, 5000), rng.integers(0, 2, 1000)]
    assert_right(made, queries, 10, *made.search("max_score", queries, 10))
    made = Made(rng, 500, 40, 20, "f64")
    assert_right(made, queries, 10, *made.search("sum", queries, 10))


def test_rare_words_decide_and_frequent_ones_are_looked_up(rng):
    """The case that MaxScore is for: few postings are added up, columns and lists looked up."""
    n = 3 * BLOCK
    made = Made(rng, n, 1000, 12, "f32", 0.2, zeros=0.0)
    rare = np.flatnonzero((made.frequencies > 3) & (made.frequencies < 40))[:40]
    middle = np.flatnonzero((made.frequencies > 500) & (made.frequencies < 0.2 * n))[:5]
    assert len(rare) > 20
    assert len(middle) > 2
    queries = [[0, 1, int(m), int(r), int(r)] for r in rare for m in middle[:2]]
    assert_right(made, queries, 5, *made.search("max_score", queries, 5))


def test_a_list_that_was_passed_over_counts_later():
    """In the second block nothing reaches the first document's 7; in the third a column does."""
    n = 3 * BLOCK
    ids = np.array([0, *range(BLOCK, 2 * BLOCK), n - 1], np.int32)
    impacts = np.array([3.0] + [5.0] * (BLOCK + 1))
    column = np.zeros((1, n))
    column[0, [0, n - 1]] = 4.0
    head = (ids, impacts, np.array([0, 0, len(ids)]), np.array([0, -1], np.int32), column)
    bounds = (np.array([4.0, 0.0, 4.0]), n, np.array([4.0, 5.0]), np.zeros(2), n, 2)
    best, scores = np.zeros(1, np.int32), np.zeros(1)
    query = (np.array([0, 1], np.int32), np.array([0, 2]), 1, 1)
    assert BM25.bm25_max_score_f64(*head, *bounds, *query, best, scores) == 0
    assert best.tolist() == [n - 1]
    assert scores.tolist() == [9.0]


def test_equal_scores_go_by_number(rng):
    made = Made(rng, 300, 5, 4, "f32")
    best, scores = made.search("sum", [[], [-1, 99]], 7)
    assert best.tolist() == [list(range(7))] * 2
    assert not scores.any()
    best, _ = made.search("max_score", [[]], 300)
    assert best.tolist() == [list(range(300))]


def test_a_token_that_is_no_term_is_told():
    offsets, found = np.array([0, 1, 2]), np.zeros(4, np.int64)
    for token in (4, -1, 2**31 - 1):
        tokens, latest = np.array([0, token], np.int32), np.full(4, -1, np.int32)
        assert BM25.bm25_count(tokens, offsets, 0, 2, 4, latest, found) == -1


def test_same_bits_for_every_instruction_set(tmp_path):
    assert_same_bits("bm25", tmp_path)
