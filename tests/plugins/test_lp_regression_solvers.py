"""The solvers of l_p regression: published steps, equivalences, references."""

import importlib
import itertools
from pathlib import Path

import numpy as np
import pytest

import bench_optimization.lp_regression as board
from bench_optimization.lp_regression.adadelta import AdaDelta
from bench_optimization.lp_regression.adagrad import Adagrad
from bench_optimization.lp_regression.adam import AdamSolver
from bench_optimization.lp_regression.gradient_descent import GradientDescent
from bench_optimization.lp_regression.heavy_ball import HeavyBall
from bench_optimization.lp_regression.nesterov import NesterovMomentum
from bench_optimization.lp_regression.overparameterised import Overparameterised, step
from bench_optimization.lp_regression.peer_bfgs import PeerBFGS
from bench_optimization.lp_regression.peer_lbfgs import PeerLBFGS
from bench_optimization.lp_regression.problem import LpRegression
from harness.api import BudgetSpent, Data, InvalidAnswer, Meter, Solver
from harness.cases import make_case
from harness.loading import Source, load_class

PROBLEM = LpRegression()
NAME = "lp_regression"
STEMS = sorted(
    path.stem
    for path in Path(board.__file__).parent.glob("[a-z]*.py")
    if path.stem not in ("problem", "claims")
)


def made(text, seed=0):
    return PROBLEM.make(make_case(NAME, PROBLEM, text), np.random.default_rng(seed))


def points(solver, instance, count=None):
    oracle = PROBLEM.open(Data(instance.data), Meter())
    try:
        for point in itertools.islice(solver.solve(oracle, np.random.default_rng(0)), count):
            yield np.array(point)
    except BudgetSpent:
        return


def end(solver, instance):
    *_, last = points(solver, instance)
    return PROBLEM.score(instance, last)[0]


def steps_to(solver, instance, cost):
    """Steps until the cost is that low; infinite where it never is."""
    try:
        for number, w in enumerate(points(solver, instance)):
            if PROBLEM.score(instance, w)[0] <= cost:
                return number
    except InvalidAnswer:
        pass
    return np.inf


# Overparameterisation: published figures


@pytest.mark.parametrize(
    ("w", "slope", "rate", "depth", "expected"),
    [
        ((1, 0), (1, 1), 0.1, 1, (0.9, -0.1)),
        ((1, 0), (1, 1), 0.1, 2, (0.8, -0.1)),
        ((1, 0), (1, 1), 0.1, 3, (0.7, -0.1)),
        ((3, 4), (1, 1), 0.01, 2, (2.908, 3.894)),
        ((3, 4), (1, 1), 0.01, 3, (2.77086322, 3.7229839)),
        ((3, 4), (1, 1), 0.01, 4, (2.60645204, 3.51253718)),
    ],
)
def test_known_steps(w, slope, rate, depth, expected):
    found = step(np.array(w, float), np.array(slope, float), rate, depth)
    np.testing.assert_allclose(found, expected, atol=6e-9)


class Quartic:
    """sum (w - y)^4 / 4 with y = (2, 1), from (0.3, -0.2)."""

    curvature = 1.0

    def __init__(self):
        self.start = np.array([0.3, -0.2])

    def gradient(self, w):
        return (w - [2.0, 1.0]) ** 3


def after(form, depth, count, decay=0.0):
    solver = Overparameterised(depth=depth, scale=1 / count, form=form, decay=decay)
    answers = solver.solve(Quartic(), np.random.default_rng(0))
    *_, last = (np.array(w) for w in itertools.islice(answers, count + 1))
    return last


@pytest.mark.parametrize(
    ("depth", "first", "fine"),
    [(2, 1.4e-3, (1.587822, 0.451655)), (3, 2.0e-3, (1.731024, 0.500504))],
)
def test_both_forms_agree_to_first_order_in_the_step(depth, first, fine):
    for count, difference in ((100, first), (1000, first / 10)):
        apart = after("explicit", depth, count) - after("end_to_end", depth, count)
        assert np.abs(apart).max() == pytest.approx(difference, rel=0.08)
    w = Quartic().start
    for _ in range(9_999):  # of 1e-4; the published figures are those of one step less than 1
        w = step(w, Quartic().gradient(w), 1e-4, depth)
    np.testing.assert_allclose(w, fine, atol=6e-7)


def test_both_forms_agree_with_a_decay_of_the_factors():
    for depth in (1, 2, 4):
        apart = [
            np.abs(
                after("explicit", depth, count, 0.3) - after("end_to_end", depth, count, 0.3)
            ).max()
            for count in (100, 1000)
        ]
        assert apart[1] < 1e-3
        assert apart[1] < 0.15 * apart[0] + 1e-12
    assert np.linalg.norm(after("end_to_end", 2, 1000, 0.3)) < np.linalg.norm(
        after("end_to_end", 2, 1000)
    )


@pytest.mark.parametrize(
    ("depth", "w", "curl"),
    [
        (3, (2, 1), -1.169607),
        (4, (2, 1), -3.009331),
        (3, (1, 1), -0.529134),
        (4, (1, 1), -1.261345),
        (2, (2, 1), 0.0),
    ],
)
def test_it_is_no_gradient_of_any_loss(depth, w, curl):
    """The field of updates of |w - y|^2 / 2, y = (1, 2), has a curl for three factors and more."""

    def field(w):
        return w - step(w, w - [1.0, 2.0], 1.0, depth)

    w, h = np.array(w, float), 1e-6
    jacobian = np.array([(field(w + e) - field(w - e)) / (2 * h) for e in h * np.eye(2)]).T
    assert jacobian[0, 1] - jacobian[1, 0] == pytest.approx(curl, abs=1e-6)


def test_zero_is_a_fixed_point_but_for_one_factor():
    zero, slope = np.zeros(2), np.ones(2)
    np.testing.assert_array_equal(step(zero, slope, 0.1, 3), zero)
    np.testing.assert_allclose(step(zero, slope, 0.1, 1), [-0.1, -0.1])
    oracle = Quartic()
    oracle.start = np.zeros(2)
    solver = Overparameterised(form="explicit")
    np.testing.assert_array_equal(next(solver.solve(oracle, None)), zero)


def test_known_steps_to_a_small_loss_in_the_plane():
    """Targets (10, 1), until the sum of the losses is 1e-4, each at its best of a grid."""
    instance = made("plane[passes=2200]")
    grid = 10.0 ** np.arange(-0.75, 1.01, 0.25)

    def best(solver):
        return min(steps_to(solver(scale), instance, -7.4) for scale in grid)

    assert best(GradientDescent) == pytest.approx(1919, rel=0.1)
    assert best(lambda scale: Overparameterised(scale=scale)) == pytest.approx(330, rel=0.1)
    assert best(lambda scale: Overparameterised(depth=4, scale=scale)) == pytest.approx(
        499, rel=0.15
    )


def test_least_squares_in_the_plane_take_one_step_of_gradient_descent():
    assert steps_to(GradientDescent(), made("plane[p=2,passes=50]"), -10) == 1


def test_factors_help_for_fourth_powers_and_not_for_squares():
    quartic, square = made("factors"), made("factors[p=2]")
    assert end(Overparameterised(scale=10.0), quartic) < end(GradientDescent(3.16), quartic) - 0.5
    deep, plain = Overparameterised(depth=3, scale=0.562), GradientDescent(1.78)
    assert end(deep, square) > end(plain, square) - 0.5


# The others


REFERENCE = "factors[n=60,d=7,passes=100]"


def gradient(instance, w):
    rows, targets = instance.data["features"], instance.data["targets"]
    return (rows @ w - targets) ** 3 @ rows / len(targets)


def check_against(solver, update, state, instance):
    """`update(w, g, state)` gives the next w and state, state being a list of arrays."""
    found = list(points(solver, instance, 60))
    w = instance.data["start"]
    state = [np.zeros_like(w) for _ in range(state)]
    for number in range(1, 60):
        w, state = update(w, gradient(instance, w), state, number)
        np.testing.assert_allclose(found[number], w, rtol=1e-8, atol=1e-12)


def test_steps_are_those_of_the_formulas():
    instance = made(REFERENCE)
    rate = 1 / instance.data["curvature"]
    check_against(GradientDescent(), lambda w, g, s, t: (w - rate * g, s), 0, instance)

    def heavy(w, g, state, t):
        v = 0.9 * state[0] + g
        return w - 0.1 * rate * v, [v]

    def ahead(w, g, state, t):
        v = 0.9 * state[0] + g
        return w - 0.1 * rate * (g + 0.9 * v), [v]

    def adagrad(w, g, state, t):
        s = state[0] + g * g
        return w - 0.1 * g / (np.sqrt(s) + 1e-10), [s]

    def adam(w, g, state, t):
        m, v = 0.9 * state[0] + 0.1 * g, 0.999 * state[1] + 0.001 * g * g
        step = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        return w - 0.01 * step, [m, v]

    def adadelta(w, g, state, t):
        s = 0.95 * state[0] + 0.05 * g**2
        d = np.sqrt(state[1] + 1e-6) / np.sqrt(s + 1e-6) * g
        return w - d, [s, 0.95 * state[1] + 0.05 * d**2]

    check_against(HeavyBall(), heavy, 1, instance)
    check_against(NesterovMomentum(), ahead, 1, instance)
    check_against(Adagrad(), adagrad, 1, instance)
    check_against(AdamSolver(), adam, 2, instance)
    check_against(AdaDelta(), adadelta, 2, instance)


def test_adadelta_agrees_with_torch():
    torch = pytest.importorskip("torch", reason="a rival implementation")
    instance = made(REFERENCE)
    w = torch.tensor(instance.data["start"], requires_grad=True)
    rule = torch.optim.Adadelta([w], lr=0.5, rho=0.95, eps=1e-6)
    for found in points(AdaDelta(learning_rate=0.5), instance, 60):
        np.testing.assert_allclose(found, w.detach().numpy(), rtol=1e-8, atol=1e-12)
        w.grad = torch.tensor(gradient(instance, w.detach().numpy()))
        rule.step()


@pytest.mark.parametrize("peer", [PeerBFGS(), PeerLBFGS()], ids=repr)
@pytest.mark.parametrize("p", [2, 4])
def test_quasi_newton_methods_reach_the_optimum(peer, p):
    assert end(peer, made(f"factors[passes=300,p={p}]")) < -9


def test_peers_end_with_what_they_have_when_their_calls_are_spent():
    start, last = points(PeerBFGS(), made("factors[passes=5]"))
    assert not np.array_equal(start, last)


@pytest.mark.parametrize(
    ("solver", "parameters"),
    [
        (GradientDescent, {"scale": 0.0}),
        (HeavyBall, {"momentum": 1.0}),
        (NesterovMomentum, {"momentum": -0.5}),
        (NesterovMomentum, {"scale": float("nan")}),
        (Adagrad, {"learning_rate": -1.0}),
        (AdamSolver, {"learning_rate": float("inf")}),
        (AdaDelta, {"decay": 1.0}),
        (AdaDelta, {"eps": 0.0}),
        (Overparameterised, {"depth": 0}),
        (Overparameterised, {"depth": 1.5}),
        (Overparameterised, {"scale": 0.0}),
        (Overparameterised, {"decay": -0.1}),
        (Overparameterised, {"form": "matrix"}),
    ],
)
def test_impossible_parameters_are_refused(solver, parameters):
    with pytest.raises(ValueError, match="expected"):
        solver(**parameters)


@pytest.mark.parametrize("stem", STEMS)
def test_both_ends_of_each_space_are_allowed(stem):
    module = importlib.import_module(f"{board.__name__}.{stem}")
    solver = load_class(Source(module.__file__, module.__name__), Solver, "solver")
    for name, (_, *ends) in getattr(solver, "space", {}).items():
        for end_of_space in ends:
            solver(**{name: end_of_space})
