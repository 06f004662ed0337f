"""The solvers of vector search: exact ones are exact, codes are what they should be."""

import importlib
import itertools
from pathlib import Path

import numpy as np
import pytest

import bench_retrieval.vector_search as board
from bench_retrieval.vector_search import _binary, _index, _kmeans, _truth
from bench_retrieval.vector_search.brute_force import BruteForce
from bench_retrieval.vector_search.brute_force_blas import BruteForceBLAS
from bench_retrieval.vector_search.hnsw import HNSW
from bench_retrieval.vector_search.itq import ITQ
from bench_retrieval.vector_search.ivf_flat import IVFFlat
from bench_retrieval.vector_search.problem import VectorSearch
from bench_retrieval.vector_search.product_quantisation import ProductQuantisation
from bench_retrieval.vector_search.random_projection import RandomProjection
from bench_retrieval.vector_search.recurrent_binary import RecurrentBinary
from bench_retrieval.vector_search.shared_basis_binary import (
    SharedBasisBinary,
    levels,
    plane_steps,
)
from bench_retrieval.vector_search.sign_hashing import SignHashing
from harness.api import Case, Data, Instance, Meter, Solver
from harness.loading import Source, load_class

PROBLEM = VectorSearch()
STEMS = sorted(
    path.stem
    for path in Path(board.__file__).parent.glob("[a-z]*.py")
    if path.stem not in ("problem", "claims")
)
MODULES = {"faiss-cpu": "faiss"}
METRICS = ("l2", "ip", "cosine")


def solver_class(stem):
    module = importlib.import_module(f"{board.__name__}.{stem}")
    return load_class(Source(module.__file__, module.__name__), Solver, "solver")


@pytest.fixture(params=STEMS)
def any_solver(request):
    solver = solver_class(request.param)
    for name in solver.requires:
        pytest.importorskip(MODULES.get(name, name), reason=f"{name} is not installed")
    return solver()


def make(family, seed=0, **given):
    parameters = {**PROBLEM.families[family], **given}
    return PROBLEM.make(Case(family, parameters), np.random.default_rng(seed))


def of(corpus, queries, metric="l2", k=1):
    corpus, queries = (np.ascontiguousarray(v, np.float32) for v in (corpus, queries))
    for array in (corpus, queries):
        array.flags.writeable = False
    kth = _truth.kth_distances(corpus, queries, metric, k)
    data = {"corpus": corpus, "queries": queries, "metric": metric, "k": k}
    return Instance(data, {"kth": kth})


def answers(solver, instance, seed=0):
    search = PROBLEM.open(Data(instance.data), Meter())
    found = []
    for answer in solver.solve(search, np.random.default_rng(seed)):
        search.decided()
        found.append(np.array(answer))
    return found


def recall(solver, instance, seed=0):
    return 1 - PROBLEM.score(instance, answers(solver, instance, seed))[0]


# All of them


@pytest.mark.parametrize("metric", METRICS)
def test_on_vectors_that_are_easy_nothing_is_missed(any_solver, metric, rng):
    """Ten tight clusters in very different directions; the five of a query's own are wanted."""
    centres = np.linalg.qr(rng.standard_normal((16, 16)))[0][:10] * 3
    corpus = np.repeat(centres, 5, axis=0) + 0.01 * rng.standard_normal((50, 16))
    queries = centres + 0.01 * rng.standard_normal((10, 16))
    instance = of(corpus, queries, metric, 5)
    assert recall(any_solver, instance) == 1


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("n", [1, 2, 3, 33])
def test_every_vector_may_be_asked_for(any_solver, metric, n, rng):
    corpus, queries = rng.standard_normal((n, 1)) + 3, rng.standard_normal((4, 1)) + 3
    found = answers(any_solver, of(corpus, queries, metric, n))
    assert len(found) == 4
    assert all(len(np.unique(ids)) == len(ids) <= n for ids in found)


def test_duplicates_are_found_all(any_solver):
    instance = of(np.ones((40, 3)), np.full((2, 3), 0.5), k=7)
    for ids in answers(any_solver, instance):
        assert len(np.unique(ids)) == 7


def test_the_same_seed_gives_the_same_answers(any_solver):
    instance = make("topics", n=400, d=24, topics=10, queries=6)
    first, again = (answers(any_solver, instance, 3) for _ in range(2))
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)


def test_real_digits(any_solver):
    assert recall(any_solver, make("digits", queries=50)) > 0.95


@pytest.mark.parametrize(
    ("solver", "parameters"),
    [
        (BruteForceBLAS, {"spare": -1}),
        (RandomProjection, {"dimensions": 0}),
        (IVFFlat, {"probes": 0}),
        (HNSW, {"links": 1}),
        (HNSW, {"breadth": 0}),
        (IVFFlat, {"cells_per_root": float("nan")}),
        (ProductQuantisation, {"bytes_per_code": 1.5}),
        (SignHashing, {"bits": True}),
        (ITQ, {"rounds": 0}),
        (SharedBasisBinary, {"planes": 3}),
        (SharedBasisBinary, {"coordinates": 10}),
        (RecurrentBinary, {"planes": 8}),
        (RecurrentBinary, {"coordinates": 6}),
        (RecurrentBinary, {"hidden": -1}),
        (RecurrentBinary, {"noise": float("nan")}),
    ],
)
def test_bad_parameters(solver, parameters):
    with pytest.raises(ValueError, match=f"{next(iter(parameters))} = .*; expected"):
        solver(**parameters)


# The exact ones


@pytest.mark.parametrize("solver", [BruteForce(), BruteForceBLAS()], ids=["kernel", "blas"])
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("family", ["mixture", "sphere", "low_dimension", "heavy_tails"])
def test_brute_force_misses_nothing(solver, metric, family):
    assert recall(solver, make(family, n=3000, queries=60, metric=metric)) == 1


def test_brute_force_orders_by_distance(rng):
    corpus = rng.permutation(200).astype(np.float32)[:, None]
    (ids,) = answers(BruteForce(), of(corpus, [[60.2]], k=5))
    assert corpus[ids, 0].tolist() == [60, 61, 59, 62, 58]


def test_vectors_far_from_the_origin(rng):
    corpus = rng.standard_normal((500, 8)) + 3000
    instance = of(corpus, rng.standard_normal((20, 8)) + 3000, k=5)
    assert recall(BruteForce(), instance) == 1
    assert recall(BruteForceBLAS(), instance) > 0.98


@pytest.mark.parametrize("metric", ["l2", "ip"])
def test_many_queries_at_once_get_the_same_answers(metric, rng):
    corpus, queries = (rng.standard_normal((m, 40), dtype=np.float32) for m in (1000, 37))
    found = _index.nearest_of_many(corpus, queries, metric, 10)
    one_by_one = answers(BruteForce(), of(corpus, queries, metric, 10))
    np.testing.assert_array_equal(found, one_by_one)


# What tends to the exact one


def test_projections_on_all_dimensions_are_exact():
    instance = make("mixture", n=2000, queries=40)
    assert recall(RandomProjection(dimensions=32, candidates=10), instance) == 1
    assert recall(RandomProjection(dimensions=4, candidates=10), instance) < 0.5


def test_all_cells_are_the_whole_corpus():
    instance = make("mixture", n=2000, queries=40)
    assert recall(IVFFlat(probes=10_000), instance) == 1
    few, more = (recall(IVFFlat(probes=probes), instance) for probes in (1, 20))
    assert few < more


@pytest.mark.parametrize("metric", METRICS)
def test_a_walk_as_broad_as_the_corpus_is_exact(metric):
    """Vectors of different lengths, so that the metrics rank them differently."""
    instance = make("heavy_tails", n=2000, d=32, queries=40, metric=metric)
    few, more, most = (
        recall(HNSW(links=4, breadth_of_build=10, breadth=breadth), instance)
        for breadth in (10, 40, 10_000)
    )
    assert few < more < most == 1


def test_a_walk_is_as_broad_as_the_answer():
    instance = make("topics", n=500, d=16, topics=10, queries=5, k=30)
    assert [len(ids) for ids in answers(HNSW(breadth=5), instance)] == [30] * 5


@pytest.mark.parametrize(
    "make_solver",
    [
        lambda candidates: ProductQuantisation(8, candidates),
        lambda candidates: SignHashing(64, candidates),
        lambda candidates: ITQ(64, candidates),
        lambda candidates: SharedBasisBinary(32, 2, candidates),
    ],
    ids=["pq", "lsh", "itq", "shared"],
)
def test_more_candidates_find_more(make_solver):
    instance = make("topics", n=2000, queries=50)
    found = [recall(make_solver(candidates), instance) for candidates in (10, 50, 2000)]
    assert found[0] < found[1] < found[2] == 1


def test_recalls_of_the_literature_s_comparison():
    """20,000 vectors of 128 dimensions, codes of 128 bits, the best 50 looked at in full.

    Measured elsewhere on vectors of the same law: signs .49, ITQ .68, two planes in one basis .89,
    product quantisation .89; with 64 bits ITQ .50, two planes .69.
    """
    instance = make("topics", queries=200)
    for solver, expected in (
        (SignHashing(128, 50), 0.49),
        (ITQ(128, 50), 0.68),
        (ITQ(64, 50), 0.50),
        (SharedBasisBinary(64, 2, 50), 0.89),
        (SharedBasisBinary(32, 2, 50), 0.69),
        (ProductQuantisation(16, 50), 0.89),
    ):
        assert recall(solver, instance) == pytest.approx(expected, abs=0.06), solver


# Codes


def test_the_table_of_nibbles():
    """Two coordinates of 2 bits: 2 <a, b> + 9, with the levels -1.5, -.5, .5, 1.5."""
    table = _binary.LevelCodes(np.zeros((1, 4), np.uint8), 2, 1).table
    assert table[0].tolist() == [18, 15, 12, 9, 15, 12, 9, 6, 12, 9, 6, 3, 9, 6, 3, 0]
    assert table[1].tolist() == [15, 14, 13, 12, 12, 11, 10, 9, 9, 8, 7, 6, 6, 5, 4, 3]
    assert (table == table.T).all()
    assert (table.trace(), table.sum()) == (224, 2304)
    values = np.array([-1.5, -0.5, 0.5, 1.5])
    pairs = np.array(list(itertools.product(values, repeat=2)))
    np.testing.assert_array_equal(table, 2 * pairs @ pairs.T + 9)


def test_nibbles_join_coordinates_first_one_above():
    codes = _binary.LevelCodes(np.array([[2, 2, 0, 0]], np.uint8), 2, 1)
    assert codes._nibbles(np.array([[3, 1, 2, 0]], np.uint8)).tolist() == [[13, 8]]
    assert codes._nibbles(np.array([[2, 2, 0, 0]], np.uint8)).tolist() == [[10, 0]]
    assert int(codes.table[13, 10]) + int(codes.table[8, 0]) == 22


@pytest.mark.parametrize("planes", [1, 2, 4])
@pytest.mark.parametrize("n", [1, 31, 33, 100])
def test_level_codes_rank_by_the_cosine(planes, n, rng):
    codes = rng.integers(2**planes, size=(n, 24)).astype(np.uint8)
    query = rng.integers(2**planes, size=24).astype(np.uint8)
    found = _binary.LevelCodes(codes, planes, n).nearest(query)
    assert sorted(found) == list(range(n))
    top = 2**planes - 1
    vectors, asked = 2.0 * codes - top, 2.0 * query - top
    cosines = vectors @ asked / np.linalg.norm(vectors, axis=1)
    assert (np.diff(cosines[found]) <= 1e-5).all()


def test_hamming_distances_make_up_the_inner_product(rng):
    """<q, d> = (m - 2 H00) + (m - 2 H01) / 2 + (m - 2 H10) / 2 + (m - 2 H11) / 4 for two planes."""
    m = 40
    signs = np.where(rng.random((2, 2, m)) < 0.5, -1, 1)  # query and vector, planes
    (q0, q1), (d0, d1) = signs
    product = (q0 + q1 / 2) @ (d0 + d1 / 2)

    def part(one, two, weight):
        return weight * (m - 2 * np.count_nonzero(one != two))

    parts = part(q0, d0, 1) + part(q0, d1, 0.5) + part(q1, d0, 0.5) + part(q1, d1, 0.25)
    assert product == parts


def test_bits_are_searched_by_hamming_distance(rng):
    bits = rng.random((90, 70)) < 0.5
    query = rng.random(70) < 0.5
    found = _binary.HammingCodes(bits, 90).nearest(query)
    expected = np.argsort((bits != query).sum(axis=1), kind="stable")
    np.testing.assert_array_equal(found, expected)


def test_two_planes_cut_at_zero_and_at_the_mean():
    z = np.array([[-3.0], [-1.0], [1.0], [3.0]], np.float32)
    steps = plane_steps(z, 2)
    assert steps.ravel().tolist() == [2, 1]
    values = np.array([[-9], [-2.1], [-1.9], [-0.1], [0.1], [1.9], [2.1], [9]], np.float32)
    assert levels(values, steps).ravel().tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def test_one_plane_is_itq(rng):
    z = rng.standard_normal((50, 8)).astype(np.float32)
    assert (levels(z, plane_steps(z, 1)) == (z > 0)).all()


def test_rounds_of_itq_lose_less_and_less(rng):
    z = rng.standard_normal((2000, 10)).astype(np.float32) * np.linspace(2, 0.5, 10, dtype="f4")
    lost = []
    for rounds in (0, 1, 5, 30):
        turn = _binary.rotation(z, rounds, np.random.default_rng(1))
        np.testing.assert_allclose(turn @ turn.T, np.eye(10), atol=1e-5)
        lost.append(np.square(_binary.signs(z @ turn) - z @ turn).sum())
    assert lost == sorted(lost, reverse=True)
    assert lost[0] > lost[-1]


def test_axes_are_those_of_largest_variance(rng):
    points = rng.standard_normal((4000, 3)) * [1, 5, 2] @ np.eye(3)
    axes = _binary.principal_axes(points.astype(np.float32), 5, rng)
    assert axes.shape == (3, 5)
    np.testing.assert_allclose(np.abs(axes[:, :2]), [[0, 0], [1, 0], [0, 1]], atol=0.1)
    assert not axes[:, 3:].any()


# Trained codes


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="torch is not installed")


def test_the_code_accumulates_planes(torch):
    """The second plane codes what the reconstruction of the first leaves, of length one."""
    from bench_retrieval.vector_search.recurrent_binary import code

    eye = torch.nn.Identity()
    f = torch.tensor([[0.6, 0.8], [-0.1, 0.99498743]])
    b, found = code(torch, torch.nn.ModuleList([eye, eye, eye]), f)
    # 0.6 and 0.8 against 0.707 and 0.707; -0.1 and 0.995 against -0.707 and 0.707
    assert b.tolist() == [[0.5, 1.5], [-0.5, 1.5]]
    assert found.tolist() == [[2, 3], [1, 3]]


def test_signs_let_gradients_through_between_minus_one_and_one(torch):
    from bench_retrieval.vector_search.recurrent_binary import signs

    x = torch.tensor([-2.0, -0.5, 0.0, 0.5, 2.0], requires_grad=True)
    y = signs(torch, x)
    y.sum().backward()
    assert y.tolist() == [-1, -1, -1, 1, 1]
    assert x.grad.tolist() == [0, 1, 1, 1, 0]


def test_the_loss_of_pairs_and_their_strongest_negatives(torch, rng):
    from bench_retrieval.vector_search.recurrent_binary import contrast

    x, y = rng.standard_normal((2, 9, 4))
    found = contrast(torch, torch.tensor(x), torch.tensor(y)).item()
    x, y = (v / np.linalg.norm(v, axis=1)[:, None] for v in (x, y))
    expected = 0.0
    for scores in (x @ y.T / 0.05, y @ x.T / 0.05):
        for i, row in enumerate(scores):
            negatives = np.sort(np.delete(row, i))[-5:]
            expected += np.log(np.exp(negatives - row[i]).sum() + 1) / 9
    assert found == pytest.approx(expected, rel=1e-5)


def test_training_helps(torch):
    instance = make("topics", n=4000, d=64, topics=50, queries=100)
    settings = {"coordinates": 64, "planes": 1, "candidates": 10, "hidden": 0}
    before = recall(RecurrentBinary(epochs=1, noise=0.0, **settings), instance)
    assert recall(RecurrentBinary(epochs=8, **settings), instance) > before + 0.04


# Parts


def test_kmeans_finds_what_is_there(rng):
    centres = 100 * rng.standard_normal((5, 3)).astype(np.float32)
    points = np.repeat(centres, 40, axis=0) + rng.standard_normal((200, 3)).astype(np.float32)
    found = _kmeans.kmeans(points, 20, 10, rng)
    numbers, values = _kmeans.nearest_centres(points, found)
    gaps = ((points[:, None] - found) ** 2).sum(axis=2)
    np.testing.assert_array_equal(numbers, gaps.argmin(axis=1))
    squares = (points**2).sum(axis=1)
    np.testing.assert_allclose(values + squares, gaps.min(axis=1), atol=1e-6 * squares.max())
    assert gaps.min(axis=1).mean() < 10


def test_kmeans_of_fewer_points_than_centres(rng):
    points = rng.standard_normal((3, 2)).astype(np.float32)
    found = _kmeans.kmeans(points, 10, 3, rng)
    assert len(found) == 3
    assert np.isfinite(_kmeans.kmeans(np.zeros((9, 2), np.float32), 4, 3, rng)).all()
