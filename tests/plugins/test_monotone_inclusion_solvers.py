"""Solvers of monotone inclusions: known answers, their steps by hand, and what theory promises."""

import itertools
import math

import numpy as np
import pytest

from bench_optimization.monotone_inclusion._families import _rows, _saddle
from bench_optimization.monotone_inclusion._sampling import batch_lipschitz, draws
from bench_optimization.monotone_inclusion.anchored_extragradient import AnchoredExtragradient
from bench_optimization.monotone_inclusion.extragradient import Extragradient
from bench_optimization.monotone_inclusion.forward_backward import ForwardBackward
from bench_optimization.monotone_inclusion.halpern import Halpern
from bench_optimization.monotone_inclusion.halpern_vr import HalpernVR, refresh_share
from bench_optimization.monotone_inclusion.halpern_vr_lipschitz import HalpernVRLipschitz
from bench_optimization.monotone_inclusion.optimistic_gradient import OptimisticGradient
from bench_optimization.monotone_inclusion.problem import MonotoneInclusion
from bench_optimization.monotone_inclusion.stochastic_gda import StochasticGDA
from bench_optimization.monotone_inclusion.svrg_extragradient import SVRGExtragradient
from bench_optimization.monotone_inclusion.vr_frb import VRFRB
from harness.api import BudgetSpent, Data, Instance, Meter
from harness.cases import make_case

PROBLEM = MonotoneInclusion()
SOLVERS = [
    AnchoredExtragradient,
    Extragradient,
    ForwardBackward,
    Halpern,
    HalpernVR,
    HalpernVRLipschitz,
    OptimisticGradient,
    StochasticGDA,
    SVRGExtragradient,
    VRFRB,
]


def make(text):
    instance = PROBLEM.make(
        make_case("monotone_inclusion", PROBLEM, text), np.random.default_rng(3)
    )
    return Instance(Data(instance.data), instance.truth, instance.sizes, instance.optimum)


def diagonal(spectrum, start, cocoercivity=None):
    """F(z) = spectrum * z, as n equally many components along the axes."""
    spectrum = np.asarray(spectrum, float)
    n = len(spectrum)
    data = _rows(np.diag(np.sqrt(n * spectrum)), np.zeros(n), robust=False)
    data["average_cocoercivity"] = cocoercivity or data["average_cocoercivity"]
    return {**data, "start": np.array(start, float), "calls": 10**9}


def rotation(start=(1.0, 0.0)):
    data = _saddle(np.ones((1, 1)), np.ones((1, 1)), 0.0, np.zeros(2))
    return {**data, "start": np.array(start), "calls": 10**9}


def points(solver, data, count, seed=0):
    """The first points that a solver yields, copied."""
    oracle = PROBLEM.open(data if isinstance(data, Data) else Data(data), Meter())
    found = solver.solve(oracle, np.random.default_rng(seed))
    return [np.array(z) for z in itertools.islice(found, count)]


def run(solver, instance, seed=0, calls=None):
    """The last point within the calls allowed, and the calls."""
    meter, last = Meter(calls), None
    oracle = PROBLEM.open(instance.data, meter)
    try:
        for z in solver.solve(oracle, np.random.default_rng(seed)):
            last = np.array(z)
    except BudgetSpent:
        pass
    return last, meter.calls


def residual(solver, instance, calls, seed=0):
    return PROBLEM.score(instance, run(solver, instance, seed, calls)[0])[1]["residual"]


# Known answers


def test_halpern_vr_on_the_identity():
    data = diagonal([1, 1], [1, -2], cocoercivity=1.0)
    z = points(HalpernVR(step=0.25, batch=2), data, 6)
    for k, expected in {1: 0.75, 2: 0.6625, 3: 0.609375, 5: 0.5343192}.items():
        np.testing.assert_allclose(z[k], [expected, -2 * expected], atol=5e-8)


def test_halpern_vr_with_all_components_draws_no_difference():
    instance = make("saddle[n=9,dim=3]")
    for seed in range(3):
        z = points(HalpernVR(batch=9), instance.data, 60, seed)
        np.testing.assert_allclose(z, anchored_by_hand(instance, 60), atol=1e-12)


def test_halpern_vr_with_equal_components_is_exact():
    rows = np.tile([[0.6, 0.8]], (50, 1))
    data = {**_rows(rows, np.ones(50), robust=False), "calls": 10**9}
    some, other = points(HalpernVR(), data, 80), points(HalpernVR(), data, 80, seed=7)
    np.testing.assert_allclose(some, other, atol=1e-13)


def anchored_by_hand(instance, count):
    oracle = PROBLEM.open(instance.data, Meter())
    eta = 0.25 / oracle.average_cocoercivity
    anchor = z = oracle.start
    found = []
    for k in range(count):
        found.append(z)
        a = 2 / (k + 4)
        z = oracle.resolvent(a * anchor + (1 - a) * z - eta * oracle.operator(z))
    return found


@pytest.mark.parametrize(
    ("c", "expected"),
    [
        (1.0, {1: 0.559017, 10: 0.0923405, 100: 0.00990099}),
        (10.0, {1: 0.0504853, 10: 0.00909091, 100: 9.90e-4}),
    ],
)
def test_the_outer_loop_of_the_lipschitz_variant(c, expected):
    """On a rotation, with inner loops that are long enough to be exact."""
    resolvent = np.linalg.inv(np.eye(2) + c * np.array([[0, 1], [-1, 0]]))
    solver = HalpernVRLipschitz(reach=c, step=1.0, inner=200.0 if c == 1 else 900.0)
    oracle = PROBLEM.open(Data(rotation()), Meter())
    u, shown = np.array([1.0, 0.0]), []
    for z in solver.solve(oracle, np.random.default_rng(0)):
        if not shown or not np.array_equal(z, shown[-1]):
            shown.append(np.array(z))
        if len(shown) > (100 if c == 1 else 10):
            break
    for k, z in enumerate(shown):
        np.testing.assert_allclose(z, u, atol=1e-9)
        if k in expected:
            found = np.linalg.norm(z - resolvent @ z) / c
            assert found == pytest.approx(expected[k], rel=5e-6)
        u = np.array([1.0, 0.0]) / (k + 2) + (k + 1) / (k + 2) * (resolvent @ u)


@pytest.mark.parametrize("step", [0.25, 0.1])
def test_halpern_vr_diverges_on_a_rotation(step):
    z = points(HalpernVR(step=step), rotation(), 4000)
    assert np.linalg.norm(z[-1]) > 1e3


def test_the_rate_of_halpern_vr_on_a_spread_spectrum():
    spectrum = np.logspace(-6, 0, 200)
    data = diagonal(spectrum, np.full(200, 200**-0.5), cocoercivity=1.0)
    z = points(HalpernVR(step=0.25, batch=200), data, 4001)
    found = {k: np.linalg.norm(spectrum * z[k]) for k in (10, 100, 1000, 4000)}
    assert found[10] == pytest.approx(0.107, abs=5e-4)
    assert found[100] == pytest.approx(0.0296, abs=5e-5)
    assert found[1000] == pytest.approx(0.00441, abs=5e-6)
    assert found[4000] == pytest.approx(0.00127, abs=5e-6)
    slope = math.log(found[4000] / found[100]) / math.log(40)
    assert -0.95 < slope < -0.8


@pytest.fixture(scope="module")
def game():
    return make("policeman_burglar[n=500,passes=1000]")


@pytest.mark.parametrize(
    ("solver", "at_125", "at_250"),
    [
        (HalpernVR(step=15.3094), 0.056, 0.034),
        (HalpernVR(step=1509.723 / 492.332), 0.11, 0.084),
        (HalpernVRLipschitz(step=14.87, reach=3.06189), 0.076, 0.055),
        (Extragradient(step=5.0), 0.091, 0.072),
        (Extragradient(step=1.0), 0.15, 0.12),
        (AnchoredExtragradient(step=5.0), 0.11, 0.090),
    ],
    ids=str,
)
def test_the_published_game(game, solver, at_125, at_250):
    assert residual(solver, game, 125 * 500) == pytest.approx(at_125, rel=0.05)
    assert residual(solver, game, 250 * 500) == pytest.approx(at_250, rel=0.05)


def test_the_published_game_for_longer(game):
    expected = {500: 0.020, 980: 0.015}
    for epochs, value in expected.items():
        found = residual(HalpernVR(step=15.3094), game, epochs * 500)
        assert found == pytest.approx(value, rel=0.05)


# Steps by hand


def test_the_share_of_full_evaluations():
    assert [refresh_share(k, 100) for k in (0, 1)] == [1, 1]
    assert refresh_share(2, 100) == pytest.approx(4 / 6)
    assert refresh_share(11, 100) == pytest.approx(4 / 15)
    assert refresh_share(12, 100) == refresh_share(10**6, 100) == pytest.approx(4 / 15)


class Script:
    """In the place of a generator: coins and components are given."""

    def __init__(self, coins, picks):
        self.coins, self.picks = iter(coins), iter(picks)

    def random(self, size=None):
        return next(self.coins) if size is None else np.array([next(self.coins)])

    def choice(self, n, size, replace):
        assert not replace
        return np.array(next(self.picks)[:size])

    def integers(self, n, size):
        return np.array([next(self.picks)])


TEXT = "policeman_burglar[n=9]"


def scripted(solver, coins, picks, count):
    oracle = PROBLEM.open(make(TEXT).data, Meter())
    found = solver.solve(oracle, Script(coins, picks))
    return [np.array(z) for z in itertools.islice(found, count)]


def by_hand():
    """The game's full operator, its components and its projection, from the matrix alone."""
    matrix = make(TEXT).data["matrix"]
    n = len(matrix)

    def full(z):
        return np.concatenate([matrix.T @ z[n:], -matrix @ z[:n]])

    def part(z, some):
        return np.mean(
            [n * np.concatenate([z[n + i] * matrix[i], -z[i] * matrix[:, i]]) for i in some], axis=0
        )

    def project(z):
        halves = []
        for half in (z[:n], z[n:]):
            low, high = half.min() - 1, half.max()
            for _ in range(100):
                middle = (low + high) / 2
                over = np.maximum(half - middle, 0).sum() > 1
                low, high = (middle, high) if over else (low, middle)
            halves.append(np.maximum(half - low, 0))
        return np.concatenate(halves)

    longest = max((matrix**2).sum(0).max(), (matrix**2).sum(1).max())
    return full, part, project, math.sqrt(n * longest), np.full(2 * n, 1 / n)


def test_steps_of_halpern_vr():
    full, part, project, average, start = by_hand()
    picks = [[3, 5, 8], [0, 1, 2], [4, 4, 7]]
    found = scripted(HalpernVR(step=2.0), [0.9, 0.9, 0.9, 0.9, 0.1, 0.9], picks, 7)
    z, before, estimate, remaining = start, start, None, iter(picks)
    exact = [True, True, False, False, True, False]
    for k, whole in enumerate(exact):
        np.testing.assert_allclose(found[k], z, atol=1e-12)
        if whole:
            estimate = full(z)
        else:
            some = next(remaining)
            estimate = estimate + part(z, some) - part(before, some)
        before, a = z, 2 / (k + 4)
        z = project(a * start + (1 - a) * z - 2.0 / average * estimate)
    np.testing.assert_allclose(found[6], z, atol=1e-12)


def test_steps_of_the_variance_reduced_extragradient():
    full, part, project, average, start = by_hand()
    picks = [[i] for i in (2, 7, 0, 4, 4, 1)]
    coins = [0.9, 0.1, 0.9, 0.9, 0.1, 0.9]  # p = 2/9
    found = scripted(SVRGExtragradient(step=3.0), coins, picks, 7)
    p = 2 / 9
    z = w = start
    for k, ((i,), coin) in enumerate(zip(picks, coins, strict=True)):
        np.testing.assert_allclose(found[k], z, atol=1e-12)
        t = 3.0 * math.sqrt(p) / average
        middle = (1 - p) * z + p * w
        ahead = project(middle - t * full(w))
        z = project(middle - t * (full(w) + part(ahead, [i]) - part(w, [i])))
        if coin < p:
            w = z
    np.testing.assert_allclose(found[6], z, atol=1e-12)


def test_steps_of_variance_reduced_forward_reflected_backward():
    full, part, project, average, start = by_hand()
    picks = [[i] for i in (2, 7, 0, 4, 4, 1)]
    coins = [0.05, 0.1, 0.9, 0.05, 0.5, 0.9]  # p = 1/9, so that 0.1 moves the snapshot too
    found = scripted(VRFRB(step=3.0), coins, picks, 7)
    p = 1 / 9
    z = w = before = start
    for k, ((i,), coin) in enumerate(zip(picks, coins, strict=True)):
        np.testing.assert_allclose(found[k], z, atol=1e-12)
        t = 3.0 * math.sqrt(p * (1 - p)) / average
        z = project((1 - p) * z + p * w - t * (full(w) + part(z, [i]) - part(before, [i])))
        before = w
        if coin < p:
            w = z
    np.testing.assert_allclose(found[6], z, atol=1e-12)


def test_steps_of_the_lipschitz_variant():
    full, part, project, average, start = by_hand()
    n, inner = 9, 0.4  # loops of 2, 3 and 4 steps
    picks = [[i] for i in (2, 7, 0, 4, 8, 1, 3, 3, 6)]
    coins = [0.05, 0.9, 0.05, 0.1, 0.9, 0.9, 0.05, 0.05, 0.5]
    solver = HalpernVRLipschitz(step=2.0, reach=1.5, inner=inner)
    found = scripted(solver, coins, picks, 4)
    p, c = 1 / n, 1.5 * math.sqrt(n) / average
    g = 2.0 * math.sqrt(p * (1 - p)) / (1.5 * math.sqrt(n) + 1)
    u, draws = start, iter(zip(picks, coins, strict=True))
    for k in range(3):
        np.testing.assert_allclose(found[k], u, atol=1e-12)
        v = w = before = u
        for _ in range(int(inner * n * math.log(k + 2))):
            (i,), coin = next(draws)
            estimate = c * full(w) + w - u
            estimate += c * part(v, [i]) + v - c * part(before, [i]) - before
            v = project((1 - p) * v + p * w - g * estimate)
            before = w
            if coin < p:
                w = v
        u = start / (k + 2) + (k + 1) / (k + 2) * v
    np.testing.assert_allclose(found[3], u, atol=1e-12)


def test_steps_of_stochastic_descent_ascent():
    _, part, project, average, start = by_hand()
    picks = [[2, 2], [7, 1], [0, 8]]
    found = scripted(StochasticGDA(step=4.0, batch=2), [], picks, 4)
    z, rates, seen = start, [], []
    for k, some in enumerate(picks):
        rates.append(4.0 / average / math.sqrt(k + 1))
        z = project(z - rates[-1] * part(z, some))
        seen.append(z)
        np.testing.assert_allclose(found[k + 1], np.average(seen, 0, rates), atol=1e-12)


def test_steps_without_sampling():
    full, _, project, _, start = by_hand()
    eta = 1 / np.linalg.norm(make(TEXT).data["matrix"], 2)
    kinds = [Halpern(1.0), Extragradient(1.0), OptimisticGradient(1.0), AnchoredExtragradient(1.0)]
    found = [points(solver, make(TEXT).data, 6) for solver in [*kinds, ForwardBackward(1.0)]]
    h, e, o, a, f = [start] * 5
    before = full(start)
    for k in range(5):
        h = start / (k + 2) + (k + 1) / (k + 2) * project(h - eta * full(h))
        e = project(e - eta * full(project(e - eta * full(e))))
        o, before = project(o - eta * (2 * full(o) - before)), full(o)
        drawn = a + (start - a) / (k + 1)
        ahead = project(drawn - k / (k + 1) * eta * full(a))
        a = project(drawn - eta * full(ahead))
        f = project(f - eta * full(f))
        for expected, z in zip((h, e, o, a, f), found, strict=True):
            np.testing.assert_allclose(z[k + 1], expected, atol=1e-12)


def test_the_constant_of_a_batch():
    class Known:
        average_lipschitz, lipschitz = 5.0, 3.0

    assert batch_lipschitz(Known, 1) == 5
    assert batch_lipschitz(Known, 4) == pytest.approx(math.sqrt((25 + 3 * 9) / 4))


# What theory promises


def test_halperns_bound_holds_and_is_nearly_met():
    spectrum = np.logspace(-4, 0, 50)
    z = points(Halpern(), diagonal(spectrum, np.ones(50)), 401)
    ratios = [np.linalg.norm(spectrum * z[k]) * (k + 1) / (2 * math.sqrt(50)) for k in range(401)]
    assert max(ratios) <= 1
    assert max(ratios[100:]) > 0.05


@pytest.mark.parametrize("text", ["rotation[n=1]", "saddle[n=9,dim=4,mu=0.0]", "saddle[n=9,dim=4]"])
def test_the_bound_of_the_anchored_extragradient(text):
    instance = make(text)
    oracle = PROBLEM.open(instance.data, Meter())
    size = oracle.dim
    full = np.column_stack(
        [oracle.operator(e) - oracle.operator(np.zeros(size)) for e in np.eye(size)]
    )
    solution = np.linalg.lstsq(full, -oracle.operator(np.zeros(size)), rcond=None)[0]
    distance = np.linalg.norm(oracle.start - solution)
    for k, z in enumerate(points(AnchoredExtragradient(), instance.data, 20)[1:], 1):
        bound = 2 * oracle.lipschitz * distance / k
        assert np.linalg.norm(full @ (z - solution)) <= bound * (1 + 1e-12)


@pytest.mark.parametrize(
    "solver",
    [Extragradient(), OptimisticGradient(), SVRGExtragradient(), VRFRB(), ForwardBackward()],
    ids=str,
)
def test_strong_monotonicity_makes_convergence_linear(solver):
    instance = make("saddle[n=50,dim=5,mu=0.5,passes=400]")
    assert PROBLEM.score(instance, run(solver, instance)[0])[0] < -9


@pytest.mark.parametrize("solver", [SVRGExtragradient(batch=7), VRFRB(batch=7)], ids=str)
def test_batches_converge_too(solver):
    instance = make("saddle[n=50,dim=5,mu=0.5,passes=400]")
    assert PROBLEM.score(instance, run(solver, instance)[0])[0] < -5


@pytest.mark.parametrize("solver", [kind() for kind in SOLVERS], ids=str)
def test_cocoercive_problems_are_solved_to_some_decades(solver):
    instance = make("regression[n=300,dim=4,decay=0.5,noise=0.0,passes=300]")
    assert PROBLEM.score(instance, run(solver, instance)[0])[0] < -1.4


def test_the_break_even_rule():
    """Sampling wins where eta L_F sqrt(n) / 6 is above 1, and loses where it is below."""
    cases = [
        ("regression[n=10000,dim=5,passes=40]", "theirs"),
        ("regression[n=2500,dim=100,decay=0.5,unit=False,passes=60]", "theirs"),
        ("regression[n=2500,dim=100,decay=0.5,unit=False,passes=60]", "ours"),
    ]
    found = []
    for text, which in cases:
        instance = make(text)
        ours, full = instance.data["average_cocoercivity"], instance.data["lipschitz"]
        step = 1.0 if which == "theirs" else ours / full
        gain = step / ours * full * math.sqrt(instance.sizes["n"]) / 6
        sampled, exact = (residual(s, instance, None) for s in (HalpernVR(step), Halpern()))
        found.append((gain > 1, sampled < exact))
    assert found == [(True, True), (False, False), (True, True)]


# What all hold to


@pytest.mark.parametrize("kind", SOLVERS)
def test_runs_spend_their_calls_and_repeat(kind):
    instance = make("matrix_game[n=30,passes=40]")
    first, calls = run(kind(), instance, seed=4)
    assert calls > 37 * 30
    np.testing.assert_array_equal(first, run(kind(), instance, seed=4)[0])


@pytest.mark.parametrize("kind", SOLVERS)
@pytest.mark.parametrize("step", [0.0, -1.0, math.nan, math.inf])
def test_refused_steps(kind, step):
    with pytest.raises(ValueError, match=f"step = {step}; expected a finite number above 0"):
        kind(step=step)


def test_large_batches_are_drawn_singly():
    """Thousands at once would take gigabytes."""

    class Watched:
        def integers(self, n, size):
            assert np.prod(size) <= 10_000
            return np.random.default_rng(0).integers(n, size=size)

    assert len(next(draws(Watched(), 50_000, 10_000))) == 10_000
    assert len(next(draws(Watched(), 50, 3))) == 3


def test_refused_batches():
    with pytest.raises(ValueError, match="batch = 0; expected a whole number, 1 or above"):
        VRFRB(batch=0)
    with pytest.raises(ValueError, match=r"batch = 2\.5; expected"):
        SVRGExtragradient(batch=2.5)
    with pytest.raises(ValueError, match="batch = -1; expected a whole number, 0 or above"):
        HalpernVR(batch=-1)
    with pytest.raises(ValueError, match="inner = 0"):
        HalpernVRLipschitz(inner=0.0)
