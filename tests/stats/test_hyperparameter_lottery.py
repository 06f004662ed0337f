"""The lottery of settings: a table worked by hand, and what selection makes of noise."""

import numpy as np
import pytest

from bench_statistics.hyperparameter_lottery import (
    HyperparameterLottery,
    quantiles,
    tickets,
    tuned,
)
from harness.intervals import share

from .boards import board, run
from .odd_boards import ODD, RULES, found_on

TABLE = np.array([[10, 12, 11, 13], [9, 20, 9, 30], [15, 15, 16, 14]], float)


def test_a_table_worked_by_hand(rng):
    medians = np.median(TABLE, axis=1)
    np.testing.assert_array_equal(medians, [11.5, 14.5, 15])
    middle, low, high = tickets([[row <= 10] for row in TABLE], rng)
    assert middle == pytest.approx(3 / 12)
    assert low <= middle <= high
    assert quantiles(TABLE.ravel())[1:4] == pytest.approx((10.75, 13.5, 15.25))


def test_quantiles_of_failures():
    assert quantiles(np.array([1.0, 2.0, np.inf])) == (1.0, 1.5, 2.0, np.inf, np.inf)
    assert quantiles(np.array([np.inf, np.inf])) == (np.inf,) * 5
    assert quantiles(np.array([3.0])) == (3.0,) * 5


def test_runs_of_one_setting_are_alike_and_the_interval_knows_it(rng):
    wins = [[np.full(50, number < 3)] for number in range(6)]
    _, low, high = tickets(wins, rng)
    wilson = share(150, 300)
    assert high - low > 3 * (wilson.high - wilson.low)


def test_where_all_win_the_settings_tell_how_sure_that_is(rng):
    wins = [[np.ones(50, bool)] for _ in range(4)]
    sure = share(4, 4)
    assert tickets(wins, rng) == (1.0, sure.low, sure.high)


def test_what_was_chosen_on_some_seeds_is_scored_on_others():
    # The first half of the seeds chooses the first setting, the second half the second.
    assert tuned([[np.array([1.0, 8.0])], [np.array([5.0, 2.0])]]) == (6.5, 1.5)
    assert np.isnan(tuned([[np.array([1.0])], [np.array([2.0])]])).all()


def test_the_chosen_one_seems_better_than_it_is(rng):
    found = [
        tuned([[level + rng.normal(0, 0.2, 2)] for level in rng.normal(0, 0.1, 36)])
        for _ in range(300)
    ]
    other, own = np.mean(found, axis=0)
    assert own < -0.4
    assert -0.15 < other < -0.05


def made(table, cases="xy", **facts):
    """A board of table[solver][setting]: how far above the reference each seed ends."""
    rows = [
        run(
            f"{solver}[k={number}]",
            case,
            seed,
            1.0 + score,
            parameters={"k": number},
            optimum=1.0,
        )
        for solver, settings in table.items()
        for number, scores in enumerate(settings)
        for case in cases
        for seed, score in enumerate(scores)
    ]
    return board(rows, **facts)


def row(finding, label):
    (found,) = (each for each in finding.rows if each["label"] == label)
    return found


ABOVE = {"a": [[0.0, 0.2], [0.04, 0.06], [0.5, 0.5]], "b": [[0.0, 0.0], [0.01, 0.3]]}


def test_on_a_board():
    finding = HyperparameterLottery().compute(made(ABOVE))
    a = row(finding, "a")
    assert (a["best"], a["middle"], a["worst"]) == pytest.approx((0.05, 0.1, 0.5))
    assert a["spread"] == pytest.approx(0.3 - 0.075)
    assert a["tickets"] == pytest.approx(2 / 6)
    assert finding.rows[0]["label"] == "b"


def test_tickets_at_a_threshold_are_those_of_the_curve():
    finding = HyperparameterLottery().compute(made(ABOVE))
    columns = finding.plots[1].columns
    of_a = [
        (x, y)
        for label, x, y in zip(columns["label"], columns["x"], columns["y"], strict=True)
        if label == "a"
    ]
    shares = [y for _, y in of_a]
    assert shares == sorted(shares)
    assert of_a[0] == (0.0, pytest.approx(1 / 6))
    assert of_a[-1] == (1.0, 1.0)


def test_the_order_of_settings_and_cases_changes_no_figure():
    turned = {label: table[::-1] for label, table in reversed(ABOVE.items())}
    one, two = (
        HyperparameterLottery().compute(made(table, cases))
        for table, cases in ((ABOVE, "xy"), (turned, "yx"))
    )
    for name in ("best", "first", "middle", "third", "worst", "tickets", "tuned", "seemed"):
        assert row(one, "a")[name] == pytest.approx(row(two, "a")[name])


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(HyperparameterLottery(), name, rules)
