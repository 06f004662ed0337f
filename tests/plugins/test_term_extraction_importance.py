"""Semantic importance: PageRank, neighbours, graphs of documents, by definition."""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.sparse import block_diag, csr_array
from test_term_extraction_solvers import PROBLEM, SMALL, by_hand, circle, last, make, solved

from bench_text.term_extraction import _relatedness
from bench_text.term_extraction._bases import phrases_of
from bench_text.term_extraction._pagerank import pagerank
from bench_text.term_extraction._relatedness import importance, neighbours
from bench_text.term_extraction.semre_rank import SemReRank
from harness.api import Data


@pytest.fixture(scope="module")
def small():
    return make(SMALL)


# PageRank


def path(n):
    matrix = np.zeros((n, n))
    for i in range(n - 1):
        matrix[i, i + 1] = matrix[i + 1, i] = 1
    return matrix


def random_graph(rng, n):
    """Connected: a path, and edges at random."""
    extra = np.triu(rng.random((n, n)) < 0.2, 1)
    return np.maximum(path(n), extra + extra.T)


def test_known_ranks_of_a_path():
    matrix, sizes = csr_array(path(3)), np.array([3])
    for seeds, expected in [
        ([True, False, False], [0.345270, 0.459459, 0.195270]),
        ([False, False, False], [0.256757, 0.486486, 0.256757]),
    ]:
        ranks = pagerank(matrix, sizes, np.array(seeds), tolerance=1e-14)
        np.testing.assert_allclose(ranks, expected, rtol=0, atol=5.1e-7)


def test_ranks_are_the_fixed_point(rng):
    for n in (2, 5, 30):
        matrix = random_graph(rng, n) * rng.integers(1, 5, size=(n, n))
        matrix = np.triu(matrix, 1) + np.triu(matrix, 1).T
        seeds = rng.random(n) < 0.3
        restart = seeds / seeds.sum() if seeds.any() else np.full(n, 1 / n)
        for damping in (0.5, 0.85):
            ranks = pagerank(csr_array(matrix), np.array([n]), seeds, damping, 1e-15)
            np.testing.assert_allclose(ranks, solved(matrix, restart, damping), atol=1e-12)
            assert ranks.sum() == pytest.approx(1)


def test_ranks_stay_in_the_components_of_the_seeds():
    matrix = csr_array(block_diag([path(3), path(4)]).toarray())
    seeds = np.array([False, True, False, False, False, False, False])
    ranks = pagerank(matrix, np.array([7]), seeds, tolerance=1e-14)
    assert (ranks[:3] > 0.1).all()
    # What began there fades away.
    np.testing.assert_allclose(ranks[3:], 0, atol=1e-12)


def test_graphs_beside_each_other_don_t_matter(rng):
    """The ranks are those of each graph alone, to the last iteration."""
    graphs = [random_graph(rng, n) for n in (2, 40, 3, 17)]
    seeds = [rng.random(len(graph)) < 0.15 for graph in graphs]
    seeds[2][:] = False
    sizes = np.array([len(graph) for graph in graphs])
    together = pagerank(csr_array(block_diag(graphs)), sizes, np.concatenate(seeds))
    alone = [
        pagerank(csr_array(graph), np.array([len(graph)]), mine)
        for graph, mine in zip(graphs, seeds, strict=True)
    ]
    np.testing.assert_allclose(together, np.concatenate(alone), rtol=1e-12)
    # The tolerance stops them at different iterations.
    exact = pagerank(csr_array(block_diag(graphs)), sizes, np.concatenate(seeds), tolerance=1e-15)
    assert np.abs(together - exact).max() > 1e-8


def test_networkx_agrees(rng):
    networkx = pytest.importorskip("networkx", reason="an independent PageRank")
    matrix = random_graph(rng, 25)
    seeds = np.zeros(25, bool)
    seeds[[3, 8]] = True
    for chosen in (seeds, ~seeds & False):
        restart = dict.fromkeys(np.flatnonzero(chosen).tolist(), 1.0) or None
        found = networkx.pagerank(networkx.from_numpy_array(matrix), 0.85, restart, tol=1e-6)
        ranks = pagerank(csr_array(matrix), np.array([25]), chosen)
        np.testing.assert_allclose(ranks, [found[k] for k in range(25)], atol=1e-14)


def test_no_graph_has_no_ranks():
    assert pagerank(csr_array((0, 0)), np.zeros(0, int), np.zeros(0, bool)).shape == (0,)


# Semantic importance


def naive_lists(data, top=0.15, least=0.5):
    """Neighbours of each word of a candidate, a word at a time."""
    words = sorted(set(data.candidate_words.tolist()))
    most = max(1, round(top * len(words)))
    lists = {}
    for word in words:
        cosines = np.asarray(data.vectors) @ data.vectors[word]
        cosines[word] = -1
        near = np.argsort(-cosines)[:most].tolist()
        lists[word] = [w for w in near if cosines[w] >= least and w in words]
    return lists


def naive_importance(data, use_seeds=True, damping=0.85):
    """Steps 2 to 6, a document at a time, PageRank by a linear system."""
    lists, phrases = naive_lists(data), phrases_of(data)
    seeds = {w for k in data.confirmed.tolist() for w in phrases[k]} if use_seeds else set()
    total = np.zeros(data.vocabulary)
    for first, end in pairwise(data.found_starts.tolist()):
        edges = set()
        for k in data.found[first:end].tolist():
            for word in phrases[k]:
                edges |= {frozenset((word, other)) for other in lists[word]}
        nodes = sorted(set().union(*edges))
        if not nodes:
            continue
        matrix = np.zeros((len(nodes), len(nodes)))
        for edge in edges:
            a, b = (nodes.index(w) for w in edge)
            matrix[a, b] = matrix[b, a] = 1
        here = np.array([w in seeds for w in nodes], float)
        if not here.any():
            here[:] = 1
        ranks = solved(matrix, here / here.sum(), damping)
        total[nodes] += ranks / ranks.max()
    return total / total.max() if total.any() else total


@pytest.mark.parametrize("text", [SMALL, *PROBLEM.suites["edge"][1:6]])
@pytest.mark.parametrize("use_seeds", [True, False])
def test_importance_by_definition(text, use_seeds, monkeypatch):
    # Closer than the paper's tolerance, so that both may be compared.
    monkeypatch.setattr(_relatedness, "pagerank", lambda *args: pagerank(*args, tolerance=1e-14))
    data = Data(make(text).data)
    *_, found = importance(data, 0.15, 0.5, 0.85, use_seeds)
    np.testing.assert_allclose(found, naive_importance(data, use_seeds), atol=1e-9)


def test_the_paper_s_tolerance_is_close_enough(small):
    data = Data(small.data)
    *_, found = importance(data, 0.15, 0.5, 0.85, True)
    assert np.abs(found - naive_importance(data)).max() < 0.01
    assert found.max() == 1
    assert (found >= 0).all()


@pytest.mark.parametrize("entries", [1, 50, 3000])
def test_blocks_don_t_matter(entries, small, monkeypatch):
    data = Data(small.data)
    *_, whole = importance(data, 0.15, 0.5, 0.85, True)
    monkeypatch.setattr(_relatedness, "_ENTRIES_AT_ONCE", entries)
    *_, parts = importance(data, 0.15, 0.5, 0.85, True)
    np.testing.assert_allclose(parts, whole, rtol=1e-9, atol=1e-12)


def test_neighbours_by_hand():
    """Words at 0, 20, 30, 70 and 200 degrees; word 2 is in no candidate, but takes a place."""
    vectors = circle([0, 20, 30, 70, 200])
    data = by_hand([[0, 1, 2, 3, 4]], [(0,), (1,), (3,), (4,)], vectors)
    known = neighbours(data, 0.5, 0.5)  # 2 of the vocabulary for each
    assert known.words.tolist() == [0, 1, 3, 4]
    lists = [known.others[a:b].tolist() for a, b in pairwise(known.starts.tolist())]
    # 0: 1, (2). 1: (2), 0. 3 is 40 degrees from 2 and 50 from 1. 4 is far from all.
    assert lists == [[1], [0], [1], []]
    assert known.mutual.tolist() == [True, True, False]
    # One place each: 1 is nearest to 2, which is none of the words.
    known = neighbours(data, 0.25, 0.5)
    assert [known.others[a:b].tolist() for a, b in pairwise(known.starts.tolist())] == [
        [1],
        [],
        [],
        [],
    ]


def test_equal_cosines_are_all_neighbours_and_the_border_counts():
    vectors = np.array([[1, 0], [0.5, math.sqrt(0.75)], [0.5, -math.sqrt(0.75)]], np.float32)
    data = by_hand([[0, 1, 2]], [(0,), (1,), (2,)], vectors)
    known = neighbours(data, 0.3, 0.5)
    assert known.others[: known.starts[1]].tolist() == [1, 2]
    assert neighbours(data, 0.3, 0.51).others.tolist() == []


def test_an_edge_has_no_direction_and_is_there_once():
    """Words 0 and 1 have each other; word 2 has 1, which does not have it."""
    known = _relatedness.Neighbours(
        words=np.arange(3),
        starts=np.array([0, 1, 2, 3]),
        others=np.array([1, 0, 1]),
        mutual=np.array([True, True, False]),
    )
    documents, words = np.array([4, 4, 5, 6, 6, 6]), np.array([0, 1, 2, 0, 1, 2])
    weights, nodes, sizes = _relatedness.document_graphs(known, documents, words)
    assert nodes.tolist() == [0, 1, 1, 2, 0, 1, 2]
    assert sizes.tolist() == [2, 2, 3]
    expected = block_diag([path(2), path(2), path(3)]).toarray()
    np.testing.assert_array_equal(weights.toarray(), expected)


def test_without_neighbours_nothing_changes():
    """One document whose words are all apart: no graph, every factor is 1."""
    data = by_hand([[0, 1, 1, 2, 2, 2]], [(0,), (1,), (2, 2)], confirmed=[0])
    *_, worth = importance(data, 0.15, 0.5, 0.85, True)
    assert worth.tolist() == [0, 0, 0]
    np.testing.assert_array_equal(last(SemReRank(base="tf"), data), np.array([1, 2, 2]) / 2)


def test_documents_without_candidates():
    vectors = circle([0, 10, 20])
    data = by_hand([[2], [0, 1], [2, 2]], [(0,), (1,)], vectors)
    *_, worth = importance(data, 0.5, 0.5, 0.85, True)
    assert worth.tolist() == [1, 1, 0]
