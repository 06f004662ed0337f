"""The .632+ bootstrap: numbers by hand, its limits, and the way from a run."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_statistics.bootstrap_error import BootstrapError, estimate, weight
from harness.items import pack

from .boards import board, run
from .odd_boards import ODD, RULES, check, found_on
from .predictions import bench_run


def test_numbers_worked_by_hand():
    assert estimate(0.10, 0.30) == pytest.approx(0.2264)
    assert weight(0.10, 0.30, 0.48) == pytest.approx(0.783812, abs=1e-6)
    assert estimate(0.10, 0.30, 0.48) == pytest.approx(0.256762, abs=1e-6)


def test_without_overfitting_it_is_the_632_estimate():
    assert estimate(0.2, 0.2, 0.5) == pytest.approx(0.2)
    assert estimate(0.3, 0.2, 0.5) == pytest.approx(estimate(0.3, 0.2))


def test_a_solver_that_learnt_nothing_has_the_error_of_guesses():
    assert estimate(0.0, 0.5, 0.5) == pytest.approx(0.5)
    assert estimate(0.0, 0.7, 0.5) == pytest.approx(0.5)  # out-of-bag errors beyond are cut


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_the_weight_stays_in_its_range(apparent, out_of_bag, no_information):
    w = weight(apparent, out_of_bag, no_information)
    assert 0.632 <= w <= 1 + 1e-12
    found = estimate(apparent, out_of_bag, no_information)
    ends = sorted((apparent, min(out_of_bag, no_information)))
    assert ends[0] - 1e-12 <= found <= ends[1] + 1e-12


@pytest.mark.parametrize("method", [".632", ".632+"])
def test_against_another_package_on_one_resample(method, rng):
    """It weighs each resample by itself, by the error of that resample's model on all items."""
    from mlxtend.evaluate import bootstrap_point632_score
    from sklearn.neighbors import KNeighborsClassifier

    y = rng.integers(2, size=80)
    x = rng.normal(size=(80, 2)) + 1.5 * y[:, None]
    model = KNeighborsClassifier(1)
    (found,) = bootstrap_point632_score(model, x, y, n_splits=1, method=method, random_seed=3)
    drawn = np.random.RandomState(3).choice(np.arange(80), 80, replace=True)
    left = np.setdiff1d(np.arange(80), drawn)
    model.fit(x[drawn], y[drawn])
    predicted = model.predict(x)
    told = (y == 0).mean() * (predicted == 1).mean() + (y == 1).mean() * (predicted == 0).mean()
    wrong = predicted != y
    rate = told if method == ".632+" else float("nan")
    assert wrong.mean() < wrong[left].mean() < told  # nothing is cut, which it would not do
    assert 1 - found == pytest.approx(estimate(wrong.mean(), wrong[left].mean(), rate))


def wrong(count, of):
    return pack(np.arange(of) >= count)


def made(out_of_bag, told=0.48, apparent=10):
    """A board of one solver: so many of 100 items wrong on all, and of 40 on each resample."""
    scores = {} if told is None else {"no_information": told}
    rows = [run("a", "f[boot=0]", 0, 0.1, items=wrong(apparent, 100), scores=scores)]
    for boot, count in enumerate(out_of_bag, 1):
        case = "f" if boot == 1 else f"f[boot={boot}]"
        rows.append(run("a", case, 0, 0.3, items=wrong(count, 40)))
    return board(rows, "difference")


def test_on_a_board():
    (row,) = BootstrapError().compute(made([10, 14, 12])).rows
    assert (row["apparent"], row["out_of_bag"]) == pytest.approx((0.1, 0.3))
    assert row["error"] == pytest.approx(0.256762, abs=1e-6)
    assert row["plain"] == pytest.approx(0.2264)
    assert (row["data"], row["resamples"]) == ("f", 3)
    assert np.isnan(row["low"])


def test_with_enough_resamples_there_is_an_interval():
    (row,) = BootstrapError().compute(made([8, 10, 12, 14, 16] * 8)).rows
    assert row["low"] < row["error"] < row["high"]
    w = row["weight"]
    assert row["low"] == pytest.approx(w * 0.2 + (1 - w) * 0.1)


def test_without_the_no_information_rate_it_is_the_632_estimate():
    finding = BootstrapError().compute(made([12, 12], told=None))
    assert finding.rows[0]["error"] == pytest.approx(0.2264)
    assert any("no_information" in note for note in finding.notes)


def test_a_failed_resample_is_all_wrong():
    rows = [run("a", "f[boot=0]", 0, 0.0, items=wrong(0, 10))]
    rows += [run("b", "f[boot=0]", 0, 0.0, items=wrong(0, 10))]
    rows += [run("a", "f", 0, 0.0, items=wrong(0, 4)), run("b", "f", 0, None, "crashed")]
    found = {row["label"]: row for row in BootstrapError().compute(board(rows)).rows}
    assert found["a"]["out_of_bag"] == 0.0
    assert found["b"]["out_of_bag"] == 1.0


def test_the_whole_way_from_a_run(tmp_path, cache):
    _, found = bench_run(tmp_path, ",".join(f"boots[boot={boot}]" for boot in range(21)))
    finding = BootstrapError().compute(found)
    check(finding)
    rows = {row["label"]: row for row in finding.rows}
    best = rows["nearest_mean"]
    assert (best["data"], best["resamples"]) == ("boots", 20)
    assert 0.4 < best["no_information"] < 0.6
    assert best["low"] <= best["error"] <= best["high"]
    assert best["error"] < rows["one_coordinate"]["error"]


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(BootstrapError(), name, rules)
