"""The k-medoids solvers: known answers, local optima, and what all of them must hold to."""

import importlib
import itertools
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import bench_clustering.k_medoids as board
from bench_clustering.k_medoids import _clara, _clarans, _matrix, _starts
from bench_clustering.k_medoids._swap import Caches
from bench_clustering.k_medoids.alternating import Alternating
from bench_clustering.k_medoids.build import Build
from bench_clustering.k_medoids.clara import CLARA
from bench_clustering.k_medoids.clarans import CLARANS
from bench_clustering.k_medoids.fastclara import FastCLARA
from bench_clustering.k_medoids.fastclarans import FastCLARANS
from bench_clustering.k_medoids.fasterclara import FasterCLARA
from bench_clustering.k_medoids.fasterpam import FasterPAM
from bench_clustering.k_medoids.fastpam1 import FastPAM1
from bench_clustering.k_medoids.fastpam2 import FastPAM2
from bench_clustering.k_medoids.lab import LAB
from bench_clustering.k_medoids.pam import PAM
from bench_clustering.k_medoids.problem import KMedoids
from bench_clustering.k_medoids.random_medoids import RandomMedoids
from harness.api import Case, Data, Instance, Solver
from harness.loading import Source, load_class

PROBLEM = KMedoids()
STEMS = sorted(
    path.stem
    for path in Path(board.__file__).parent.glob("[a-z]*.py")
    if path.stem not in ("problem", "claims")
)
LOCAL_OPTIMA = [PAM, FastPAM1, FastPAM2, FasterPAM]
DESCENDING = ("alternating", "clarans", "fastclarans", "fasterpam", "random_medoids")
STARTED = [*LOCAL_OPTIMA, Alternating, FastCLARA, FasterCLARA]


def solver_class(stem):
    module = importlib.import_module(f"{board.__name__}.{stem}")
    return load_class(Source(module.__file__, module.__name__), Solver, "solver")


@pytest.fixture(params=STEMS)
def any_solver(request):
    solver = solver_class(request.param)
    for name in solver.requires:
        pytest.importorskip(name)
    return solver()


def instance(matrix, k):
    matrix = np.ascontiguousarray(matrix)
    matrix.flags.writeable = False
    return Instance({"dissimilarities": matrix, "k": k})


def answers(solver, matrix, k, rng=0):
    """All answers of a solver as lists; `rng` is a generator or a seed."""
    data = Data(instance(matrix, k).data)
    return [list(map(int, found)) for found in solver.solve(data, np.random.default_rng(rng))]


def cost(matrix, k, answer):
    return PROBLEM.score(instance(matrix, k), answer)[0]


class FixedStart:
    """In the place of a generator: the start of a search is given."""

    def __init__(self, medoids):
        self.medoids = np.array(medoids)

    def choice(self, n, k, replace):
        return self.medoids

    def answers(self, solver, matrix, k):
        data = Data(instance(matrix, k).data)
        return [list(map(int, found)) for found in solver.solve(data, self)]


@pytest.fixture
def every_candidate(monkeypatch):
    """Searches yield after each candidate, so that every swap is seen."""
    monkeypatch.setattr(_matrix, "ENTRIES_PER_SLICE", 1)


def swaps(found):
    return sum(before != after for before, after in itertools.pairwise(found))


def from_points(points):
    points = np.asarray(points, float).reshape(len(points), -1)
    return np.linalg.norm(points[:, None] - points[None], axis=2)


def of_kind(kind, n, seed):
    """A small matrix of some kind; all but the Euclidean ones hold whole numbers."""
    rng = np.random.default_rng(seed)
    if kind.startswith("euclidean"):
        return from_points(rng.normal(size=(n, 2))).astype(kind.removeprefix("euclidean "))
    if kind == "duplicates":
        return from_points(rng.integers(0, 3, n))
    if kind == "zero":
        return np.zeros((n, n))
    matrix = rng.integers(0, 30, size=(n, n)).astype(float)
    if kind == "integers":
        matrix = np.tril(matrix) + np.tril(matrix).T
    if kind != "odd diagonal":
        np.fill_diagonal(matrix, 0)
    return matrix


KINDS = [
    "euclidean float32",
    "euclidean float64",
    "duplicates",
    "zero",
    "integers",
    "asymmetric",
    "odd diagonal",
]
small = {
    "kind": st.sampled_from(KINDS),
    "n": st.integers(1, 14),
    "share": st.floats(0, 1),
    "seed": st.integers(0, 1000),
}


def improving_swap(matrix, medoids):
    """By brute force: the least cost after one swap, and the cost before."""
    costs = [
        matrix[:, [*medoids[:i], c, *medoids[i + 1 :]]].min(axis=1).sum(dtype=float)
        for i in range(len(medoids))
        for c in set(range(len(matrix))) - set(medoids)
    ]
    before = matrix[:, medoids].min(axis=1).sum(dtype=float)
    return min(costs, default=before), before


# What all solvers must hold to


def test_the_pack_names_itself_and_imports_no_algorithm():
    code = (
        "import sys, bench_clustering; print(bench_clustering.bench_packs(), "
        "[name for name in sys.modules if name.startswith('bench_clustering.')])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert printed == "['bench_clustering'] []\n"


def test_a_solver_says_what_it_is(any_solver):
    assert any_solver.problem == "k_medoids"
    assert bool(any_solver.papers) == (any_solver.role == "paper")
    assert any_solver.role == "peer" or "kmedoids" not in any_solver.requires


@settings(max_examples=40)
@given(**small)
@example(kind="zero", n=1, share=0, seed=0)
@example(kind="zero", n=2, share=1, seed=0)
@example(kind="zero", n=12, share=0.4, seed=0)
@example(kind="integers", n=14, share=0, seed=0)
@example(kind="odd diagonal", n=14, share=1, seed=0)
def test_every_answer_is_valid_and_none_beats_the_optimum(kind, n, share, seed):
    matrix = of_kind(kind, n, seed)
    k = 1 + round(share * (n - 1))
    least = PROBLEM.exact(instance(matrix, k))
    for stem in STEMS:
        solver = solver_class(stem)
        if solver.role == "peer" and (kind == "odd diagonal" or not _installed(solver)):
            continue
        costs = [cost(matrix, k, found) for found in answers(solver(), matrix, k, seed)]
        assert min(costs) >= least - 1e-9 * (1 + least), stem
        if stem in DESCENDING:
            assert costs[-1] == min(costs), stem


def _installed(solver):
    return all(importlib.util.find_spec(name) for name in solver.requires)


def test_the_same_seed_gives_the_same_answers(any_solver):
    matrix = of_kind("euclidean float32", 60, 1)
    assert answers(any_solver, matrix, 5, 3) == answers(any_solver, matrix, 5, 3)


def test_all_but_the_samplers_begin_with_the_same_draw(any_solver):
    if isinstance(any_solver, CLARA | FastCLARA | FasterCLARA):
        pytest.skip("has no start of its own")
    matrix = of_kind("euclidean float32", 60, 1)
    start = np.random.default_rng(3).choice(60, 5, replace=False)
    assert answers(any_solver, matrix, 5, 3)[0] == start.tolist()


def test_one_medoid_is_the_most_central_object(any_solver):
    # the package kmedoids sums rows here
    matrix = of_kind("integers" if any_solver.role == "peer" else "asymmetric", 30, 2)
    if isinstance(any_solver, RandomMedoids):
        any_solver = RandomMedoids(draws=300)
    assert answers(any_solver, matrix, 1)[-1] == [matrix.sum(axis=0).argmin()]


def test_a_power_of_two_changes_nothing_but_the_cost(any_solver):
    matrix = of_kind("euclidean float32", 80, 4)
    assert answers(any_solver, matrix, 6) == answers(any_solver, 4 * matrix, 6)


@pytest.mark.parametrize("solver", STARTED)
def test_an_unknown_start_is_refused_with_the_known_ones(solver):
    with pytest.raises(ValueError, match="no start 'centre'; init must be one of random, build, l"):
        answers(solver(init="centre"), of_kind("zero", 9, 0), 3)


# Known answers


def test_five_objects(every_candidate):
    lower = [[], [1], [2, 3], [4, 5, 6], [7, 8, 9, 1]]
    matrix = np.array([row + [0] * (5 - len(row)) for row in lower], float)
    matrix += matrix.T
    for solver, number in [(PAM, 1), (FastPAM1, 1), (FastPAM2, 1), (FasterPAM, 2)]:
        found = FixedStart([0, 1]).answers(solver(init="random"), matrix, 2)
        assert (found[-1], swaps(found)) == ([0, 3], number)
        assert cost(matrix, 2, found[-1]) == 4
    assert answers(Build(), matrix, 2)[-1] == [0, 3]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("solver", "medoids", "number"),
    [
        (PAM, [36, 16, 39, 15], 9),
        (FastPAM1, [36, 16, 39, 15], 9),
        (FastPAM2, None, 10),
        (FasterPAM, [39, 23, 36, 16], 15),
    ],
)
def test_fifty_squares(solver, medoids, number, dtype, every_candidate):
    matrix = from_points(np.arange(50) ** 2 % 101).astype(dtype)
    found = FixedStart([0, 1, 2, 3]).answers(solver(init="random"), matrix, 4)
    assert cost(matrix, 4, found[0]) == 2031
    assert cost(matrix, 4, found[-1]) == 307
    assert swaps(found) == number
    assert found[-1] == medoids if medoids else sorted(found[-1]) == [15, 16, 36, 39]


def test_fifty_squares_by_other_means():
    matrix = from_points(np.arange(50) ** 2 % 101)
    assert answers(Build(), matrix, 4)[-1] == [7, 36, 25, 2]
    assert cost(matrix, 4, [7, 36, 25, 2]) == 319
    found = FixedStart([0, 1, 2, 3]).answers(Alternating(), matrix, 4)
    assert cost(matrix, 4, found[-1]) == 313


@pytest.fixture(scope="module")
def digits():
    return _digits("euclidean")


@pytest.fixture(scope="module")
def square_digits():
    return _digits("sqeuclidean")


def _digits(metric):
    case = Case("digits", {"k": 10, "metric": metric, "n": 1797, "dtype": "float64"})
    return PROBLEM.make(case, np.random.default_rng(0)).data["dissimilarities"]


@pytest.mark.parametrize("solver", [FastPAM1, FasterPAM])
def test_euclidean_digits(solver, digits):
    found = answers(solver(init="random"), digits, 10, 7)[-1]
    assert cost(digits, 10, found) == pytest.approx(51194.699816, abs=1e-6)


@pytest.mark.parametrize(
    ("solver", "k", "least"),
    [(FastPAM1, 50, 935084), (FasterPAM, 50, 933337), (FasterPAM, 10, 1550461)],
)
def test_digits_in_whole_numbers(solver, k, least, square_digits):
    found = answers(solver(init="random"), square_digits, k, 7)[-1]
    assert cost(square_digits, k, found) == least
    same = answers(solver(init="random"), square_digits.astype(np.float32), k, 7)[-1]
    assert same == found


def test_hundred_medoids_of_the_digits(digits):
    """Means over starts, as measured beforehand by other programs, within half a percent."""
    expected = {
        FasterPAM(): 34807,
        FastPAM2(): 34807,
        FastCLARANS(): 35656,
        CLARANS(): 35276,
        LAB(): 38439,
        CLARA(): 38602,
        FasterCLARA(): 36836,
        FastCLARA(): 36873,
    }
    for solver, mean in expected.items():
        found = [cost(digits, 100, answers(solver, digits, 100, seed)[-1]) for seed in range(3)]
        assert np.mean(found) == pytest.approx(mean, rel=0.015), solver


def test_fasterpam_finds_the_optimum_of_sixty_points_from_most_starts():
    matrix = from_points(np.random.default_rng(0).normal(size=(60, 2)))
    found = [cost(matrix, 5, answers(FasterPAM(), matrix, 5, seed)[-1]) for seed in range(50)]
    assert min(found) == pytest.approx(34.671635, abs=1e-6)
    assert np.count_nonzero(np.isclose(found, min(found))) >= 40


# The family of PAM


@pytest.mark.parametrize("solver", LOCAL_OPTIMA)
@given(**small)
def test_no_swap_is_left_that_helps(solver, kind, n, share, seed):
    matrix = of_kind(kind, n, seed)
    k = 1 + round(share * (n - 1))
    found = answers(solver(init="random"), matrix, k, seed)[-1]
    least, before = improving_swap(matrix, found)
    assert least >= before * (1 - 1e-9)


@pytest.mark.parametrize("solver", LOCAL_OPTIMA)
def test_nothing_is_left_to_do_where_a_search_ended(solver):
    matrix = of_kind("euclidean float64", 90, 5)
    found = answers(solver(init="random"), matrix, 7)[-1]
    assert swaps(FixedStart(found).answers(solver(init="random"), matrix, 7)) == 0


@pytest.mark.parametrize("init", ["random", "build", "lab"])
@pytest.mark.parametrize("kind", ["integers", "asymmetric", "duplicates", "odd diagonal"])
def test_fastpam1_takes_the_swaps_of_pam(kind, init):
    for seed in range(20):
        n = 10 + 4 * seed
        matrix = of_kind(kind, n, seed)
        slow = answers(PAM(init=init), matrix, 2 + seed % 9, seed)
        assert answers(FastPAM1(init=init), matrix, 2 + seed % 9, seed) == slow


@pytest.mark.parametrize("kind", ["integers", "euclidean float32", "euclidean float64"])
@pytest.mark.parametrize("solver", [*LOCAL_OPTIMA, FastCLARANS, CLARANS, Build])
def test_reading_columns_instead_of_rows_changes_nothing(solver, kind, monkeypatch):
    matrix = of_kind(kind, 150, 6)
    by_rows = answers(solver(), matrix, 9)
    monkeypatch.setattr(_matrix.Matrix, "symmetric", 0)
    assert answers(solver(), matrix, 9) == by_rows


@pytest.mark.parametrize("kind", ["integers", "asymmetric"])
@pytest.mark.parametrize("solver", [*LOCAL_OPTIMA, Build])
@pytest.mark.parametrize("entries", [1, 100 * 33, 100 * 40])
def test_slices_change_nothing(solver, kind, entries, monkeypatch):
    matrix = of_kind(kind, 100, 7)
    whole = answers(solver(), matrix, 6)
    monkeypatch.setattr(_matrix, "ENTRIES_PER_SLICE", entries)
    sliced = answers(solver(), matrix, 6)
    assert len(sliced) > len(whole)
    assert sliced[-1] == whole[-1]


def test_slices_begin_where_blocks_of_columns_do(monkeypatch):
    matrix = _matrix.Matrix(np.zeros((1000, 1000)))
    for entries, passes, step in [
        (100_000, 1, 96),
        (100_000, 10, 10),
        (10, 1, 1),
        (10**9, 1, 1000),
    ]:
        monkeypatch.setattr(_matrix, "ENTRIES_PER_SLICE", entries)
        slices = list(matrix.slices(passes))
        assert slices[0] == (0, step)
        assert [start for start, _ in slices[1:]] == [stop for _, stop in slices[:-1]]
        assert slices[-1][1] == 1000


def test_fasterpam_ends_after_a_round_without_a_swap(every_candidate):
    matrix = from_points(np.arange(50) ** 2 % 101)
    found = FixedStart([0, 1, 2, 3]).answers(FasterPAM(), matrix, 4)
    last = max(i for i, answer in enumerate(found) if answer != found[-1]) + 1
    assert found[last] == found[-1] == [39, 23, 36, 16]
    assert len(found) - 1 - last == 49  # the other candidates


def test_symmetry_is_noticed():
    matrix = of_kind("integers", 70, 0)
    assert _matrix.Matrix(matrix).symmetric == 1
    assert len(_matrix.Matrix(matrix).block) == 0
    matrix[3, 69] += 1
    assert _matrix.Matrix(matrix).symmetric == 0


@pytest.mark.parametrize("kind", ["euclidean float32", "asymmetric"])
def test_the_caches_follow_every_swap(kind):
    matrix = of_kind(kind, 40, 8)
    caches = Caches(_matrix.Matrix(matrix), np.arange(5, dtype=np.int32))
    for medoid, candidate in [(0, 20), (4, 33), (0, 7), (2, 0)]:
        before = caches.cost()
        change = caches.change(medoid, candidate)
        caches.swap(medoid, candidate)
        assert caches.medoids[medoid] == candidate
        assert caches.cost() == pytest.approx(cost(matrix, 5, caches.medoids), rel=1e-12)
        assert caches.cost() - before == pytest.approx(change, abs=1e-9)


def test_a_search_ends_where_rounding_promises_gains(monkeypatch):
    """A swap that does not lower the cost ends the search, whatever the kernel thought of it."""
    matrix = of_kind("duplicates", 30, 9)  # where a medoid's double is as good
    for solver in [PAM, FastPAM1, FastPAM2, FasterPAM]:
        with monkeypatch.context() as patch:
            # a negative tolerance takes swaps that gain nothing, and would do so for ever
            patch.setattr("bench_clustering.k_medoids._swap._TOLERANCE", -1e-3)
            data = Data(instance(matrix, 2).data)
            found = solver(init="random").solve(data, np.random.default_rng(0))
            assert len(list(itertools.islice(found, 100))) < 100


def test_tau_says_how_much_of_its_gain_a_swap_may_lose(every_candidate):
    matrix = of_kind("integers", 80, 11)
    swaps_of = {tau: swaps(answers(FastPAM2(tau=tau), matrix, 12)) for tau in (0.0, 1.0)}
    scans_of = {tau: len(answers(FastPAM2(tau=tau), matrix, 12)) for tau in (0.0, 1.0)}
    assert scans_of[0.0] > scans_of[1.0]
    assert min(swaps_of.values()) > 12


def test_fasterpam_needs_no_second_matrix():
    matrix = of_kind("euclidean float32", 800, 10)
    for entries in (matrix, of_kind("asymmetric", 800, 10).astype(np.float32)):
        answers(FasterPAM(), entries, 5)
        tracemalloc.start()
        answers(FasterPAM(), entries, 5)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < entries.nbytes / 8


# Starts


def _build_by_hand(matrix, k):
    medoids = [int(matrix.sum(axis=0).argmin())]
    while len(medoids) < k:
        costs = [
            np.inf if c in medoids else matrix[:, [*medoids, c]].min(axis=1).sum()
            for c in range(len(matrix))
        ]
        medoids.append(int(np.argmin(costs)))
    return medoids


@pytest.mark.parametrize("kind", ["integers", "asymmetric", "duplicates", "odd diagonal"])
def test_build_is_greedy(kind):
    matrix = of_kind(kind, 60, 12)
    assert answers(Build(), matrix, 7)[-1] == _build_by_hand(matrix, 7)


def test_lab_does_as_build_where_its_samples_hold_all_objects():
    matrix = of_kind("euclidean float64", 13, 13)  # no ties: those go to the first in the sample
    assert answers(LAB(), matrix, 3)[-1] == _build_by_hand(matrix, 3)


def test_lab_lies_between_random_medoids_and_build():
    matrix = from_points(np.random.default_rng(1).normal(size=(400, 3)))
    mean = {
        solver: np.mean([cost(matrix, 20, answers(solver, matrix, 20, s)[-1]) for s in range(10)])
        for solver in (RandomMedoids(), LAB(), Build())
    }
    assert mean[Build()] < mean[LAB()] < mean[RandomMedoids()]


def test_a_chosen_medoid_trades_places_with_a_random_one():
    medoids = np.array([4, 5, 6, 7], np.int32)
    _starts._put(medoids, 1, 7)
    assert medoids.tolist() == [4, 7, 6, 5]
    _starts._put(medoids, 2, 9)
    assert medoids.tolist() == [4, 7, 9, 5]
    _starts._put(medoids, 3, 5)
    assert medoids.tolist() == [4, 7, 9, 5]


def test_more_random_draws_are_no_worse():
    matrix = of_kind("euclidean float64", 60, 14)
    costs = [cost(matrix, 4, found) for found in answers(RandomMedoids(draws=200), matrix, 4)]
    assert len(costs) == 200
    assert sorted(costs, reverse=True) == costs
    assert costs[-1] < costs[0]


# Samples and random swaps


def test_one_sample_of_all_objects_is_the_whole_problem():
    matrix = of_kind("integers", 90, 15)
    for sampler, solver in [(CLARA(1, 90), PAM()), (CLARA(1, 1000), PAM())]:
        assert answers(sampler, matrix, 6)[-1] == answers(solver, matrix, 6)[-1]


def test_later_samples_contain_the_best_medoids(rng):
    kept = np.array([50, 3, 77], np.int32)
    for _ in range(20):
        sample = _clara._sample(80, 10, kept, rng)
        assert set(kept) <= set(sample)
        assert len(set(sample)) == 10
        assert sample.dtype == np.int32
        assert 0 <= sample.min() <= sample.max() < 80
    assert sorted(_clara._sample(80, 80, kept, rng)) == list(range(80))


@pytest.mark.parametrize(("solver", "size"), [(CLARA, 60), (FastCLARA, 120), (FasterCLARA, 120)])
def test_samples_have_the_published_size(solver, size, monkeypatch):
    sizes = []
    draw = _clara._sample
    monkeypatch.setattr(_clara, "_sample", lambda n, s, *rest: sizes.append(s) or draw(n, s, *rest))
    answers(solver(), of_kind("euclidean float64", 300, 16), 10)
    assert sizes == 5 * [size]


@pytest.mark.parametrize("solver", [CLARA, FastCLARA, FasterCLARA])
def test_a_sample_that_is_worse_is_forgotten(solver):
    matrix = of_kind("euclidean float64", 300, 16)
    one, five = (answers(solver(samples=samples, size=20), matrix, 4) for samples in (1, 5))
    assert five[: len(one)] == one
    costs = [cost(matrix, 4, found) for found in five[len(one) :]]
    assert sorted(costs, reverse=True) == costs
    assert costs[-1] < cost(matrix, 4, one[-1])


@pytest.mark.parametrize("solver", [CLARANS, FastCLARANS])
def test_random_swaps_only_ever_improve(solver):
    matrix = of_kind("euclidean float64", 200, 17)
    costs = [cost(matrix, 6, found) for found in answers(solver(restarts=6), matrix, 6)]
    assert sorted(costs, reverse=True) == costs
    assert costs[-1] < costs[0]
    assert costs[-1] <= cost(matrix, 6, answers(solver(restarts=1), matrix, 6)[-1])


def test_every_restart_has_a_start_of_its_own():
    matrix = of_kind("euclidean float64", 50, 17)
    starts = []

    def attempt(caches, draws, failures):
        starts.append(caches.medoids.tolist())
        failures[0] = 1

    data = Data(instance(matrix, 3).data)
    found = list(_clarans.random_swaps(data, np.random.default_rng(5), 4, 1, attempt))
    rng = np.random.default_rng(5)
    assert starts == [rng.choice(50, 3, replace=False).tolist() for _ in range(4)]
    assert found[-1].tolist() == min(starts, key=lambda start: cost(matrix, 3, start))


@pytest.mark.parametrize("solver", [CLARANS, FastCLARANS])
def test_many_random_swaps_end_in_a_local_optimum(solver):
    matrix = of_kind("euclidean float64", 40, 18)
    found = answers(solver(share=20.0), matrix, 4)[-1]
    least, before = improving_swap(matrix, found)
    assert least >= before * (1 - 1e-9)


def test_clarans_tries_at_least_so_often():
    matrix = of_kind("euclidean float64", 40, 19)
    hasty, patient = (
        [cost(matrix, 4, answers(CLARANS(least=least), matrix, 4, s)[-1]) for s in range(10)]
        for least in (1, 250)
    )
    assert np.mean(patient) < np.mean(hasty)


# The package kmedoids


@pytest.mark.parametrize("kind", ["integers", "asymmetric", "euclidean float32", "duplicates"])
@pytest.mark.parametrize(
    ("ours", "stem"),
    [(FasterPAM(), "peer_kmedoids_fasterpam"), (FastPAM1("random"), "peer_kmedoids_fastpam1")],
)
def test_the_package_reaches_the_same_cost(ours, stem, kind):
    pytest.importorskip("kmedoids")
    peer = solver_class(stem)()
    for seed in range(30):
        n, k = 10 + 3 * seed, 2 + seed % 9
        matrix = of_kind(kind, n, seed)
        found, theirs = (answers(solver, matrix, k, seed)[-1] for solver in (ours, peer))
        assert cost(matrix, k, found) == pytest.approx(cost(matrix, k, theirs), rel=1e-6)
        if kind in ("integers", "asymmetric"):
            assert found == theirs


def test_the_package_alternates_to_the_same_cost():
    pytest.importorskip("kmedoids")
    peer = solver_class("peer_kmedoids_alternating")()
    for seed in range(20):
        matrix = of_kind("euclidean float64", 60, seed)
        found, theirs = (answers(solver, matrix, 5, seed)[-1] for solver in (Alternating(), peer))
        assert sorted(found) == sorted(theirs)
