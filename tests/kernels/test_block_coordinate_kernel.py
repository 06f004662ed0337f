"""The kernels of block coordinate descent against brute force in NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from harness.api import kernel

BC = kernel("block_coordinate")
PENALTIES = [(0.0, 0), (0.3, 0), (0.3, 1), (0.0, 1)]


def parts(matrix):
    """A sparse matrix as the kernels take it."""
    matrix = sparse.csc_array(matrix)
    matrix.sort_indices()
    return matrix.data, matrix.indices.astype(np.int32), matrix.indptr.astype(np.int64)


def sparse_matrix(rng, m, n, density=0.3):
    return np.where(rng.random((m, n)) < density, rng.normal(size=(m, n)), 0.0)


def step(g, x, c, l1, nonnegative):
    """The minimiser of g d + c d^2 / 2 + l1 |x + d|, looked for at all kinks and flat points."""
    candidates = [0.0, x - (g + l1) / c, x - (g - l1) / c]
    if nonnegative:
        candidates = [max(to, 0.0) for to in candidates]
    values = [g * (to - x) + c * (to - x) ** 2 / 2 + l1 * abs(to) for to in candidates]
    return candidates[int(np.argmin(values))] - x


def progress(g, x, c, l1, nonnegative):
    d = step(g, x, c, l1, nonnegative)
    return -(g * d + c * d * d / 2 + l1 * (abs(x + d) - abs(x)))


def laplacian(side):
    """A lattice's Laplacian plus a little."""
    line = np.diag(np.ones(side - 1), 1)
    line = line + line.T
    edges = np.kron(line, np.eye(side)) + np.kron(np.eye(side), line)
    return np.diag(edges.sum(axis=1) + 0.1) - edges


# Columns


@given(st.integers(0, 10**6))
def test_columns_are_added_and_multiplied(seed):
    rng = np.random.default_rng(seed)
    m, n = rng.integers(1, 12, 2)
    a = sparse_matrix(rng, m, n)
    block = rng.integers(0, n, 5)  # with repetitions
    d, vector, out = rng.normal(size=5), rng.normal(size=m), rng.normal(size=m)
    added, products = out.copy(), np.empty(5)
    BC.bc_add_columns(*parts(a), block, d, 5, added)
    BC.bc_dot_columns(*parts(a), vector, block, 5, products)
    np.testing.assert_allclose(added, out + a[:, block] @ d, atol=1e-12)
    np.testing.assert_allclose(products, a[:, block].T @ vector, atol=1e-12)


# Sweeps


@pytest.mark.parametrize("logistic", [0, 1])
@pytest.mark.parametrize(("l1", "nonnegative"), PENALTIES)
@pytest.mark.parametrize("m", [1, 7, 16, 50])
def test_sweeps_take_the_step_of_each_coordinate(m, l1, nonnegative, logistic, rng):
    n, l2 = 9, 0.2
    a = sparse_matrix(rng, m, n, 0.6)
    a[:, 4] = 0
    target = np.where(rng.random(m) < 0.5, -1.0, 1.0)
    curvature = (0.25 if logistic else 1.0) * (a**2).sum(axis=0) + l2
    curvature[4] = 0.0  # left alone, whatever l2 says
    order = rng.integers(0, n, 40)

    x, most = np.zeros(n), 0.0
    for j in order:
        if j == 4:
            continue
        slopes = a @ x - target
        if logistic:
            slopes = -target / (1 + np.exp(target * (a @ x)))
        d = step(a[:, j] @ slopes + l2 * x[j], x[j], curvature[j], l1, nonnegative)
        x[j] += d
        most = max(most, abs(d) * curvature[j])

    for run in (
        lambda *rest: BC.bc_sweep_dense(np.ascontiguousarray(a.T), m, *rest),
        lambda *rest: BC.bc_sweep_sparse(*parts(a), *rest),
    ):
        found, state = np.zeros(n), np.zeros(m) if logistic else -target
        largest = run(
            logistic, target, curvature, l1, l2, nonnegative, order, len(order), found, state
        )
        np.testing.assert_allclose(found, x, atol=1e-12)
        np.testing.assert_allclose(state, a @ x - (0 if logistic else target), atol=1e-12)
        assert largest == pytest.approx(most, rel=1e-10)


def test_a_logistic_slope_survives_any_margin():
    x, state = np.zeros(1), np.array([1e4, -1e4])
    column, target = np.array([[1.0, 1.0]]), np.array([1.0, 1.0])
    BC.bc_sweep_dense(
        column, 2, 1, target, np.array([0.5]), 0.0, 0.0, 0, np.array([0]), 1, x, state
    )
    assert x[0] == 2.0  # slopes 0 and -1, curvature 1/2


@pytest.mark.parametrize("m", [1, 7, 16, 50])
def test_pairs_pass_one_another_what_is_best(m, rng):
    n = 9
    a, target = rng.normal(size=(m, n)), rng.normal(size=m)
    a[:, 5] = a[:, 2]  # between equal columns nothing is to be had
    order = np.append(rng.integers(0, n, 60), [2, 5, 3, 3, 7])  # the last has no partner
    x = np.full(n, 1 / n)
    most = 0.0
    for i, j in zip(order[:-1:2], order[1::2], strict=True):
        away = a[:, i] - a[:, j]
        if not away.any():
            continue
        d = np.clip(-away @ (a @ x - target) / (away @ away), -x[i], x[j])
        x[i], x[j] = x[i] + d, x[j] - d
        most = max(most, abs(d) * (away @ away))
    found, state = np.full(n, 1 / n), a @ np.full(n, 1 / n) - target
    columns = np.ascontiguousarray(a.T)
    largest = BC.bc_sweep_pairs(columns, m, order, len(order), found, state)
    np.testing.assert_allclose(found, x, atol=1e-12)
    np.testing.assert_allclose(state, a @ x - target, atol=1e-12)
    assert largest == pytest.approx(most, rel=1e-9)
    assert found.min() >= 0
    assert found.sum() == pytest.approx(1, abs=1e-14)
    assert (x == 0).any()  # some pairs stopped at a bound


# Greedy steps


@pytest.mark.parametrize("by_length", [True, False])
@pytest.mark.parametrize(("l1", "nonnegative"), PENALTIES)
def test_greedy_steps_go_where_progress_is_largest(l1, nonnegative, by_length, rng):
    n = 12
    a = sparse_matrix(rng, 20, n, 0.5) * rng.uniform(0.1, 5, n)
    hessian = a.T @ a
    linear = rng.normal(size=n) * 3
    curvature = hessian.diagonal().copy()
    scale = curvature if by_length else np.full(n, curvature.max())
    x = np.zeros(n)
    for _ in range(30):
        g = hessian @ x - linear
        gains = [progress(g[j], x[j], scale[j], l1, nonnegative) for j in range(n)]
        j = int(np.argmax(gains))
        x[j] += step(g[j], x[j], curvature[j], l1, nonnegative)
    for run in (
        lambda *rest: BC.bc_greedy_dense(hessian, n, *rest),
        lambda *rest: BC.bc_greedy_sparse(*parts(hessian), n, *rest),
    ):
        found, gradient = np.zeros(n), -linear
        assert run(curvature, scale, l1, nonnegative, 30, 0.0, found, gradient) == 30
        np.testing.assert_allclose(found, x, rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(gradient, hessian @ x - linear, atol=1e-10)
        steps = run(curvature, scale, l1, nonnegative, 10**6, 1e-9, found, gradient)
        assert steps < 10**6
        left = [
            abs(step(gradient[j], found[j], curvature[j], l1, nonnegative)) * curvature[j]
            for j in range(n)
        ]
        assert max(left) <= 1e-8


def exchange(hessian, linear, x, steps):
    """Greedy exchange by trying all pairs with the least derivative."""
    for _ in range(steps):
        g = hessian @ x - linear
        i = int(g.argmin())
        best = (0.0, -1, 0.0)
        for j in range(len(x)):
            bend = hessian[i, i] + hessian[j, j] - 2 * hessian[i, j]
            if x[j] > 0 and g[j] > g[i]:
                d = min((g[j] - g[i]) / bend, x[j])
                best = max(best, (d * (g[j] - g[i]) - bend * d * d / 2, j, d))
        x[i] += best[2]
        x[best[1]] -= best[2]
    return x


def test_exchanges_keep_the_simplex_and_match_all_pairs(rng):
    a = rng.normal(size=(15, 8))
    hessian, linear = a.T @ a, rng.normal(size=8)
    x = np.full(8, 1 / 8)
    gradient = hessian @ x - linear
    assert BC.bc_exchange(hessian, 8, 25, 0.0, x, gradient) == 25
    expected = exchange(hessian, linear, np.full(8, 1 / 8), 25)
    np.testing.assert_allclose(x, expected, atol=1e-12)
    assert x.min() >= 0
    assert x.sum() == pytest.approx(1, abs=1e-14)
    BC.bc_exchange(hessian, 8, 10**5, 1e-10, x, gradient)
    gradient = hessian @ x - linear
    assert gradient[x > 0].max() - gradient.min() < 1e-9


# Forests


def is_forest(graph):
    """By counting: nodes = edges + trees."""
    edges = np.count_nonzero(np.triu(graph, 1))
    trees = sparse.csgraph.connected_components(sparse.csr_array(graph))[0]
    return len(graph) == edges + trees


def greedy_forest(matrix, order):
    n = len(matrix)
    _, indices, starts = parts(matrix)
    members = np.empty(n, np.int64)
    tree, mark = np.empty((2, n), np.int64)
    count = BC.bc_greedy_forest(
        indices, starts, n, np.asarray(order), len(order), tree, mark, members
    )
    return members[:count]


def solve(matrix, block, right):
    n, count = len(matrix), len(block)
    place, out = np.full(n, -1), np.empty(count)
    work, more = np.empty(3 * count, np.int64), np.empty(2 * count)
    block = np.asarray(block, np.int64)
    done = BC.bc_forest_solve(*parts(matrix), block, count, right, place, work, more, out)
    assert (place == -1).all()
    return out, done


@given(st.integers(0, 10**6))
def test_a_greedy_forest_takes_all_that_closes_no_cycle(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 25))
    graph = np.triu(rng.random((n, n)) < rng.uniform(0, 0.5), 1).astype(float)
    graph = graph + graph.T + np.eye(n)
    order = rng.permutation(n)
    kept = []
    for node in order:
        trial = [*kept, node]
        if is_forest(graph[np.ix_(trial, trial)] - np.eye(len(trial))):
            kept.append(node)
    assert greedy_forest(graph, order).tolist() == kept


def test_a_chain():
    """Known: 2 on the diagonal, -1 beside it, ones on the right."""
    matrix = 2 * np.eye(5) - np.diag(np.ones(4), 1) - np.diag(np.ones(4), -1)
    for block in ([0, 1, 2, 3, 4], [3, 0, 4, 2, 1]):
        out, done = solve(matrix, block, np.ones(5))
        assert done == 5
        np.testing.assert_allclose(
            out, np.array([2.5, 4.0, 4.5, 4.0, 2.5])[block], rtol=0, atol=1e-14
        )


@pytest.mark.parametrize("side", [2, 5, 20])
def test_forests_are_solved_as_dense_equations_are(side, rng):
    matrix = laplacian(side)
    block = greedy_forest(matrix, rng.permutation(side * side))
    assert len(block) > 0.6 * side * side
    right = rng.normal(size=len(block))
    out, done = solve(matrix, block, right)
    assert done == len(block)
    expected = np.linalg.solve(matrix[np.ix_(block, block)], right)
    np.testing.assert_allclose(out, expected, rtol=1e-12)


def test_a_long_chain_is_solved():
    n = 10_000
    matrix = sparse.diags_array(
        [-np.ones(n - 1), 2 * np.ones(n), -np.ones(n - 1)], offsets=(-1, 0, 1)
    )
    place, out = np.full(n, -1), np.empty(n)
    work, more = np.empty(3 * n, np.int64), np.empty(2 * n)
    arguments = (*parts(matrix), np.arange(n), n, np.ones(n), place, work, more, out)
    assert BC.bc_forest_solve(*arguments) == n
    i = np.arange(1, n + 1)
    np.testing.assert_allclose(out, i * (n + 1 - i) / 2, rtol=1e-9)


def test_a_cycle_is_told():
    triangle = 3 * np.eye(4) - np.ones((4, 4))
    triangle[3, :3] = triangle[:3, 3] = 0
    assert solve(triangle, [0, 1, 2, 3], np.ones(4))[1] == 1
    assert solve(triangle, [0, 1, 3], np.ones(3))[1] == 3


def test_a_singular_tree_is_solved_by_least_squares():
    path = np.array([[1.0, -1, 0], [-1, 2, -1], [0, -1, 1]])  # constants cost nothing
    right = np.array([1.0, -3, 2])
    out, done = solve(path, [0, 1, 2], right)
    assert done == 3
    np.testing.assert_allclose(path @ out, right, atol=1e-14)


@given(st.integers(0, 10**6))
def test_colours_differ_between_neighbours(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 20))
    graph = np.triu(rng.random((n, n)) < 0.3, 1)
    graph = graph | graph.T | np.eye(n, dtype=bool)
    _, indices, starts = parts(graph.astype(float))
    order = rng.permutation(n)
    colour, taken = np.empty(n, np.int64), np.empty(n + 1, np.int64)
    number = BC.bc_colour(indices, starts, n, order, colour, taken)
    expected = np.full(n, -1)
    for node in order:
        near = set(expected[np.flatnonzero(graph[node])].tolist())
        expected[node] = next(c for c in range(n) if c not in near)
    assert colour.tolist() == expected.tolist()
    assert number == expected.max() + 1


def test_a_lattice_is_red_and_black():
    matrix = laplacian(7)
    _, indices, starts = parts(matrix)
    colour, taken = np.empty(49, np.int64), np.empty(50, np.int64)
    assert BC.bc_colour(indices, starts, 49, np.arange(49), colour, taken) == 2
    assert (colour.reshape(7, 7) == np.indices((7, 7)).sum(axis=0) % 2).all()
