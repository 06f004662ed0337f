"""The graph in layers against a naive twin, link by link, and what any such graph must hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instruction_sets import assert_same_bits

from bench_retrieval.vector_search.hnsw import Graph
from harness.kernels import kernel

SEEDS = st.integers(0, 1000)
METRICS = st.integers(0, 1)


class Twin:
    """The same graph with dictionaries and sorted lists; values are whole numbers, thus exact."""

    def __init__(self, rows, metric, links, levels, breadth):
        self.x, self.metric, self.m = rows.astype(int), metric, links
        self.layers = [{} for _ in range(int(levels.max()) + 1)]
        self.start = None
        for row, level in enumerate(levels.tolist()):
            self.add(row, level, breadth)
            if self.start is None or level > self.top:
                self.start, self.top = row, level

    def value(self, a, b):
        return int(-(a @ b) if self.metric else ((a - b) ** 2).sum())

    def near(self, query, row):
        return self.value(query, self.x[row]), row

    def walk(self, query, layer, breadth, starts):
        """Candidates and results apart, as in the paper."""
        seen = set(starts)
        results = sorted(self.near(query, row) for row in starts)
        candidates = list(results)
        while candidates:
            nearest = candidates.pop(0)
            if len(results) == breadth and nearest > results[-1]:
                break
            for row in self.layers[layer][nearest[1]]:
                if row in seen:
                    continue
                seen.add(row)
                candidates = sorted([*candidates, self.near(query, row)])
                results = sorted([*results, self.near(query, row)])[:breadth]
        return [row for _, row in results]

    def descend(self, query, layer):
        found = [self.start]
        for above in range(self.top, layer, -1):
            found = self.walk(query, above, 1, found)
        return found

    def keep(self, row, others, limit):
        others = sorted(self.near(self.x[row], other) for other in others)
        if len(others) <= limit:
            return [other for _, other in others]
        kept = []
        for value, other in others:
            if all(self.value(self.x[other], self.x[taken]) >= value for taken in kept):
                kept.append(other)
        return kept[:limit]

    def add(self, row, level, breadth):
        for layer in range(level + 1):
            self.layers[layer][row] = []
        if self.start is None:
            return
        found = self.descend(self.x[row], level)
        for layer in range(min(level, self.top), -1, -1):
            found = self.walk(self.x[row], layer, breadth, found)
            self.layers[layer][row] = self.keep(row, found, self.m)
            limit = self.m if layer else 2 * self.m
            for other in self.layers[layer][row]:
                links = self.layers[layer][other]
                links.append(row)
                if len(links) > limit:
                    self.layers[layer][other] = self.keep(other, links, limit)

    def reached(self):
        """Rows to which paths lead in layer 0."""
        found, pending = {self.start}, [self.start]
        while pending:
            fresh = set(self.layers[0][pending.pop()]) - found
            found |= fresh
            pending += fresh
        return found

    def search(self, query, breadth):
        starts = dict.fromkeys(self.descend(query, 0) + [self.start] * (breadth > 1))
        return self.walk(query, 0, breadth, list(starts))


def built(rows, metric=0, links=4, breadth=10, seed=0):
    graph = Graph(rows, metric, links, np.random.default_rng(seed))
    return graph, graph.build(min(len(rows), breadth))


def links_of(table):
    return [row[1 : 1 + row[0]].tolist() for row in table]


def whole(rng, n, d, largest):
    return rng.integers(-largest, largest + 1, size=(n, d)).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(1, 70),
    d=st.integers(1, 20),
    metric=METRICS,
    links=st.sampled_from([2, 3, 8]),
    breadth=st.sampled_from([1, 2, 5, 30]),
    largest=st.sampled_from([1, 3, 100]),
    seed=SEEDS,
)
def test_links_and_searches_are_those_of_the_twin(n, d, metric, links, breadth, largest, seed):
    rng = np.random.default_rng(seed)
    rows = whole(rng, n, d, largest)
    graph, connected = built(rows, metric, links, breadth, seed)
    twin = Twin(rows, metric, links, graph.levels, min(n, breadth))
    upper = links_of(graph.upper)
    for row, level in enumerate(graph.levels.tolist()):
        for layer in range(1, level + 1):
            assert upper.pop(0) == twin.layers[layer][row]
    ground, more = links_of(graph.ground), 0
    for row, expected in twin.layers[0].items():
        assert ground[row][: len(expected)] == expected
        added = ground[row][len(expected) :]
        assert len(added) <= max(1, 2 * links + 1 - len(expected))
        assert twin.reached().isdisjoint(added)
        more += len(added)
    assert more == connected
    for row, found in enumerate(ground):
        twin.layers[0][row] = found
    assert twin.reached() == set(range(n))
    for query in whole(rng, 3, d, largest):
        for wide in (1, 2, 7, n):
            wide = min(wide, n)
            expected = twin.search(query.astype(int), wide)
            assert graph.nearest(query, wide, wide).tolist() == expected


@pytest.mark.parametrize("metric", [0, 1])
def test_as_broad_as_there_are_rows_it_is_brute_force(metric, rng):
    """To the bit, and what is nearer than a row that is found comes before it."""
    rows, queries = (rng.standard_normal((m, 24), dtype=np.float32) for m in (800, 20))
    graph, _ = built(rows, metric, 5, 12)
    scan, k = kernel("vector_search").vs_scan, 800
    room = np.empty(kernel("vector_search").vs_room(k), np.uint64)
    values, ids = np.empty(k, np.float32), np.empty(k, np.int32)
    for query in queries:
        scan(rows, 24, query, metric, np.array([0, 800]), 1, k, room, values, ids)
        np.testing.assert_array_equal(graph.nearest(query, 800, k), ids)


def test_recall_rises_with_the_breadth(rng):
    rows, queries = (rng.standard_normal((m, 32), dtype=np.float32) for m in (3000, 50))
    graph, _ = built(rows, 0, 8, 32)
    gaps = ((queries[:, None] - rows) ** 2).sum(axis=2)
    nearest = np.argsort(gaps, axis=1)[:, :10]
    recalls = []
    for breadth in (10, 40, 160, 3000):
        found = [graph.nearest(query, breadth, 10).copy() for query in queries]
        pairs = zip(found, nearest, strict=True)
        recalls.append(np.mean([len(np.intersect1d(a, b)) / 10 for a, b in pairs]))
    assert recalls == sorted(recalls)
    assert recalls[0] < 0.7
    assert recalls[2] > 0.9
    assert recalls[3] == 1


@pytest.mark.parametrize("kind", ["duplicates", "two_piles", "line", "grid"])
@pytest.mark.parametrize("metric", [0, 1])
def test_rows_that_graphs_lose_are_found(kind, metric, rng):
    """All that a row is linked with may be of its own kind: nothing leads to the others."""
    rows = {
        "duplicates": np.ones((300, 3)),
        "two_piles": np.repeat([[1.0, 0], [1e6, 1]], 150, axis=0),
        "line": np.arange(300.0)[:, None],
        "grid": rng.integers(2, size=(300, 3)) + 1.0,
    }[kind].astype(np.float32)
    graph, connected = built(rows, metric, 2, 4)
    assert (connected > 0) == (kind != "line")
    assert (graph.ground[:, 0] <= 5).all()
    found = graph.nearest(rows[7], 300, 300)
    assert sorted(found) == list(range(300))


def test_layers_thin_out(rng):
    graph, _ = built(rng.standard_normal((20_000, 1), dtype=np.float32), links=10, breadth=4)
    shares = [np.mean(graph.levels >= level) for level in (1, 2)]
    np.testing.assert_allclose(shares, [0.1, 0.01], rtol=0.25)


def test_the_same_seed_gives_the_same_graph(rng):
    rows = rng.standard_normal((500, 9), dtype=np.float32)
    (first, _), (again, _), (other, _) = (built(rows, seed=seed) for seed in (1, 1, 2))
    assert (first.ground == again.ground).all()
    assert (first.upper == again.upper).all()
    assert not (first.ground == other.ground).all()


def test_searches_leave_no_trace(rng):
    rows = rng.standard_normal((300, 9), dtype=np.float32)
    graph, _ = built(rows)
    before = graph.ground.copy(), graph.upper.copy()
    first = [graph.nearest(query, 20, 10).tolist() for query in rows[:40]]
    graph._state[2] = 2**32 - 10  # stamps run out, and begin again
    assert [graph.nearest(query, 20, 10).tolist() for query in rows[:40]] == first
    assert graph._state[2] < 2**32
    assert (graph.ground == before[0]).all()
    assert (graph.upper == before[1]).all()


def test_every_instruction_set_gives_the_same_bits(tmp_path):
    assert_same_bits("hnsw", tmp_path)
