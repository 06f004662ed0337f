"""Tiny success probabilities: laws of draws against their simulation, and known fits."""

import numpy as np
import pytest

from bench_statistics.tiny_success import (
    TinySuccess,
    bend_test,
    fit,
    fixed_draws,
    log_until_successes,
    restarts,
    until_successes,
)

from .boards import board, run
from .odd_boards import ODD, RULES, found_on

SIZES = np.array([1.0, 2.0, 4.0, 8.0, 16.0])


@pytest.mark.parametrize(
    ("successes", "draws", "low", "high"),
    [(45, 50, 0.7819, 0.9667), (1, 10, 0.0025, 0.4450), (0, 10, 0.0, 0.3085)],
)
def test_a_fixed_number_of_draws(successes, draws, low, high):
    expected = (successes / draws, low, high)
    assert fixed_draws(successes, draws) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("successes", "draws", "middle", "low", "high"),
    [
        (5, 100, 0.040404, 0.016432, 0.100228),
        (10, 1000, 0.009009, 0.004806, 0.017033),
        (2, 2, 1.0, 0.158114, 1.0),
    ],
)
def test_draws_until_so_many_successes(successes, draws, middle, low, high):
    assert until_successes(successes, draws) == pytest.approx((middle, low, high), abs=1e-6)


def test_one_success_has_an_interval_and_no_unbiased_estimate():
    middle, low, high = until_successes(1, 10)
    assert np.isnan(middle)
    assert (low, high) == pytest.approx((0.002529, 0.336267), abs=1e-6)
    assert high < fixed_draws(1, 10)[2]  # the other law would be wrong here


def test_the_stopped_estimate_is_unbiased_and_covers(rng):
    p = 0.02
    draws = rng.negative_binomial(3, p, 4000) + 3
    found = np.array([until_successes(3, int(k)) for k in draws])
    assert found[:, 0].mean() == pytest.approx(p, rel=0.05)
    assert 0.94 < ((found[:, 1] <= p) & (p <= found[:, 2])).mean() < 0.965


@pytest.mark.parametrize(
    ("successes", "bias", "sd"),
    [(1, 0.577216, 1.282550), (2, 0.270363, 0.803078), (100, 0.005008, 0.100251)],
)
def test_the_logarithm_has_its_bias_taken_out(successes, bias, sd):
    middle, spread = log_until_successes(successes, 10_000)
    assert np.log(successes / 10_000) - middle == pytest.approx(bias, abs=1e-6)
    assert spread == pytest.approx(sd, abs=1e-6)


def test_restarts():
    assert restarts(0.5) == pytest.approx(4.3219, abs=1e-4)
    assert (restarts(0.0), restarts(1.0), restarts(0.99)) == (np.inf, 1.0, 1.0)


@pytest.mark.parametrize("factor", [1, 5])
def test_a_law_fitted_by_maximum_likelihood(factor):
    draws = np.array([9000, 500, 120, 20, 11.0]) * factor
    (u, slope), _ = fit(SIZES, np.full(5, float(factor)), draws)
    assert np.exp(u) == pytest.approx(9.049885, rel=1e-6)
    assert -slope == pytest.approx(0.494206, abs=1e-6)


def test_an_exact_law_is_found_again():
    p = np.exp(-9 * SIZES**-0.5)
    np.testing.assert_allclose(p, [0.000123, 0.001723, 0.011109, 0.041503, 0.105399], atol=1e-6)
    (u, slope), _ = fit(SIZES, 1e6 * p, np.full(5, 1e6))
    assert (np.exp(u), -slope) == pytest.approx((9, 0.5))
    assert np.exp(-np.exp(u) * 64**slope) == pytest.approx(0.324652, abs=1e-6)


def test_the_fit_is_where_a_general_optimiser_finds_it():
    from scipy.optimize import minimize

    wins, draws = np.array([0, 1, 2, 9, 14.0]), np.full(5, 20.0)

    def loss(at):
        p = np.exp(-np.exp(at[0] + at[1] * np.log(SIZES)))
        return -(wins * np.log(p) + (draws - wins) * np.log1p(-p)).sum()

    found, likelihood = fit(SIZES, wins, draws)
    best = minimize(loss, [np.log(6), -0.4], method="Nelder-Mead", options={"xatol": 1e-9})
    np.testing.assert_allclose(found, best.x, atol=1e-4)
    assert likelihood == pytest.approx(-best.fun)


def test_many_fits_at_once_are_those_one_by_one(rng):
    wins = rng.binomial(20, [0.1, 0.2, 0.4, 0.6, 0.8], size=(7, 5)).astype(float)
    many, _ = fit(SIZES, wins, np.full(5, 20.0))
    for row, one in zip(many, wins, strict=True):
        np.testing.assert_allclose(row, fit(SIZES, one, np.full(5, 20.0))[0])


@pytest.mark.parametrize("wins", [[0] * 5, [3] * 5, [0, 0, 0, 3, 3], [3, 3, 3, 1, 0]])
def test_where_the_likelihood_has_no_maximum_there_is_no_law(wins):
    found, likelihood = fit(SIZES, np.array(wins, float), np.full(5, 3.0))
    assert np.isnan(found).all()
    assert np.isnan(likelihood)


def test_a_mixture_of_laws_halves_the_exponent():
    p = np.mean([np.exp(-c * SIZES**-0.5) for c in (1, 5, 20)], axis=0)
    slope = np.diff(np.log(-np.log(p))) / np.log(2)
    np.testing.assert_allclose(slope, [-0.251, -0.249, -0.255, -0.262], atol=1e-3)


def test_a_bend_is_found_and_a_line_is_not():
    draws = np.full(5, 1e4)

    def tested(p):
        _, straight = fit(SIZES, draws * p, draws)
        return bend_test(SIZES, draws * p, draws, float(straight))

    assert tested(np.exp(-9 * SIZES**-0.5)) > 0.99
    assert tested(np.array([0.001, 0.001, 0.001, 0.5, 0.9])) < 1e-6
    few = SIZES[:3], np.array([1, 2, 5.0]), np.full(3, 20.0)
    assert np.isnan(bend_test(*few, 0.0))


def grown(chance, seeds=40, sizes=(100, 200, 400, 800), **facts):
    """Runs on one family at several sizes; chance(n) of them reach the best cost."""
    rows = []
    for n in sizes:
        wins = round(chance(n) * seeds)
        for seed in range(seeds):
            cost = 1.0 if seed < wins else 1.2 + seed / 100
            case = f"f[n={n},k=2]" if n != 100 else "f[k=2]"
            rows.append(run("a", case, seed, cost, sizes={"n": n}, optimum=1.0, **facts))
    return rows


def test_on_a_board():
    finding = TinySuccess().compute(board(grown(lambda n: 0.8 * (100 / n) ** 0.7)))
    (row,) = finding.rows
    wins = sum(round(0.8 * (100 / n) ** 0.7 * 40) for n in (100, 200, 400, 800))
    assert (row["reached"], row["runs"]) == (wins, 160)
    assert row["law"] == "f[k=2]"
    assert row["exponent"] < 0
    assert row["exponent_low"] < row["exponent"] < row["exponent_high"]


def test_success_that_never_comes_has_an_upper_end():
    (row,) = TinySuccess().compute(board(grown(lambda n: 0.0))).rows
    assert (row["p"], row["low"]) == (0.0, 0.0)
    assert row["high"] == pytest.approx(1 - 0.025 ** (1 / 160))
    assert np.isnan(row["exponent"])


def test_the_same_with_every_seed_is_no_draw():
    rows = [run("a", "x", seed, 1.0) for seed in range(5)]
    rows += [run("b", "x", seed, 1.0 + seed) for seed in range(5)]
    found = {row["label"]: row for row in TinySuccess().compute(board(rows)).rows}
    assert np.isnan(found["a"]["low"])
    assert found["b"]["low"] < 0.2 < found["b"]["high"]


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(TinySuccess(), name, rules)
