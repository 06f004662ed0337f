"""The loop that trains: which batches, how many steps, which rates, and what is yielded."""

import math

import numpy as np
import pytest

from bench_optimization import _driver
from bench_optimization._averages import EMA, Polyak
from bench_optimization._driver import steps_of, train
from bench_optimization._rules.base import FusedRule, Rule
from bench_optimization._rules.sgd import SGD
from bench_optimization._schedules import NAMES, factors
from harness.api import BudgetSpent


class Oracle:
    """Least squares with one component per row, which notes what it is asked."""

    def __init__(self, n=10, calls=35, several=False):
        rng = np.random.default_rng(n)
        self.matrix, self.target = rng.normal(size=(n, 3)), rng.normal(size=n)
        self.n, self.calls = n, calls
        self.start = [np.ones(2, np.float32), np.ones(1)] if several else np.ones(3)
        self.asked, self.spent = [], 0

    def gradient(self, x):
        return self._mean(x, np.arange(self.n))

    def stochastic_gradient(self, x, indices):
        assert indices.dtype == np.int64
        return self._mean(x, indices)

    def _mean(self, x, indices):
        if self.spent + len(indices) > self.calls:
            raise BudgetSpent("spent")
        self.spent += len(indices)
        self.asked.append(indices.copy())
        alone = isinstance(x, np.ndarray)
        point = x if alone else np.concatenate(x)
        rows = self.matrix[indices]
        g = rows.T @ (rows @ point - self.target[indices]) / len(indices)
        return g if alone else [g[:2].astype(np.float32), g[2:]]


class Noted(Rule):
    """Notes the rates it is told and moves by 1."""

    def start(self, parameters):
        self.rates = []

    def step(self, parameters, gradients, rate):
        self.rates.append(rate)
        for array in parameters:
            array += 1


def rng():
    return np.random.default_rng(0)


def points(oracle, rule=None, **settings):
    settings = {"learning_rate": 0.1, "batch": 4} | settings
    run = train(oracle, rng(), rule or SGD(), **settings)
    return [np.array(point) for point in run]


def test_an_epoch_takes_each_component_once_and_then_another_order():
    oracle = Oracle(10, 40)
    points(oracle)
    assert [len(asked) for asked in oracle.asked] == [4, 4, 2] * 4
    epochs = [np.concatenate(oracle.asked[k : k + 3]) for k in range(0, 12, 3)]
    for epoch in epochs:
        assert sorted(epoch) == list(range(10))
    assert len({tuple(epoch) for epoch in epochs}) == 4


@pytest.mark.parametrize("n", [1, 2, 7, 10])
@pytest.mark.parametrize("batch", [0, 1, 3, 4, 10, 99])
@pytest.mark.parametrize("calls", [0, 1, 3, 10, 24, 27, 35])
def test_the_steps_are_what_the_calls_pay_for(n, batch, calls):
    oracle = Oracle(n, calls)
    found = points(oracle, batch=batch)
    assert len(found) - 1 == len(oracle.asked) == steps_of(calls, n, batch)
    left = calls - oracle.spent
    following = n if batch == 0 else min(batch, n - oracle.spent % n)
    assert 0 <= left < following


def test_the_points_are_those_of_plain_descent():
    oracle = Oracle(10, 35)
    found = points(oracle, schedule="linear", warmup=0.2)
    x, steps = np.ones(3), steps_of(35, 10, 4)
    rates = 0.1 * factors("linear", steps, 0.2)
    again = Oracle(10, 10**6)
    np.testing.assert_array_equal(found[0], x)
    for point, rate, indices in zip(found[1:], rates, oracle.asked, strict=True):
        x = x - rate * again.stochastic_gradient(x, indices)
        np.testing.assert_allclose(point, x, rtol=1e-13)


def test_a_list_of_arrays_goes_the_same_way():
    one, several = Oracle(10, 35), Oracle(10, 35, several=True)
    alone = points(one)
    run = train(several, rng(), SGD(), learning_rate=0.1, batch=4)
    lists = [[array.copy() for array in point] for point in run]
    for point, arrays in zip(alone, lists, strict=True):
        assert [array.dtype for array in arrays] == [np.float32, np.float64]
        np.testing.assert_allclose(np.concatenate(arrays), point, rtol=1e-5)


@pytest.mark.parametrize("schedule", NAMES)
def test_the_rule_is_told_the_rate_of_each_step(schedule):
    rule = Noted()
    points(Oracle(10, 100), rule, learning_rate=0.3, schedule=schedule, warmup=0.25)
    np.testing.assert_allclose(rule.rates, 0.3 * factors(schedule, 30, 0.25), rtol=1e-15)
    assert all(type(rate) is float for rate in rule.rates)


def test_a_batch_of_a_whole_float_and_a_start_of_another_layout_are_taken():
    for plain, other in zip(points(Oracle()), points(Oracle(), batch=4.0), strict=True):
        np.testing.assert_array_equal(other, plain)
    oracle = Oracle()
    oracle.start = np.ones((3, 2)).T
    assert next(train(oracle, rng(), SGD(), learning_rate=0.1, batch=4)).flags.c_contiguous


def test_the_same_seed_gives_the_same_run():
    for first, second in zip(points(Oracle()), points(Oracle()), strict=True):
        np.testing.assert_array_equal(first, second)


def test_the_start_is_not_changed():
    oracle = Oracle()
    points(oracle)
    np.testing.assert_array_equal(oracle.start, np.ones(3))


def test_the_average_is_yielded():
    last = points(Oracle(10, 60))
    found = points(Oracle(10, 60), average=Polyak())
    np.testing.assert_allclose(found[-1], np.mean(last[1:], axis=0), rtol=1e-12)
    np.testing.assert_array_equal(found[0], np.ones(3))
    several = Oracle(10, 60, several=True)
    run = list(train(several, rng(), SGD(), learning_rate=0.1, batch=4, average=EMA(0.5)))
    assert [array.dtype for array in run[-1]] == [np.float32, np.float64]


def test_a_rule_may_answer_with_another_point():
    class Doubled(SGD):
        def answer(self, parameters):
            return [2 * array for array in parameters]

    plain, doubled = points(Oracle()), points(Oracle(), Doubled())
    for one, other in zip(plain[1:], doubled[1:], strict=True):
        np.testing.assert_array_equal(other, 2 * one)


def test_the_average_is_of_the_answers_of_the_rule():
    class Doubled(SGD):
        def answer(self, parameters):
            return [2 * array for array in parameters]

    plain = points(Oracle(10, 60), average=Polyak())
    doubled = points(Oracle(10, 60), Doubled(), average=Polyak())
    np.testing.assert_allclose(doubled[-1], 2 * plain[-1], rtol=1e-13)


def test_full_gradients_find_the_minimum():
    oracle = Oracle(10, 10 * 500)
    best = np.linalg.lstsq(oracle.matrix, oracle.target, rcond=None)[0]
    np.testing.assert_allclose(points(oracle, batch=0, learning_rate=0.3)[-1], best, atol=1e-9)


def test_a_budget_below_the_promised_calls_ends_the_run():
    oracle = Oracle(10, 12)
    run = train(oracle, rng(), SGD(), learning_rate=0.1, batch=4)
    yielded = [next(run), next(run)]
    oracle.calls = 6  # what the harness allows, which the schedule did not know
    with pytest.raises(BudgetSpent):
        yielded.extend(run)
    assert len(oracle.asked) == 1


@pytest.mark.parametrize(
    "settings",
    [
        {"learning_rate": 0.0},
        {"learning_rate": math.nan},
        {"learning_rate": math.inf},
        {"batch": -1},
        {"batch": 2.5},
        {"batch": math.nan},
        {"batch": math.inf},
        {"schedule": "cosin"},
        {"warmup": 1.5},
    ],
)
def test_settings_that_make_no_run_are_refused(settings):
    with pytest.raises(ValueError, match="expected"):
        _driver.check(**({"learning_rate": 0.1, "batch": 4} | settings))
    with pytest.raises(ValueError, match="expected"):
        points(Oracle(), **settings)


def test_a_rule_that_defines_nothing_says_what_is_missing():
    for call in (
        lambda: Rule().start([]),
        lambda: Rule().step([], [], 0.1),
        lambda: Rule().state,
        lambda: FusedRule().scalars(1, 0.1),
    ):
        with pytest.raises(NotImplementedError, match="must define"):
            call()
