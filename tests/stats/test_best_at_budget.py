"""The best at a tuning budget: against all subsets, and numbers worked by hand."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_statistics._settings import best_weights, expected_best
from bench_statistics.best_at_budget import BestAtBudget, budgets, quartiles_of_best
from harness.findings import NotApplicable

from .boards import board, run
from .odd_boards import ODD, RULES, found_on

VALUES = st.lists(st.integers(-5, 20), min_size=1, max_size=7)


@given(VALUES, st.data())
def test_the_mean_of_the_best_over_all_subsets(values, data):
    k = data.draw(st.integers(1, len(values)))
    best = [min(chosen) for chosen in itertools.combinations(values, k)]
    assert expected_best(np.array(values, float), k) == pytest.approx(np.mean(best))


def test_numbers_worked_by_hand():
    values = np.array([30.0, 35.0, 50.0, 90.0])
    assert expected_best(values, 2) == pytest.approx(35.0)
    assert expected_best(values, 3) == pytest.approx(31.25)
    larger_is_better = -expected_best(-np.array([0.5, 0.6, 0.7, 0.9]), 2)
    assert larger_is_better == pytest.approx(0.783333, abs=1e-6)


def test_ends_of_the_budget():
    values = np.array([3.0, 1.0, 2.0])
    assert expected_best(values, 1) == pytest.approx(2.0)
    assert expected_best(values, 3) == pytest.approx(1.0)
    assert best_weights(500, 250).sum() == pytest.approx(1.0)


def test_it_is_unbiased(rng):
    draws = rng.random((20_000, 20))
    assert 1 - expected_best(draws, 10).mean() == pytest.approx(10 / 11, abs=2e-3)


def test_a_failed_setting_is_the_worst_and_not_missing():
    values = np.array([1.0, 2.0, np.inf])
    assert expected_best(values, 1) == np.inf
    assert expected_best(values, 2) == pytest.approx(4 / 3)


@given(VALUES, st.data())
def test_half_of_all_subsets_have_their_best_in_the_band(values, data):
    k = data.draw(st.integers(1, len(values)))
    best = np.array([min(chosen) for chosen in itertools.combinations(values, k)])
    low, high = quartiles_of_best(np.array(values, float), k)
    assert (best <= low).mean() >= 0.25 - 1e-12
    assert (best < low).mean() <= 0.25 + 1e-12
    assert (best <= high).mean() >= 0.75 - 1e-12
    assert (best < high).mean() <= 0.75 + 1e-12


def test_a_curve_has_its_ends():
    assert budgets(1) == [1]
    assert budgets(3) == [1, 2, 3]
    assert budgets(1000)[0] == 1
    assert budgets(1000)[-1] == 1000
    assert len(budgets(1000)) <= 40


def made(scores, cases="xy", seeds=2, **facts):
    """A board of scores[solver]: of each setting how far above the reference it ends."""
    rows = [
        run(
            f"{solver}[k={number}]",
            case,
            seed,
            None if score is None else 1.0 + score,
            "ok" if score is not None else "timeout",
            parameters={"k": number},
            optimum=1.0,
        )
        for solver, settings in scores.items()
        for number, score in enumerate(settings)
        for case in cases
        for seed in range(seeds)
    ]
    return board(rows, **facts)


def row(finding, label):
    (found,) = (each for each in finding.rows if each["label"] == label)
    return found


def test_on_a_board_solvers_are_compared_at_the_smaller_grid():
    finding = BestAtBudget().compute(made({"a": [0.3, 0.35, 0.5, 0.9], "b": [0.2, 0.4]}))
    assert row(finding, "a")["equal"] == pytest.approx(0.35)
    assert row(finding, "b")["equal"] == pytest.approx(0.2)
    assert row(finding, "a")["all"] == pytest.approx(0.3)
    assert row(finding, "a")["one_low"] < row(finding, "a")["one"] < row(finding, "a")["one_high"]
    assert np.isnan(row(finding, "b")["one_low"])


def test_the_order_of_settings_and_cases_changes_nothing():
    one = BestAtBudget().compute(made({"a": [0.3, 0.35, 0.5], "b": [0.2, 0.4]}))
    two = BestAtBudget().compute(made({"b": [0.4, 0.2], "a": [0.5, 0.3, 0.35]}, "yx"))
    for label in ("a", "b"):
        for name in ("one", "equal", "all"):
            assert row(one, label)[name] == pytest.approx(row(two, label)[name])


def test_a_failed_setting_makes_one_setting_infinite():
    found = row(BestAtBudget().compute(made({"a": [0.1, None, 0.3]})), "a")
    assert (found["one"], found["failed"]) == (np.inf, 1)
    assert found["all"] == pytest.approx(0.1)


def test_one_setting_each_is_no_tuning():
    with pytest.raises(NotApplicable, match="several settings"):
        BestAtBudget().compute(made({"a": [0.1], "b": [0.2]}))


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(BestAtBudget(), name, rules)
