"""The problem k-medoids: instances, scores, the exact oracle and the symmetries."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench_clustering.k_medoids import _families
from bench_clustering.k_medoids._checks import check
from bench_clustering.k_medoids._exact import by_program
from bench_clustering.k_medoids.fasterpam import FasterPAM
from bench_clustering.k_medoids.fastpam1 import FastPAM1
from bench_clustering.k_medoids.problem import KMedoids, adjusted_rand
from harness.api import Case, Data, Instance, InvalidAnswer, InvalidCase
from harness.selectors import adapt, parse

PROBLEM = KMedoids()
GENERATED = sorted(set(PROBLEM.families) - {"file"})


def make(text, seed=0):
    family, given_parameters = parse(text)
    defaults = PROBLEM.families[family]
    assert set(given_parameters) <= set(defaults)
    adapted = {name: adapt(value, defaults[name], text) for name, value in given_parameters.items()}
    return PROBLEM.make(Case(family, {**defaults, **adapted}), np.random.default_rng(seed))


def matrix_of(text, seed=0):
    return make(text, seed).data["dissimilarities"]


def plain(matrix, k, labels=None):
    truth = None if labels is None else {"labels": np.array(labels)}
    return Instance({"dissimilarities": np.asarray(matrix), "k": k}, truth)


def refusal(text):
    with pytest.raises(InvalidCase) as caught:
        make(text)
    return str(caught.value)


# Families and suites


@pytest.mark.parametrize("family", GENERATED)
def test_a_family_makes_what_it_says(family):
    instance = make(f"{family}[n=60,k=4]")
    matrix = instance.data["dissimilarities"]
    assert matrix.shape == (60, 60)
    assert matrix.dtype == np.float32
    assert matrix.flags.c_contiguous
    assert instance.data["k"] == 4
    assert instance.sizes == {"n": 60, "k": 4}
    assert not matrix.diagonal().any()
    assert matrix.max() > 0
    assert (matrix == matrix.T).all() == (family != "roads")
    assert matrix_of(f"{family}[n=60,k=4,dtype=float64]").dtype == np.float64


@pytest.mark.parametrize("family", GENERATED)
def test_the_generator_alone_decides(family):
    first, again, other = (matrix_of(f"{family}[n=40]", seed) for seed in (1, 1, 2))
    assert (first == again).all()
    assert not (first == other).all()


@pytest.mark.parametrize("metric", _families._METRICS)
@pytest.mark.parametrize("family", ["digits[n=50]", "wine[n=50]", "mixture[n=50]"])
def test_every_metric_makes_a_symmetric_matrix(family, metric):
    matrix = matrix_of(f"{family[:-1]},metric={metric}]")
    assert (matrix == matrix.T).all()
    assert matrix.min() == 0 < matrix.max()


@pytest.mark.parametrize("family", ["mixture[n=70]", "roads[n=70]", "strings[n=70]"])
def test_blocks_of_rows_make_the_same_matrix(family, monkeypatch):
    whole = matrix_of(family)
    monkeypatch.setattr(_families, "_ENTRIES_AT_ONCE", 200)
    assert (matrix_of(family) == whole).all()


@pytest.mark.parametrize(("family", "n"), [("digits", 1797), ("iris", 150), ("wine", 178)])
def test_real_data_are_whole_unless_asked_otherwise(family, n):
    instance = make(family)
    assert instance.sizes["n"] == n == len(instance.truth["labels"])
    part = make(f"{family}[n=100]")
    assert len(np.unique(part.truth["labels"])) == len(np.unique(instance.truth["labels"]))


@pytest.mark.parametrize(("family", "features"), [("iris", 4), ("wine", 13), ("breast_cancer", 30)])
def test_measures_have_variance_one(family, features):
    squares = matrix_of(f"{family}[metric=sqeuclidean,dtype=float64]")
    assert squares.mean() == pytest.approx(2 * features)


def test_rounding_makes_no_distance_negative(rng):
    parallel = np.outer(np.arange(1, 40), rng.normal(size=5))
    for dtype in ("float32", "float64"):
        matrix = _families.distances(parallel, "cosine", dtype)
        assert not matrix.diagonal().any()
        assert 0 <= matrix.min() <= matrix.max() < 1e-15


@pytest.mark.parametrize("family", ["duplicates", "strings", "integers"])
def test_some_families_hold_whole_numbers(family):
    matrix = matrix_of(family)
    assert (matrix == np.rint(matrix)).all()


def test_duplicates_are_many():
    matrix = matrix_of("duplicates[n=100,side=3]")
    assert len(np.unique(matrix, axis=0)) == 9
    assert not matrix_of("duplicates[n=30,side=1]").any()


def broken_triangles(matrix):
    through = (matrix[:, :, None] + matrix[None]).min(axis=1)
    return np.mean(through < matrix * (1 - 1e-5))


def test_only_some_families_are_metric():
    assert broken_triangles(matrix_of("non_metric[n=60]")) > 0.1
    assert broken_triangles(matrix_of("integers[n=60]")) > 0.1
    for family in ("mixture[n=60]", "roads[n=60]", "strings[n=60]"):
        assert broken_triangles(matrix_of(family)) == 0


def _edits_by_hand(left, right):
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, row = row, [i]
        for j, b in enumerate(right, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b)))
    return row[-1]


def test_edit_distances(rng):
    texts = rng.integers(4, size=(12, 9), dtype=np.int8)
    found = _families._edits(texts[:5], texts)
    expected = [[_edits_by_hand(left, right) for right in texts] for left in texts[:5]]
    assert found.tolist() == expected


def test_mixtures_are_found_again():
    instance = make("mixture[n=300,k=4,clusters=4,separation=20]")
    labels = instance.truth["labels"]
    medoids = [int(np.flatnonzero(labels == label)[0]) for label in range(4)]
    assert PROBLEM.score(instance, medoids)[1]["adjusted_rand_index"] == 1


@pytest.mark.parametrize("suite", sorted(PROBLEM.suites))
def test_suites_name_families_and_their_parameters(suite):
    for text in PROBLEM.suites[suite]:
        family, given_parameters = parse(text)
        assert set(given_parameters) <= set(PROBLEM.families[family])
        if {**PROBLEM.families[family], **given_parameters}["n"] <= 1000:
            make(text)


def test_the_edge_suite_has_exact_costs():
    for text in PROBLEM.suites["edge"]:
        assert PROBLEM.exact(make(text)) is not None


def test_the_starter_solves():
    source = "def solve(data, rng):\n" + "".join(
        f"    {line}\n" for line in PROBLEM.starter.splitlines()
    )
    names = {}
    exec(source, names)
    instance = make("iris")
    (answer,) = names["solve"](Data(instance.data), np.random.default_rng(0))
    assert PROBLEM.score(instance, answer)[0] > 0


# Cases that are none


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("iris[k=151]", "k is 151, expected 1 to 150, the number of objects: choose another k"),
        ("iris[k=0]", "k is 0, expected 1 to 150, the number of objects: choose another k"),
        ("iris[n=151]", "iris has 150 objects, got n=151: choose n of at most that"),
        ("iris[n=0]", "n is 0, expected at least 1: choose a larger n"),
        ("mixture[n=-5]", "n is -5, expected at least 1: choose a larger n"),
        ("mixture[clusters=0]", "clusters is 0, expected at least 1: choose a larger clusters"),
        ("roads[n=3]", "n is 3, expected at least 4: choose a larger n"),
        ("strings[length=101]", "length is 101, expected at most 100: choose shorter strings"),
        (
            "digits[metric=manhattan]",
            "there is no metric 'manhattan'; choose one of euclidean, sqeuclidean, cityblock, "
            "chebyshev, cosine, jaccard",
        ),
        ("integers[dtype=int8]", "there is no dtype 'int8' here; choose one of float32, float64"),
        ("wine[dtype=half]", "there is no dtype 'half' here; choose one of float32, float64"),
    ],
)
def test_refused_parameters(text, sentence):
    assert refusal(text) == sentence


def with_entries(**changes):
    matrix = np.ones((4, 4))
    for place, value in changes.items():
        matrix[int(place[1]), int(place[2])] = value
    return matrix


@pytest.mark.parametrize(
    ("matrix", "k", "sentence"),
    [
        (np.ones((3, 4)), 1, "have shape (3, 4), expected a square matrix: give one row and one"),
        (np.ones(9), 1, "have shape (9,), expected a square matrix"),
        (np.ones((3, 3), int), 1, "have dtype int64, expected float32 or float64: convert them wi"),
        (np.ones((3, 3), object), 1, "have dtype object, expected float32 or float64"),
        (np.ones((3, 3), np.float16), 1, "have dtype float16, expected float32 or float64"),
        (np.ones((0, 0)), 1, "there are no objects, expected at least one: give a larger matrix"),
        (np.ones((4, 4)), 2.0, "k is 2.0, expected a whole number: write k=4, say"),
        (np.ones((4, 4)), "two", "k is 'two', expected a whole number"),
        (np.ones((4, 4)), True, "k is True, expected a whole number"),
        (np.ones((4, 4)), -1, "k is -1, expected 1 to 4"),
        (
            with_entries(_21=np.nan, _33=np.inf),
            1,
            "2 of the 16 dissimilarities are NaN or infinite (the first in row 2, column 1); "
            "expected finite ones: replace them, or leave their objects out",
        ),
        (with_entries(_30=-np.inf), 1, "1 of the 16 dissimilarities is NaN or infinite (the first"),
        (
            with_entries(_12=-1e-9),
            1,
            "1 of the 16 dissimilarities is negative (the first in row 1, column 2); expected none "
            "below 0: turn similarities into dissimilarities, or add a constant to all",
        ),
    ],
)
def test_refused_matrices(matrix, k, sentence, monkeypatch):
    for entries in (1, 1 << 20):
        monkeypatch.setattr(_families, "_ENTRIES_AT_ONCE", entries)
        with pytest.raises(InvalidCase) as caught:
            check(matrix, k)
        assert sentence in str(caught.value)


def test_accepted_matrices(rng):
    for dtype in (np.float32, np.float64):
        matrix = rng.random((5, 5)).astype(dtype)  # neither symmetric nor 0 on the diagonal
        matrix.flags.writeable = False
        for k in (1, 5, np.int32(3)):
            check(matrix, k)


# The user's own file


def file_case(path, k=2):
    case = Case("file", {"path": str(path), "k": k})
    return PROBLEM.make(case, np.random.default_rng(0))


def test_a_file_is_read(tmp_path, rng):
    matrix = rng.random((6, 6)).astype(np.float32)
    np.save(tmp_path / "mine.npy", np.asfortranarray(matrix))
    instance = file_case(tmp_path / "mine.npy")
    assert (instance.data["dissimilarities"] == matrix).all()
    assert instance.data["dissimilarities"].flags.c_contiguous
    assert instance.truth is None
    assert instance.sizes == {"n": 6, "k": 2}


def test_a_file_that_is_no_matrix_is_refused(tmp_path):
    np.savez(tmp_path / "archive.npz", np.ones((3, 3)))
    np.save(tmp_path / "objects.npy", np.array([{}, 1]), allow_pickle=True)
    np.save(tmp_path / "bytes.npy", np.ones((3, 3), np.uint8))
    np.save(tmp_path / "cut.npy", np.ones((30, 30)))
    cut = (tmp_path / "cut.npy").read_bytes()[:-100]
    (tmp_path / "cut.npy").write_bytes(cut)
    (tmp_path / "text.npy").write_text("1 2 3")
    (tmp_path / "empty.npy").write_text("")
    for name, sentence in {
        "missing.npy": "there is no file",
        "archive.npz": "is an archive of arrays; expected one array: write it with numpy.save",
        "objects.npy": "cannot be read as an array of numbers",
        "text.npy": "expected a .npy file as numpy.save writes it",
        "empty.npy": "cannot be read as an array of numbers",
        "cut.npy": "cannot be read as an array of numbers",
        "": "cannot be read as an array of numbers",
        "bytes.npy": "have dtype uint8, expected float32 or float64",
    }.items():
        with pytest.raises(InvalidCase) as caught:
            file_case(tmp_path / name)
        assert sentence in str(caught.value), name
    assert "write file[path=my.npy,k=10]" in refusal("file")


# Scores


def test_the_cost_is_the_sum_of_the_nearest():
    matrix = np.array([[0, 3, 5], [2, 0, 7], [4, 6, 1.5]])
    cost, scores = PROBLEM.score(plain(matrix, 2), [0, 2])
    assert cost == 0 + 2 + 1.5
    assert scores == {"mean_dissimilarity": 3.5 / 3, "largest_dissimilarity": 2}
    assert PROBLEM.score(plain(matrix, 1), [1])[0] == 3 + 0 + 6


def test_float32_entries_are_summed_as_float64(monkeypatch):
    entry = np.float32(0.1)
    matrix = np.full((3000, 3000), entry)
    assert PROBLEM.score(plain(matrix, 2), [5, 6])[0] == pytest.approx(
        3000 * float(entry), rel=1e-15
    )
    monkeypatch.setattr(_families, "_ENTRIES_AT_ONCE", 7000)
    assert PROBLEM.score(plain(matrix, 2), [5, 6])[0] == pytest.approx(
        3000 * float(entry), rel=1e-15
    )


@pytest.mark.parametrize("answer", [[4, 0], (4, 0), np.array([4, 0]), np.array([4, 0], np.uint8)])
def test_answers_of_several_types(answer):
    instance = make("iris[k=2]")
    assert PROBLEM.score(instance, answer) == PROBLEM.score(instance, np.array([4, 0]))


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (None, "the answer is None"),
        (3, "the answer is of type int"),
        ("ab", "the answer is of type str"),
        ({"medoids": [1, 2]}, "the answer is of type dict"),
        ([1], "the answer names 1 medoids"),
        ([1, 2, 3], "the answer names 3 medoids"),
        ([], "the answer names 0 medoids"),
        ([1.0, 2.0], "the answer holds values of dtype float64"),
        (np.array([True, False]), "the answer holds values of dtype bool"),
        ([None, 1], "the answer holds values of dtype object"),
        (["a", "b"], "the answer holds values of dtype <U1"),
        ([[1], [1, 2]], "the answer is a list of lists of unequal length"),
        ([[1], [2]], "the answer has 2 dimensions"),
        (np.array(1), "the answer has 0 dimensions"),
        ([1, 150], "the answer names object 150"),
        ([-1, 3], "the answer names object -1"),
        (np.array([1, 2**63], np.uint64), "the answer names object 9223372036854775808"),
        ([1, 2**70], "the answer holds values of dtype object"),
        ([7, 7], "the answer names object 7 2 times"),
    ],
)
def test_refused_answers(answer, wrong):
    with pytest.raises(InvalidAnswer) as caught:
        PROBLEM.score(make("iris[k=2]"), answer)
    wanted = "expected a list or one-dimensional array of 2 different integers 0..149"
    assert str(caught.value) == f"{wrong}, {wanted}"


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=30))
def test_the_adjusted_rand_index_is_that_of_scikit_learn(pairs):
    from sklearn.metrics import adjusted_rand_score

    labels, clusters = np.array(pairs).T
    expected = adjusted_rand_score(labels, clusters)
    assert adjusted_rand(labels, clusters) == pytest.approx(expected, abs=1e-12)


def test_labels_are_scored_where_there_are_any():
    instance = make("iris")
    cost, scores = PROBLEM.score(instance, [0, 75, 140])
    assert 0 < scores["adjusted_rand_index"] < 1
    without = Instance(instance.data, None, instance.sizes)
    assert PROBLEM.score(without, [0, 75, 140])[0] == cost
    assert "adjusted_rand_index" not in PROBLEM.score(without, [0, 75, 140])[1]


# The exact oracle


def least_by_hand(matrix, k):
    rows = matrix.tolist()
    return min(
        math.fsum(min(row[m] for m in medoids) for row in rows)
        for medoids in itertools.combinations(range(len(rows)), k)
    )


tiny = {
    "n": st.integers(1, 9),
    "share": st.floats(0, 1),
    "seed": st.integers(0, 1000),
    "whole": st.booleans(),
}


@settings(max_examples=40)
@given(**tiny)
def test_both_oracles_find_the_optimum(n, share, seed, whole):
    rng = np.random.default_rng(seed)
    matrix = rng.integers(0, 9, (n, n)) * 1.0 if whole else rng.random((n, n))
    k = 1 + round(share * (n - 1))
    expected = pytest.approx(least_by_hand(matrix, k), rel=1e-12)
    assert PROBLEM.exact(plain(matrix, k)) == expected
    assert PROBLEM.exact(plain(matrix.astype(np.float32), k)) == pytest.approx(
        least_by_hand(matrix.astype(np.float32), k), rel=1e-12
    )
    assert by_program(matrix, k) == expected


def test_the_program_takes_over_where_choices_are_many():
    matrix = matrix_of("mixture[n=40,k=8]")
    least = PROBLEM.exact(plain(matrix, 8))
    costs = []
    for seed in range(20):
        *_, found = FasterPAM().solve(
            Data({"dissimilarities": matrix, "k": 8}), np.random.default_rng(seed)
        )
        costs.append(PROBLEM.score(plain(matrix, 8), found)[0])
    assert min(costs) == pytest.approx(least, rel=1e-12)
    assert PROBLEM.exact(plain(matrix_of("mixture[n=200]"), 10)) is None


def test_the_optimum_of_fifty_squares():
    places = np.arange(50) ** 2 % 101
    matrix = np.abs(places[:, None] - places[None]).astype(float)
    assert by_program(matrix, 4) == 307


# Symmetries


@pytest.mark.parametrize(
    "text",
    [
        "iris[n=60]",
        "roads[n=60]",
        "duplicates[n=60]",
        "duplicates[n=9,k=3,side=1]",
        "integers[n=60,dtype=float64]",
        "strings[n=60]",
        "non_metric[n=60]",
        "mixture[n=1,k=1]",
    ],
)
def test_the_cost_follows_every_symmetry(text, rng):
    instance = make(text)
    n, k = instance.sizes["n"], instance.data["k"]
    found = list(PROBLEM.symmetries(instance, rng))
    assert [symmetry.name for symmetry in found] == [
        "objects permuted",
        "dissimilarities times 4",
        "a constant added to each row",
    ]
    for symmetry in found:
        check(symmetry.instance.data["dissimilarities"], symmetry.instance.data["k"])
        for _ in range(5):
            answer = rng.choice(n, k, replace=False)
            cost, scores = PROBLEM.score(symmetry.instance, answer)
            original, unturned = PROBLEM.score(instance, symmetry.back(answer))
            assert cost == pytest.approx(symmetry.cost(original), rel=1e-12)
            if symmetry.strict:
                assert cost == symmetry.cost(original)
            if instance.truth and k < 10:
                agreement = unturned["adjusted_rand_index"]
                assert scores["adjusted_rand_index"] == pytest.approx(agreement)


@pytest.mark.parametrize("text", ["integers[n=80,k=6]", "roads[n=80,k=6]", "strings[n=80,k=6]"])
def test_solvers_follow_scale_and_shift_to_the_same_medoids(text, rng):
    instance = make(text)
    if text.startswith("roads"):  # whole numbers, so that the arithmetic is exact
        instance = plain(np.rint(instance.data["dissimilarities"]), 6)
    for solver in (FastPAM1("random"), FasterPAM()):
        found = [
            list(solver.solve(Data(one.data), np.random.default_rng(1)))[-1].tolist()
            for one in (instance, *(s.instance for s in PROBLEM.symmetries(instance, rng)))
        ]
        assert found[2] == found[3] == found[0]


def test_no_symmetry_leaves_the_numbers():
    huge = plain(np.full((3, 3), np.finfo(np.float64).max / 2), 1)
    assert [s.name for s in PROBLEM.symmetries(huge, np.random.default_rng(0))] == [
        "objects permuted"
    ]
