"""Adam's counterexamples: the streams, the score, and where each method is known to end."""

import math

import numpy as np
import pytest

from bench_optimization._rules import adagrad, adam, adamnc, amsgrad, rmsprop, sgd
from bench_optimization.adam_counterexample.adagrad import AdaGrad
from bench_optimization.adam_counterexample.adam import Adam
from bench_optimization.adam_counterexample.adamnc import AdamNC
from bench_optimization.adam_counterexample.amsgrad import AMSGrad
from bench_optimization.adam_counterexample.claims import CLAIMS
from bench_optimization.adam_counterexample.problem import AdamCounterexample, Oracle
from bench_optimization.adam_counterexample.rmsprop import RMSProp
from bench_optimization.adam_counterexample.sgd import SGD
from harness.api import BudgetSpent, Case, Instance, InvalidAnswer, InvalidCase, Meter

PROBLEM = AdamCounterexample()
CONSTANT = {"learning_rate": 1e-3, "decay": False}


def make(family, seed=0, **parameters):
    whole = dict(PROBLEM.families[family]) | parameters
    return PROBLEM.make(Case(family, whole), np.random.default_rng(seed))


def play(instance, solver):
    """The answer of a solver, its average regret and its final point."""
    oracle = PROBLEM.open(instance.data, Meter())
    (points,) = solver.solve(oracle, np.random.default_rng(0))
    cost, scores = PROBLEM.score(instance, points)
    return points, cost, scores["final_point"]


# What is known.


def test_adam_s_first_points_on_the_theorem():
    points, _, _ = play(make("theorem"), Adam(correct=False))
    known = (1, 0.47295372, 0.74332276, 1, 0.73820195, 0.90866536, 1)
    np.testing.assert_allclose(points[:7], known, rtol=0, atol=5e-9)


@pytest.mark.parametrize("c", [3.0, 5.0])
@pytest.mark.parametrize("correct", [False, True])
def test_after_each_period_of_the_theorem_adam_is_at_the_worst_point(c, correct):
    points, _, _ = play(make("theorem", c=c), Adam(correct=correct))
    assert (points[::3] == 1).all()
    assert (points[1::3] < 1).all()


@pytest.mark.parametrize(
    ("solver", "regret", "final"),
    [
        (Adam(correct=False), 0.66712, 1),
        (AMSGrad(), 6.320e-4, -1),
        (AdamNC(), 9.055e-4, -1),
        (AdaGrad(), 9.055e-4, -1),
        (SGD(learning_rate=0.5 * 3), 1.672e-3, -1),  # 0.5 times the slopes, the largest being 3
    ],
)
def test_the_regret_on_the_theorem(solver, regret, final):
    _, cost, end = play(make("theorem", rounds=999_999), solver)
    assert cost == pytest.approx(regret, rel=2e-4)
    assert end == pytest.approx(final, abs=2e-3)


@pytest.mark.parametrize(
    ("solver", "final", "regret"),
    [
        (Adam(**CONSTANT), 1.0, 0.2275),
        (AMSGrad(**CONSTANT, variant="torch"), -0.9950, 0.0457),
        (AdamNC(**CONSTANT), -0.9937, 0.0519),
        (Adam(), 1.0, 0.2114),
        (AMSGrad(variant="torch"), -0.9989, 0.0149),
        (AdamNC(), -0.9986, 0.0246),
    ],
)
def test_the_synthetic_stream_after_five_million_rounds(solver, final, regret):
    _, cost, end = play(make("synthetic", rounds=5_000_005), solver)
    assert end == pytest.approx(final, abs=6e-4)
    assert cost == pytest.approx(regret, abs=6e-5)


def test_amsgrad_is_slow_and_a_larger_beta2_does_not_save_adam():
    stream = make("synthetic", rounds=1_000_001 - 1_000_001 % 101)
    assert play(stream, AMSGrad(**CONSTANT, variant="torch"))[2] == pytest.approx(-0.78, abs=0.01)
    assert play(stream, Adam(**CONSTANT, beta2=0.999))[2] == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_stochastic_stream(seed):
    stream = make("stochastic", seed, rounds=5_000_000)
    _, cost, end = play(stream, Adam(**CONSTANT))
    assert end > 0.95
    # 0.397 where the mean slope is the expected 0.2; of a draw it differs by 0.045.
    assert 0.2 * cost / stream.data["slopes"].mean() == pytest.approx(0.397, abs=0.003)
    _, cost, end = play(stream, AMSGrad(**CONSTANT, variant="torch"))
    assert -1 <= end < -0.6
    assert 0.02 < cost < 0.11


def test_standing_at_the_worst_point_costs_20_in_101():
    stream = make("synthetic", rounds=10_100)
    cost, scores = PROBLEM.score(stream, np.ones(10_101))
    assert cost == pytest.approx(20 / 101)
    assert scores == {"final_point": 1.0, "distance_to_best": 2.0}


def test_rates_of_amsgrad_never_rise_and_those_of_adam_do():
    slopes = make("theorem", rounds=300).data["slopes"]

    def scales(rule):
        x, found = np.zeros(1), []
        rule.start([x])
        for t, slope in enumerate(slopes, 1):
            rule.step([x], [np.array([slope])], 0.5 / math.sqrt(t))
            found.append(math.sqrt(rule.state[-1][0] * t))  # sqrt(w) / a_t, but for a factor
        return np.diff(found)

    assert (scales(amsgrad.AMSGrad(0.0, 0.1, 0.0)) > 0).all()
    assert (scales(adam.Adam(0.0, 0.1, 0.0)) < 0).any()


PAIRS = [
    (SGD(), lambda b1, b2: sgd.SGD()),
    (AdaGrad(), lambda b1, b2: adamnc.AdamNC(0.0, 0.0)),
    (RMSProp(), lambda b1, b2: rmsprop.RMSProp(b2, 0.0)),
    (Adam(), lambda b1, b2: adam.Adam(b1, b2, 0.0)),
    (AMSGrad(), lambda b1, b2: amsgrad.AMSGrad(b1, b2, 0.0)),
    (AMSGrad(variant="torch"), lambda b1, b2: amsgrad.AMSGrad(b1, b2, 0.0, "torch")),
    (AdamNC(), lambda b1, b2: adamnc.AdamNC(b1, 0.0)),
    (AMSGrad(beta1=0.3, beta2=0.7), lambda b1, b2: amsgrad.AMSGrad(0.3, 0.7, 0.0)),
]


@pytest.mark.parametrize(("solver", "rule"), PAIRS)
@pytest.mark.parametrize("family", ["theorem", "synthetic", "stochastic"])
def test_a_player_is_the_rule_with_clipped_steps(solver, rule, family):
    stream = make(family, rounds=3 * 101 * 7)
    points, _, _ = play(stream, solver)
    data = stream.data
    x, found = np.array([data["start"]]), [data["start"]]
    twin = rule(data["beta1"], data["beta2"])
    twin.start([x])
    unit = data["steepest"] if isinstance(solver, SGD) else 1.0
    for t, slope in enumerate(data["slopes"] / unit, 1):
        twin.step([x], [np.array([slope])], 0.5 / math.sqrt(t))
        np.clip(x, -1, 1, out=x)
        found.append(x[0])
    np.testing.assert_allclose(points, found, rtol=0, atol=1e-9)


def test_adagrad_is_the_sum_of_squares():
    stream = make("stochastic", rounds=500)
    points, _, _ = play(stream, AdaGrad(learning_rate=0.2))
    x, rule, found = np.zeros(1), adagrad.AdaGrad(eps=0.0), [0.0]
    rule.start([x])
    for slope in stream.data["slopes"]:
        rule.step([x], [np.array([slope])], 0.2)
        np.clip(x, -1, 1, out=x)
        found.append(x[0])
    np.testing.assert_allclose(points, found, rtol=0, atol=1e-10)


def test_a_point_depends_on_earlier_slopes_alone():
    stream = make("stochastic", rounds=400)
    changed = stream.data | {"slopes": stream.data["slopes"].copy()}
    changed["slopes"][200:] *= -3
    for solver in (SGD(), AdaGrad(), RMSProp(), Adam(), AMSGrad(), AdamNC()):
        first, _, _ = play(stream, solver)
        second, _, _ = play(Instance(changed), solver)
        np.testing.assert_array_equal(first[:201], second[:201])
        assert (first[201:] != second[201:]).any()


# The problem.


def test_the_streams():
    assert make("theorem", rounds=6, c=4.0).data["slopes"].tolist() == [4, -1, -1, 4, -1, -1]
    synthetic = make("synthetic", rounds=202).data["slopes"]
    assert np.flatnonzero(synthetic == 1010).tolist() == [0, 101]
    assert (np.delete(synthetic, [0, 101]) == -10).all()
    drawn = make("stochastic").data["slopes"]
    assert set(drawn) == {1010.0, -10.0}
    assert np.mean(drawn == 1010) == pytest.approx(0.01, abs=0.001)
    for family in PROBLEM.families:
        data = make(family).data
        assert data["steepest"] == np.abs(data["slopes"]).max()
    assert (drawn != make("stochastic", seed=1).data["slopes"]).any()


@pytest.mark.parametrize(
    ("family", "parameters", "said"),
    [
        ("theorem", {"rounds": 4}, "multiple of 3"),
        ("theorem", {"rounds": 0}, "multiple of 3"),
        ("theorem", {"c": 2.0}, "more than 2"),
        ("theorem", {"c": math.nan}, "more than 2"),
        ("synthetic", {"rounds": 100}, "multiple of 101"),
        ("stochastic", {"rounds": -1}, "multiple of 1"),
    ],
)
def test_cases_that_are_none_are_refused(family, parameters, said):
    with pytest.raises(InvalidCase, match=said):
        make(family, **parameters)


def test_the_oracle_hands_out_each_slope_once_and_counts():
    stream, meter = make("theorem", rounds=9), Meter(8)
    oracle = Oracle(stream.data, meter)
    assert oracle.slopes(4).tolist() == [3, -1, -1, 3]
    assert oracle.slopes(3).tolist() == [-1, -1, 3]
    assert meter.calls == 7
    with pytest.raises(BudgetSpent):
        oracle.slopes(2)
    meter.limit = None
    assert oracle.slopes(100).tolist() == [-1, -1]
    assert oracle.slopes(1).tolist() == []
    with pytest.raises(ValueError, match="1 or more"):
        oracle.slopes(0)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (np.zeros(9), r"float64\[9\], expected 10 points"),
        (np.zeros((10, 1)), "expected 10 points"),
        (np.zeros(10, int), "expected 10 points"),
        ([0.0] * 10, "a list"),
        (np.full(10, 1.0000001), "10 points lie outside"),
        (np.array([math.nan] + [0.0] * 9), "1 points lie outside"),
    ],
)
def test_answers_that_are_none_are_refused(answer, said):
    with pytest.raises(InvalidAnswer, match=said):
        PROBLEM.score(make("theorem", rounds=9), answer)


def test_the_score_is_the_regret():
    stream = make("stochastic", seed=4, rounds=60)
    slopes, points = stream.data["slopes"], np.random.default_rng(0).uniform(-1, 1, 61)
    grid = np.linspace(-1, 1, 401)
    best = min(float((slopes * x).sum()) for x in grid)
    wanted = (float((slopes * points[:-1]).sum()) - best) / 60
    assert PROBLEM.score(stream, points)[0] == pytest.approx(wanted, rel=1e-12)


def test_nobody_beats_who_knows_the_future():
    stream = make("stochastic", seed=4, rounds=60)
    clairvoyant = np.append(-np.sign(stream.data["slopes"]), 0)
    assert PROBLEM.score(stream, clairvoyant)[0] == pytest.approx(PROBLEM.exact(stream))
    for solver in (SGD(), Adam(), AMSGrad()):
        assert play(stream, solver)[1] >= PROBLEM.exact(stream)


@pytest.mark.parametrize(
    "make_solver",
    [
        lambda: SGD(learning_rate=0.0),
        lambda: Adam(learning_rate=math.nan),
        lambda: Adam(beta1=1.0),
        lambda: RMSProp(beta2=-0.1),
        lambda: AdaGrad(decay=False),
        lambda: AMSGrad(variant="optax"),
    ],
)
def test_settings_out_of_range_are_refused(make_solver):
    with pytest.raises(ValueError, match=r"expected|always"):
        make_solver()


def test_the_claims_name_cases_that_can_be_made():
    names = [claim.name for claim in CLAIMS]
    assert len(set(names)) == len(names)
    families = set(PROBLEM.families)
    for claim in CLAIMS:
        if claim.quantity is not None:
            assert {case.split("[")[0] for case in claim.quantity.cases} <= families
