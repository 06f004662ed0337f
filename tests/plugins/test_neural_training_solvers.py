"""The solvers of neural training: each trains as its rule says, and as its paper does."""

import importlib
import warnings
from pathlib import Path

import numpy as np
import pytest

import bench_optimization.neural_training as board
from bench_optimization import _driver
from bench_optimization.neural_training import _targets, _training
from bench_optimization.neural_training.adafactor import Adafactor
from bench_optimization.neural_training.adam import Adam
from bench_optimization.neural_training.adamw import AdamW
from bench_optimization.neural_training.ademamix import AdEMAMix
from bench_optimization.neural_training.lion import Lion
from bench_optimization.neural_training.muon import Muon
from bench_optimization.neural_training.nesterov import Nesterov
from bench_optimization.neural_training.problem import NeuralTraining
from bench_optimization.neural_training.ranger21 import Ranger21
from bench_optimization.neural_training.sgd import SGD
from bench_optimization.neural_training.signum import Signum
from bench_optimization.neural_training.straight_to_zero import StraightToZero
from harness.api import BudgetSpent, Case, Data, Meter, Solver
from harness.cases import make_case
from harness.loading import Source, load_class

PROBLEM = NeuralTraining()
FOLDER = Path(board.__file__).parent
STEMS = sorted(
    path.stem for path in FOLDER.glob("[a-z]*.py") if path.stem not in ("problem", "claims")
)


def solver_class(stem):
    module = importlib.import_module(f"{board.__name__}.{stem}")
    return load_class(Source(module.__file__, module.__name__), Solver, "solver")


@pytest.fixture(params=STEMS)
def any_class(request):
    return solver_class(request.param)


def make(text):
    return PROBLEM.make(make_case("neural_training", PROBLEM, text), np.random.default_rng(0))


def answers(solver, instance, seed=0):
    """All answers of a run, copied; the budget may end it."""
    oracle = PROBLEM.open(Data(instance.data), Meter())
    found = []
    try:
        for answer in solver.solve(oracle, np.random.default_rng(seed)):
            found.append([np.array(array) for array in answer])
    except BudgetSpent:
        pass
    return found


def trained(solver, text, seed=0):
    """Cost and scores of the last answer."""
    instance = make(text)
    return PROBLEM.score(instance, answers(solver, instance, seed)[-1])


def equal(left, right):
    return all(np.array_equal(one, two) for one, two in zip(left, right, strict=True))


# What all solvers must hold to


def test_a_solver_says_what_it_is(any_class):
    assert any_class.problem == "neural_training"
    assert bool(any_class.papers) == (any_class.role == "paper")
    assert any_class.space["learning_rate"][0] == "log"
    low, high = any_class.space["learning_rate"][1:]
    assert low <= any_class().learning_rate <= high
    for name in any_class.space:
        assert hasattr(any_class(), name)


def test_every_solver_learns_within_few_passes(any_class):
    start, _ = PROBLEM.score(make("mlp[passes=5]"), make("mlp[passes=5]").data["start"])
    cost, scores = trained(any_class(), "mlp[passes=5]")
    assert cost < 0.25 * start
    assert scores["held_out_accuracy"] > 0.9


def test_runs_repeat_and_seeds_differ(any_class):
    instance = make("mlp[width=8,depth=1,samples=150,passes=2]")
    one, same, other = (answers(any_class(), instance, seed) for seed in (1, 1, 2))
    assert equal(one[-1], same[-1])
    assert not equal(one[-1], other[-1])
    assert equal(one[0], instance.data["start"])


def test_all_calls_are_used_and_no_more(any_class):
    instance = make("mlp[width=4,depth=1,samples=150,passes=3]")
    meter = Meter()
    oracle = PROBLEM.open(Data(instance.data), meter)
    with np.errstate(all="raise"):
        list(any_class().solve(oracle, np.random.default_rng(0)))
    assert meter.calls == 450


def quietly(solver):
    """The answers of a run of 10 steps in which warnings are errors."""
    instance = make("autoencoder[width=3,depth=1,code=1,samples=100,passes=5]")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return answers(solver, instance)


def test_a_run_that_diverges_warns_of_nothing(any_class):
    assert len(quietly(any_class(learning_rate=1e2, average="bema"))) == 1 + 10


@pytest.mark.parametrize("solver", [Muon, Ranger21])
def test_overflow_in_a_rule_warns_of_nothing(solver):
    last = quietly(solver(learning_rate=1e30))[-1]
    assert not all(np.isfinite(array).all() and np.abs(array).max() < 1e20 for array in last)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf")])
def test_rates_that_are_none_are_refused(any_class, rate):
    with pytest.raises(ValueError, match=r"learning_rate = .*; expected a finite number above 0"):
        any_class(learning_rate=rate)


def test_settings_that_are_none_are_refused(any_class):
    with pytest.raises(ValueError, match="schedule = 'sine'; expected one of constant, linear"):
        any_class(schedule="sine")
    with pytest.raises(ValueError, match="average = 'median'; expected one of none, ema"):
        any_class(average="median")
    with pytest.raises(ValueError, match="batch = -1"):
        any_class(batch=-1)
    for name in ("beta1", "beta2", "momentum", "beta"):
        if name in any_class.__dataclass_fields__:
            with pytest.raises(ValueError, match=f"{name} = 1"):
                any_class(**{name: 1.0})
    if "weight_decay" in any_class.__dataclass_fields__:
        with pytest.raises(ValueError, match="weight_decay = -1"):
            any_class(weight_decay=-1.0)


# Rules, as the solvers wire them


def gradients_of(monkeypatch, solver, instance):
    """The batches' indices and what the run answered."""
    seen = []
    oracle = PROBLEM.open(Data(instance.data), Meter())
    take = oracle.stochastic_gradient

    def kept(parameters, indices):
        seen.append(np.array(indices))
        return take(parameters, indices)

    monkeypatch.setattr(oracle, "stochastic_gradient", kept)
    found = [
        [np.array(a) for a in answer] for answer in solver.solve(oracle, np.random.default_rng(0))
    ]
    return seen, found


@pytest.mark.parametrize(
    ("solver", "update"),
    [
        (SGD(learning_rate=0.1), lambda g, m, v, t, x: g),
        (
            Adam(learning_rate=0.1),
            lambda g, m, v, t, x: (m[0] / (1 - 0.9**t)) / (np.sqrt(v[0] / (1 - 0.999**t)) + 1e-8),
        ),
        (
            AdamW(learning_rate=0.1, weight_decay=0.3),
            lambda g, m, v, t, x: (
                (m[0] / (1 - 0.9**t)) / (np.sqrt(v[0] / (1 - 0.999**t)) + 1e-8) + 0.3 * x
            ),
        ),
        (
            Lion(learning_rate=0.1, weight_decay=0.3),
            lambda g, m, v, t, x: np.sign(0.9 * m[1] + 0.1 * g) + 0.3 * x,
        ),
        (Signum(learning_rate=0.1, weight_decay=0.0), lambda g, m, v, t, x: np.sign(m[0])),
    ],
    ids=["sgd", "adam", "adamw", "lion", "signum"],
)
def test_runs_are_what_ten_lines_in_double_precision_make_them(monkeypatch, solver, update):
    """Warm-up, decay to zero, batches and rule together."""
    instance = make("autoencoder[width=6,depth=1,code=2,samples=100,passes=6]")
    seen, found = gradients_of(monkeypatch, solver, instance)
    net = _training_net(instance)
    x = [a.astype(np.float64) for a in instance.data["start"]]
    # (momentum with 0.9, momentum with 0.99 before this step), mean of squares
    m, lion, v = ([np.zeros_like(a) for a in x] for _ in range(3))
    steps, warm = len(seen), round(0.05 * len(seen))
    assert steps == 12
    for t, indices in enumerate(seen, 1):
        rate = 0.1 * (t / warm if t < warm else (steps - t + 1) / (steps - max(1, warm) + 1))
        batch = instance.data["inputs"][indices].astype(np.float64)
        for k, g in enumerate(net.gradient(x, batch, batch)):
            m[k] = 0.9 * m[k] + 0.1 * g
            v[k] = 0.999 * v[k] + 0.001 * g * g
            x[k] = x[k] - rate * update(g, (m[k], lion[k]), (v[k],), t, x[k])
            lion[k] = 0.99 * lion[k] + 0.01 * g
    for one, two in zip(found[-1], x, strict=True):
        np.testing.assert_allclose(one, two, atol=2e-4 * max(1, np.abs(two).max()))


def _training_net(instance):
    from bench_optimization.neural_training._workloads import network

    return network(instance.data["net"])


def test_batches_of_an_epoch_are_all_samples_once(monkeypatch):
    instance = make("mlp[width=4,depth=1,samples=150,passes=2]")
    seen, _ = gradients_of(monkeypatch, SGD(), instance)
    assert [len(indices) for indices in seen] == [64, 64, 22] * 2
    for epoch in (seen[:3], seen[3:]):
        assert sorted(np.concatenate(epoch)) == list(range(150))
    assert not np.array_equal(seen[0], seen[3])


def test_hidden_are_the_weights_between_embedding_and_head():
    def names(text):
        oracle = PROBLEM.open(Data(make(text).data), Meter())
        return [oracle.names[place] for place in _training.hidden(oracle.names)]

    assert names("mlp") == ["layer0.weight", "layer1.weight"]
    assert names("conv") == ["conv0.weight", "conv1.weight"]
    assert names("memory") == ["layer0.weight", "layer1.weight"]
    assert names("factorisation") == []
    assert names("transformer[depth=1]") == [
        "block0.attention.weight", "block0.mix.weight", "block0.up.weight", "block0.down.weight",
    ]  # fmt: skip


def test_muon_moves_hidden_matrices_along_all_directions_alike():
    instance = make("mlp[samples=200,passes=1]")
    before, after = answers(Muon(learning_rate=0.1, weight_decay=0.0, warmup=0.0), instance)[:2]
    for place in (0, 2):
        values = np.linalg.svd(after[place] - before[place], compute_uv=False)
        # 64 samples, 10 classes: the rank is low, and what is there comes out in the band
        strong = values[values > 0.5 * values[0]]
        assert len(strong) >= 8
        assert values[0] == pytest.approx(0.1 * 0.2 * 8, rel=0.25)
    head = after[4] - before[4]
    assert np.median(np.abs(head)) == pytest.approx(0.1, rel=1e-3)  # Adam's first step


def test_without_hidden_matrices_muon_is_adamw_with_its_betas():
    instance = make("factorisation[rows=20,columns=10,samples=300]")
    setting = {"learning_rate": 0.02, "weight_decay": 0.1}
    one = answers(Muon(**setting), instance)[-1]
    two = answers(AdamW(beta2=0.95, **setting), instance)[-1]
    assert equal(one, two)


def test_ademamix_remembers_a_share_of_the_run():
    rule = AdEMAMix(memory=0.1).rule(1000, [])
    assert rule.beta3 == pytest.approx(0.99)
    assert rule.warmup == 1000
    assert AdEMAMix(memory=0.1).rule(20, []).beta3 == 0.9  # no faster than the fast one
    with pytest.raises(ValueError, match="memory = 0"):
        AdEMAMix(memory=0.0)


def test_without_the_slow_momentum_ademamix_is_adamw():
    instance = make("mlp[width=8,depth=1,samples=150,passes=2]")
    setting = {"learning_rate": 0.01, "weight_decay": 0.1}
    one = answers(AdEMAMix(alpha=0.0, **setting), instance)[-1]
    two = answers(AdamW(**setting), instance)[-1]
    for left, right in zip(one, two, strict=True):
        np.testing.assert_allclose(left, right, atol=1e-6)


def test_a_fixed_decay_of_adafactor_is_that_of_its_rule():
    assert Adafactor().rule(10, []).beta2 is None
    assert Adafactor(beta2=0.99).rule(10, []).beta2 == 0.99
    instance = make("mlp[width=8,depth=1,samples=150,passes=2]")
    assert not equal(
        answers(Adafactor(), instance)[-1], answers(Adafactor(beta2=0.9), instance)[-1]
    )


def test_straight_to_zero_is_adamw_with_a_longer_warm_up():
    instance = make("mlp[width=8,depth=1,samples=150,passes=4]")
    one = answers(StraightToZero(), instance)[-1]
    assert equal(one, answers(AdamW(warmup=0.1, weight_decay=0.1), instance)[-1])
    assert not equal(one, answers(AdamW(weight_decay=0.1, schedule="cosine_10"), instance)[-1])


@pytest.mark.parametrize("average", sorted(set(_training.AVERAGES) - {"none"}))
def test_an_average_is_answered_and_the_run_stays(monkeypatch, average):
    instance = make("mlp[width=8,depth=1,samples=150,passes=4]")
    plain, averaged = (answers(Nesterov(average=name), instance) for name in ("none", average))
    assert len(plain) == len(averaged)
    assert not equal(plain[-1], averaged[-1])
    if average == "polyak":
        mean = np.mean([answer[0] for answer in plain[1:]], axis=0)
        np.testing.assert_allclose(averaged[-1][0], mean, atol=1e-5)


def test_full_gradients_take_no_batches(monkeypatch):
    instance = make("mlp[width=4,depth=1,samples=150,passes=3]")
    seen, found = gradients_of(monkeypatch, SGD(batch=0), instance)
    assert not seen
    assert len(found) == 1 + 3
    assert _driver.steps_of(450, 150, 0) == 3


# What the papers let one expect of small nets


def test_ranger21_trains_a_deep_net_that_starts_too_small_and_adamw_does_not():
    """Twenty hidden layers of 64, weights N(0, 1/192), 828 steps of 64."""
    deep = "mlp[depth=20,init=small,passes=36]"
    _, scores = trained(Ranger21(learning_rate=1e-2), deep)
    assert scores["held_out_accuracy"] > 0.8
    cost, scores = trained(AdamW(learning_rate=3e-3), deep)
    assert scores["held_out_accuracy"] < 0.4
    assert cost > 1


def test_an_array_without_gradient_goes_to_norm_one_under_ranger21():
    """Such as that of a dead unit; with the paper's eps its norm grows without end."""

    def norm_after(solver, steps):
        weights = [np.array([[3.0, -4.0]], np.float32)]
        rule = solver.rule(100, ["layer0.weight"])
        rule.start(weights)
        for _ in range(steps):
            rule.step(weights, [np.zeros((1, 2), np.float32)], solver.learning_rate)
        return np.linalg.norm(weights[0])

    assert norm_after(Ranger21(), 50) == pytest.approx(1, rel=0.01)
    assert norm_after(Ranger21(eps=1e-8), 7) > 1e3


def test_lion_needs_a_tenth_of_the_rate():
    good, _ = trained(Lion(), "mlp")
    assert good < 0.2
    assert trained(Lion(learning_rate=0.1), "mlp")[0] > 5 * good


# Targets


def test_targets_are_of_cases_of_the_board():
    known = {str(make_case("neural_training", PROBLEM, t)) for t in PROBLEM.suites["standard"]}
    assert set(_targets.TARGETS) <= known


def test_a_target_is_what_the_best_reference_reaches_with_three_quarters():
    case = make_case("neural_training", PROBLEM, "mlp[width=6,depth=1,samples=200,passes=4]")
    value, by = _targets.find(PROBLEM, case, trials=2, seeds=3)
    costs = {}
    for name in _targets.REFERENCES:
        for setting in _targets.settings(name, 2):
            solver = solver_class(name)(**setting)
            costs[repr(solver)] = (_targets.reached(PROBLEM, case, solver, 0), solver)
    _, solver = min(costs.values(), key=lambda pair: pair[0])
    assert by == repr(solver)
    again = [_targets.reached(PROBLEM, case, solver, seed) for seed in (1, 2, 3)]
    assert value == np.median(again)
    calls = []
    open_ = PROBLEM.open

    class Watched(NeuralTraining):
        def open(self, data, meter):
            calls.append(data.calls)
            return open_(data, meter)

    _targets.reached(Watched(), case, solver, 0)
    assert calls == [600]


def test_settings_are_spread_and_repeat():
    points = list(_targets.settings("adamw", 16))
    assert points == list(_targets.settings("adamw", 16))
    rates = np.log10([point["learning_rate"] for point in points])
    assert rates.min() < -3.2
    assert rates.max() > -1.3
    assert all(0.7 <= point["beta1"] <= 0.98 for point in points)
    assert all(0.7 <= point["momentum"] <= 0.98 for point in _targets.settings("momentum", 16))


def test_cases_of_the_command_line_are_those_of_the_harness():
    for text in PROBLEM.suites["standard"]:
        ours, theirs = _targets._case(PROBLEM, text), make_case("neural_training", PROBLEM, text)
        assert (ours.family, dict(ours.parameters)) == (theirs.family, dict(theirs.parameters))
        assert isinstance(ours, Case)
        assert str(ours) == str(theirs)
