"""Similarity graph: the indices by their definitions, identities, scores, and real data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_retrieval.similarity_graph import _graph
from bench_retrieval.similarity_graph._graph import share, sums
from bench_retrieval.similarity_graph.bray_curtis import BrayCurtis
from bench_retrieval.similarity_graph.coincidence import Coincidence
from bench_retrieval.similarity_graph.cosine import Cosine
from bench_retrieval.similarity_graph.jaccard import Jaccard
from bench_retrieval.similarity_graph.minkowski import Minkowski
from bench_retrieval.similarity_graph.problem import SimilarityGraph
from harness.api import Case, Data, InvalidAnswer, InvalidCase
from harness.selectors import adapt, parse

PROBLEM = SimilarityGraph()
EVERY = (Jaccard(), Jaccard(weight=0.7), Coincidence(), BrayCurtis(), Cosine(), Cosine(centre=True),
         Minkowski(), Minkowski(metric="cityblock"), Minkowski(metric="chebyshev"))  # fmt: skip
VECTORS = st.lists(st.integers(-3, 3), min_size=4, max_size=4).map(lambda v: np.array(v, float))


def make(text, seed=0):
    family, given_parameters = parse(text)
    defaults = PROBLEM.families[family]
    adapted = {name: adapt(v, defaults[name], text) for name, v in given_parameters.items()}
    return PROBLEM.make(Case(family, {**defaults, **adapted}), np.random.default_rng(seed))


def similarities(solver, points, monkeypatch):
    """The matrix that a solver ranks by, float64[n, n]."""
    seen = []

    def caught(points, k, similarity):
        seen.append(similarity(points, points))
        yield None

    for module in ("jaccard", "coincidence", "bray_curtis", "cosine"):
        monkeypatch.setattr(f"bench_retrieval.similarity_graph.{module}.neighbours", caught)
    list(solver.solve(Data({"points": points, "k": 1}), None))
    return seen[0]


def index(x, y, weight=0.5):
    """Jaccard's index by its definition; the weighted form of the paper."""
    least, most = np.minimum(abs(x), abs(y)), np.maximum(abs(x), abs(y)).sum()
    one, two = abs(np.sign(x) + np.sign(y)), abs(np.sign(x) - np.sign(y))
    above = weight * (one * least).sum() - (1 - weight) * (two * least).sum()
    return above / most if most else 1.0


def overlap(x, y):
    smaller = min(abs(x).sum(), abs(y).sum())
    if smaller == 0:
        return float(not (x.any() or y.any()))
    return np.minimum(abs(x), abs(y)).sum() / smaller


PAIRS = [
    ([3, 2, 0, 0], [2, 1, 2, 1], 0.375, 0.225, 0.5454545454545454),
    ([1, -2, 3], [2, -1, -1], 1 / 7, 3 / 28, None),
    ([1, 1, 0, 1], [1, 0, 1, 1], 0.5, 1 / 3, 2 / 3),
]


@pytest.mark.parametrize(("x", "y", "jaccard", "coincidence", "addition"), PAIRS)
def test_known_values(x, y, jaccard, coincidence, addition, monkeypatch):
    points = np.array([x, y], float)
    assert similarities(Jaccard(), points, monkeypatch)[0, 1] == pytest.approx(jaccard)
    assert similarities(Coincidence(), points, monkeypatch)[0, 1] == pytest.approx(coincidence)
    if addition is not None:
        assert similarities(BrayCurtis(), points, monkeypatch)[0, 1] == pytest.approx(addition)


@pytest.mark.parametrize(
    ("shift", "jaccard", "coincidence"),
    [(0.5, 0.670268, 0.537949), (1, 0.446210, 0.275345), (2, 0.188573, 0.059836)],
)
def test_two_normal_densities(shift, jaccard, coincidence, monkeypatch):
    grid = np.linspace(-12, 14, 20001)
    points = np.exp(-((grid - np.array([[0], [shift]])) ** 2) / 2)
    points /= points.sum(axis=1, keepdims=True)
    for solver, expected in ((Jaccard(), jaccard), (Coincidence(), coincidence)):
        found = similarities(solver, points, monkeypatch)[0, 1]
        assert found == pytest.approx(expected, abs=1e-6)


@given(VECTORS, VECTORS, st.sampled_from([0.0, 0.3, 0.5, 1.0]))
def test_indices_are_those_of_the_definition(x, y, weight):
    with pytest.MonkeyPatch.context() as patch:
        found = similarities(Jaccard(weight=weight), np.array([x, y]), patch)
        strict = similarities(Coincidence(), np.array([x, y]), patch)
        added = similarities(BrayCurtis(), np.array([x, y]), patch)
    assert found[0, 1] == pytest.approx(index(x, y, weight), abs=1e-12)
    assert strict[0, 1] == pytest.approx(index(x, y) * overlap(x, y), abs=1e-12)
    assert strict[0, 0] == pytest.approx(1)
    assert abs(strict[0, 1]) <= abs(index(x, y)) + 1e-12
    whole = (abs(x) + abs(y)).sum()
    signed = (np.sign(x) * np.sign(y) * np.minimum(abs(x), abs(y))).sum()
    assert added[0, 1] == pytest.approx(2 * signed / whole if whole else 1, abs=1e-12)


def excess(solver, x, y, z):
    """By how much 1 - similarity breaks the triangle inequality on the way from x to z by y."""
    with pytest.MonkeyPatch.context() as patch:
        found = 1 - similarities(solver, np.array([x, y, z], float), patch)
    return found[0, 2] - found[0, 1] - found[1, 2]


@given(VECTORS, VECTORS, VECTORS)
def test_jaccard_is_a_metric(x, y, z):
    assert excess(Jaccard(), x, y, z) <= 1e-12


def test_jaccard_is_a_metric_where_one_climbs(rng):
    """Triples are changed, and changes kept, that come nearer to breaking the inequality."""
    for dim in (1, 2, 5):
        triple = rng.normal(size=(3, dim)) * np.exp(rng.normal(size=(3, dim)))
        worst = excess(Jaccard(), *triple)
        for _ in range(300):
            step = rng.normal(size=(3, dim)) * 10 ** rng.uniform(-4, 0)
            other = triple + step * (rng.random((3, dim)) < 0.5)
            if (found := excess(Jaccard(), *other)) > worst:
                worst, triple = found, other
        assert -0.3 < worst <= 1e-12  # it came near


@pytest.mark.parametrize(
    ("solver", "triple", "by"),
    [
        (Coincidence(), ([1, 0, 1], [1, 1, 1], [0, 1, 1]), 1 / 6),
        (Coincidence(), ([3, 2, 0], [3, 2, 2], [3, 0, 2]), 6 / 35),
        (BrayCurtis(), ([1, 0], [1, 1], [0, 1]), 1 / 3),
    ],
)
def test_the_others_are_no_metrics(solver, triple, by):
    assert excess(solver, *triple) == pytest.approx(by)


ZERO_AND = ([0.0, 0, 0], [0, 0, 0], [2, -1, 0], [0, 5, 0])


@pytest.mark.parametrize("solver", [Jaccard(), Jaccard(weight=0.2), BrayCurtis(), Coincidence()])
def test_vectors_of_zeros(solver, monkeypatch):
    """Two are alike; one shares nothing with any other vector."""
    found = similarities(solver, np.array(ZERO_AND), monkeypatch)
    assert (found[:2, :2] == 1).all()
    assert (found[:2, 2:] == 0).all()
    assert (found[2:, :2] == 0).all()
    assert np.array_equal(found, found.T)


@pytest.mark.parametrize("weight", [0.0, 0.2, 0.5, 1.0])
def test_the_weight_moves_the_range(weight, monkeypatch):
    points = np.array([[1.0, 2, 3], [-1, -2, -3]])
    found = similarities(Jaccard(weight=weight), points, monkeypatch)
    np.testing.assert_allclose(found[0], [2 * weight, -2 * (1 - weight)], atol=1e-15)


def test_lengths_and_signs_matter(rng):
    x = rng.normal(size=(1, 9))
    for factor, expected in ((1, 1), (2, 0.5), (-1, -1)):
        assert share(*sums(x, factor * x))[0, 0] == pytest.approx(expected)


def test_the_cosine_of_deviations_is_pearsons(rng, monkeypatch):
    points = rng.normal(size=(5, 8))
    seen = {}

    def caught(points, k, similarity):
        seen["found"] = similarity(points, points)
        yield None

    monkeypatch.setattr("bench_retrieval.similarity_graph.cosine.neighbours", caught)
    list(Cosine(centre=True).solve(Data({"points": points, "k": 1}), None))
    np.testing.assert_allclose(seen["found"], np.corrcoef(points), atol=1e-12)


# Precision on real data, standardised and raw, as computed once by other code

TABLE = {
    "iris": (0.901, 0.889, 0.802, 0.913),
    "iris[scale=False]": (0.935, 0.937, 0.943, 0.938),
    "wine": (0.938, 0.937, 0.928, 0.924),
    "wine[scale=False]": (0.695, 0.702, 0.719, 0.673),
    "digits[n=1797]": (0.938, 0.930, 0.931, 0.938),
}


@pytest.mark.parametrize("text", TABLE)
def test_neighbours_of_real_data(text):
    instance = make(text)
    solvers = (Jaccard(), Coincidence(), Cosine(), Minkowski())
    for solver, expected in zip(solvers, TABLE[text], strict=True):
        *_, answer = solver.solve(Data(instance.data), None)
        assert 1 - PROBLEM.score(instance, answer)[0] == pytest.approx(expected, abs=0.002)


def test_outliers_hurt_others_more():
    instance = make("groups[noise=1.0,outliers=0.02,n=600]")
    found = []
    for solver in (Jaccard(), Cosine(), Minkowski()):
        *_, answer = solver.solve(Data(instance.data), None)
        found.append(1 - PROBLEM.score(instance, answer)[0])
    assert found[0] > 1.5 * max(found[1:])


@pytest.mark.parametrize("solver", EVERY, ids=str)
def test_blocks_and_zeros(solver, rng, monkeypatch):
    points = rng.integers(-1, 2, size=(40, 3)).astype(float)  # with equal ones, and zeros
    data = Data({"points": points, "k": 4})
    *_, whole = solver.solve(data, None)
    monkeypatch.setattr(_graph, "_PAIRS", 100)
    answers = [np.array(answer) for answer in solver.solve(data, None)]
    assert len(answers) == 20
    assert np.array_equal(answers[-1], whole)
    labels = rng.integers(2, size=40)
    np.testing.assert_array_equal(np.isfinite(points), True)
    for answer in answers:
        assert PROBLEM.score(_instance(points, labels, 4), answer)[0] >= 0


def _instance(points, labels, k):
    from harness.api import Instance

    return Instance({"points": points, "k": k}, {"labels": labels})


# Scores and cases


def test_settings_are_tuned_on_cases_of_their_own():
    others = {case for name, suite in PROBLEM.suites.items() if name != "tuning" for case in suite}
    assert not others & set(PROBLEM.suites["tuning"])
    for text in PROBLEM.suites["tuning"]:
        given = dict(parse(text)[1])
        given.pop("draw")
        inside = ",".join(f"{name}={value}" for name, value in given.items())
        assert make(f"{text.partition('[')[0]}[{inside}]").sizes["k"] == 10


def test_scores_by_hand():
    labels = np.array([0, 0, 0, 1, 1])
    instance = _instance(np.zeros((5, 1)), labels, 2)
    answer = np.array([[1, 2], [3, 0], [3, 4], [0, 4], [3, 0]])
    cost, scores = PROBLEM.score(instance, answer)
    assert cost == pytest.approx(1 - 5 / 10)
    assert scores == {"nearest_right": 2 / 5, "vote_right": 2 / 5}  # a tie is the first class
    assert PROBLEM.exact(instance) == pytest.approx(1 - (2 * 3 + 1 * 2) / 10)


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (None, "of type NoneType"),
        (np.zeros((3, 1)), "of type float64"),
        (np.zeros((3, 2), int), r"has shape \(3, 2\)"),
        (np.array([[1], [2], [3]]), r"object 2 is given the neighbour 3, .* of numbers 0\.\.2"),
        (np.array([[1], [-1], [0]]), r"object 1 is given the neighbour -1"),
        (np.array([[2**64 - 1], [1], [0]], np.uint64), r"object 0 is given the neighbour 18446744"),
        (np.ones((3, 1), bool), "of type bool"),
        ([[1], [2], [0]], "of type list"),
        (np.array([[1], [1], [0]]), "object 1 is named as its own neighbour"),
    ],
)
def test_refused_answers(answer, wrong):
    with pytest.raises(InvalidAnswer, match=wrong):
        PROBLEM.score(_instance(np.zeros((3, 1)), np.zeros(3, int), 1), answer)


def test_a_neighbour_counts_once():
    with pytest.raises(InvalidAnswer, match="object 1 has the same neighbour twice"):
        PROBLEM.score(
            _instance(np.zeros((3, 1)), np.zeros(3, int), 2), np.array([[1, 2], [2, 2], [0, 1]])
        )


def test_standardised_features():
    points = make("wine").data["points"]
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(points.std(axis=0), 1)
    assert make("wine[scale=False]").data["points"].max() > 1000
    assert np.isfinite(make("groups[dim=1,groups=1,noise=0.0,n=5,k=2]").data["points"]).all()


def test_features_of_one_value_become_zero(tmp_path):
    """Twelve times 0.1 has a standard deviation that is not 0, by rounding."""
    points = np.column_stack([np.arange(12.0), np.full(12, 0.1), np.full(12, 7)])
    assert points.std(axis=0)[1] > 0
    np.savez(tmp_path / "my.npz", points=points, labels=np.zeros(12, int))
    found = make(f"file[path={tmp_path}/my.npz,k=1]").data["points"]
    assert (found[:, 1:] == 0).all()
    assert found[:, 0].std() == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("iris[k=150]", "k is 150, expected 1 to 149, the number of others: choose another k"),
        ("iris[k=0]", "k is 0, expected 1 to 149"),
        ("iris[n=151]", "n is 151, expected 1 to 150, the number of objects"),
        ("groups[dim=0]", "dim is 0, expected at least 1"),
        ("groups[outliers=1.5]", "outliers is 1.5, expected 0 to 1"),
        ("groups[noise=-1.0]", "noise is -1.0, expected at least 0"),
        ("groups[noise=1e308]", "points are NaN or infinite"),
        ("groups[n=1,k=1]", "there is 1 point, expected 2 or more"),
        ("file", "the family 'file' needs points: write file[path=my.npz,k=10]"),
        ("file[path=/nowhere.npz]", "there is no file '/nowhere.npz'"),
    ],
)
def test_refused_parameters(text, sentence):
    with pytest.raises(InvalidCase) as caught:
        make(text)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("points", "labels", "sentence"),
    [
        (
            np.array([[1.0], [np.nan], [np.inf]]),
            np.arange(3),
            "2 of 3 points are NaN or infinite (t",
        ),
        (np.ones(3), np.arange(3), "an array of float64 of shape (3,), expected numbers"),
        (np.ones((3, 0)), np.arange(3), "of shape (3, 0), expected numbers"),
        (np.full((3, 1), 1e101), np.arange(3), "is 1e+101 in size, expected 1e-100 to 1e+100"),
        (np.full((3, 1), 1e-101), np.arange(3), "is 1e-101 in size"),
        (np.ones((3, 1)) * 1j, np.arange(3), "an array of complex128"),
        (np.ones((3, 1)), np.arange(4), "of shape (4,), expected 3 integers"),
        (np.ones((3, 1)), np.ones(3), "the labels are an array of float64"),
    ],
)
def test_refused_files(points, labels, sentence, tmp_path):
    np.savez(tmp_path / "my.npz", points=points, labels=labels)
    with pytest.raises(InvalidCase) as caught:
        make(f"file[path={tmp_path}/my.npz,k=1]")
    assert sentence in str(caught.value)


def test_damaged_files(tmp_path, rng):
    """However a file is cut or altered, a sentence says that it cannot be read."""
    path = tmp_path / "my.npz"
    for save in (np.savez, np.savez_compressed):
        save(path, points=rng.normal(size=(20, 3)), labels=np.arange(20))
        whole = path.read_bytes()
        refused = 0
        for turn in range(60):
            damaged = bytearray(whole)
            if turn % 3 == 0:
                del damaged[rng.integers(len(whole)) :]
            else:
                damaged[rng.integers(len(whole))] ^= 1 << rng.integers(8)
            path.write_bytes(damaged)
            try:
                make(f"file[path={path},k=1]")
            except InvalidCase as error:
                refused += "cannot be read as points" in str(error)
        assert refused > 40


def test_the_users_own_points(tmp_path):
    np.savez(tmp_path / "my.npz", points=np.array([[0], [1], [3], [4]]), labels=[7, 7, 7, -2])
    instance = make(f"file[path={tmp_path}/my.npz,k=1]")
    *_, answer = Minkowski().solve(Data(instance.data), None)
    assert PROBLEM.score(instance, answer)[0] == 0.5


@pytest.mark.parametrize(
    ("make_it", "sentence"),
    [
        (lambda: Jaccard(weight=1.1), "weight is 1.1, expected 0 to 1"),
        (lambda: Jaccard(weight=-0.1), "weight is -0.1, expected 0 to 1"),
        (lambda: Jaccard(weight=float("nan")), "weight is nan, expected 0 to 1"),
        (lambda: Minkowski(metric="l3"), "there is no metric 'l3'; expected euclidean, city"),
    ],
)
def test_refused_settings(make_it, sentence):
    with pytest.raises(ValueError, match=sentence):
        make_it()
