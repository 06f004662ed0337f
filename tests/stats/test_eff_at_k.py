"""eff@k: known answers, all subsets one by one, and boards."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_statistics.eff_at_k import EffAtK, best_of, efficiency, weights
from harness.findings import NotApplicable

from .boards import board, run, table
from .odd_boards import ODD, RULES, found_on

INF = math.inf


@pytest.mark.parametrize(("k", "expected"), [(1, 0.65), (2, 0.883333), (3, 0.975), (4, 1.0)])
def test_known_expectations(k, expected):
    assert best_of(np.array([0.5, 1.0, 0.2, 0.9]), k) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("k", "expected"), [(1, 0.2), (3, 0.533333), (9, 1.0)])
def test_known_chances_to_pass(k, expected):
    passed = np.array([0, 0, 1, 0, 0, 0, 0, 1, 0, 0], float)
    assert best_of(passed, k) == pytest.approx(expected, abs=1e-6)


def test_known_weights():
    np.testing.assert_allclose(weights(4, 2), [0, 1 / 6, 1 / 3, 1 / 2])


@pytest.mark.parametrize(("n", "k"), [(1, 1), (7, 3), (1000, 100), (1000, 1), (1000, 1000)])
def test_weights_are_exact(n, k):
    found = weights(n, k)
    assert found.sum() == pytest.approx(1, abs=1e-13)
    total = math.comb(n, k)
    exact = [float(Fraction(math.comb(r - 1, k - 1), total)) for r in range(1, n + 1)]
    np.testing.assert_allclose(found, exact, rtol=1e-12)


@given(st.lists(st.floats(0, 2), min_size=1, max_size=7), st.integers(1, 8))
def test_it_is_the_mean_of_the_best_over_all_subsets(values, k):
    found = best_of(np.array(values), k)
    if k > len(values):
        assert math.isnan(found)
        return
    subsets = [max(chosen) for chosen in itertools.combinations(values, k)]
    assert found == pytest.approx(np.mean(subsets))


def test_it_varies_less_than_a_single_draw():
    """Of uniform values the best of 5 is 5/6 on average, without bias."""
    drawn = np.sort(np.random.default_rng(2).random((20_000, 20)), axis=1)
    found = drawn @ weights(20, 5)
    assert found.mean() == pytest.approx(5 / 6, abs=4 * found.std() / 20_000**0.5)
    single = drawn[:, :5].copy()
    np.random.default_rng(3).permuted(drawn, axis=1, out=drawn)
    single = drawn[:, :5].max(axis=1)
    assert found.var() / single.var() == pytest.approx(0.176, abs=0.02)


def test_efficiency_falls_with_the_logarithm_of_time():
    found = efficiency(np.array([0.1, 1, 10, 100, 1000, INF]), 1.0)
    np.testing.assert_allclose(found, [1.5, 1, 0.5, 0, 0, 0], atol=1e-12)


def made(times, factor=1.0):
    """A board of times[solver][case] = seconds of each seed until the target; None: never."""
    rows = []
    for label, cases in times.items():
        for case, seeds in cases.items():
            for seed, seconds in enumerate(seeds):
                cost = 1.5 + 0.01 * seed if seconds is None else 1.0 + 0.0001 * seed
                at = 5.0 if seconds is None else seconds
                facts = {"seconds": 9.0 * factor, "trace": [[at * factor, 0, cost]]}
                rows.append({**run(label, case, seed, cost, **facts), "optimum": 1.0})
    return board(rows)


BOARD = {
    "steady": {"x": [2.0, 2.0, 2.0], "y": [2.0, 2.0, 2.0]},
    "moody": {"x": [0.2, None, None], "y": [0.2, 20.0, None]},
}


def rows_of(board_):
    return {row["label"]: row for row in EffAtK().compute(board_).rows}


def test_a_board_by_hand():
    """t* is 2 on x (moody's median is infinite), and 2 on y (moody's is 20)."""
    found = rows_of(made(BOARD))
    lucky, slow = 1.5, 0.5
    assert found["steady"]["eff1"] == found["steady"]["eff3"] == pytest.approx(1)
    assert found["moody"]["eff1"] == pytest.approx((lucky / 3 + (lucky + slow) / 3) / 2)
    assert found["moody"]["eff2"] == pytest.approx((2 * lucky / 3 + (2 * lucky + slow) / 3) / 2)
    assert found["moody"]["eff3"] == pytest.approx(lucky)
    assert found["moody"]["pass1"] == pytest.approx((1 / 3 + 2 / 3) / 2)
    assert found["moody"]["pass2"] == pytest.approx((2 / 3 + 1) / 2)
    assert found["moody"]["pass3"] == 1.0
    finding = EffAtK().compute(made(BOARD))
    assert finding.rows[0]["label"] == "steady"
    assert "moody gains most" in finding.summary


def test_fewer_runs_than_k_give_no_value():
    times = {**BOARD, "rare": {"x": [1.0, 1.0], "y": [1.0, 1.0, 1.0]}}
    finding = EffAtK().compute(made(times))
    rare = next(row for row in finding.rows if row["label"] == "rare")
    assert rare["runs"] == 2
    assert math.isnan(rare["eff3"])
    assert not math.isnan(rare["eff2"])
    assert any("rare." in note for note in finding.notes)


def test_symmetries():
    base = rows_of(made(BOARD))
    turned = {label: {case: BOARD[label][case][::-1] for case in "yx"} for label in BOARD}
    for other in (made(BOARD, 0.125), made(turned)):
        for label, row in rows_of(other).items():
            for name in ("eff1", "eff2", "eff3", "pass1", "pass2"):
                assert row[name] == pytest.approx(base[label][name])


def test_differences_do_not_depend_on_the_fastest():
    times = {"a": {"x": [2.0, 3.0]}, "b": {"x": [4.0, 5.0]}}
    base = rows_of(made(times))
    more = rows_of(made({**times, "fast": {"x": [1.0, 1.0]}}))
    for k in (1, 2):
        gap = base["a"][f"eff{k}"] - base["b"][f"eff{k}"]
        assert more["a"][f"eff{k}"] - more["b"][f"eff{k}"] == pytest.approx(gap)


def test_a_case_that_nobody_reached_gives_nothing_and_is_said():
    times = {"a": {"x": [1.0, 1.0], "y": [None, None]}, "b": {"x": [1.0, 2.0], "y": [None, None]}}
    finding = EffAtK().compute(made(times))
    assert finding.rows[0]["eff1"] == pytest.approx(0.5)
    assert any("nobody reached" in note for note in finding.notes)


def test_solvers_that_do_not_vary_are_named_or_nothing_is_said():
    same = table({"a": {"x": 1.0, "y": 3.0}, "b": {"x": 2.0, "y": 2.0}}, seeds=3)
    with pytest.raises(NotApplicable, match="seed"):
        EffAtK().compute(same)
    rows = [run("a", case, seed, 1.005) for case in "xy" for seed in range(2)]
    rows += [run("b", case, seed, 1.0 + seed) for case in "xy" for seed in range(2)]
    finding = EffAtK().compute(board(rows))
    assert any("noise of the clock" in note and "a." in note for note in finding.notes)


def test_one_run_each_is_no_best_of_two():
    with pytest.raises(NotApplicable, match="twice"):
        EffAtK().compute(made({"a": {"x": [1.0]}, "b": {"x": [2.0]}}))


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(EffAtK(), name, rules)
