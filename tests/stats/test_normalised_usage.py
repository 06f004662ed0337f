"""Normalised usage: figures worked by hand, and who is averaged over what."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_statistics.normalised_usage import NormalisedUsage, figures, limited, resampled
from harness.findings import NotApplicable

from .boards import board, run, timing
from .odd_boards import ODD, RULES, found_on

USED, CANONICAL = np.array([2, 0.3, 10, 0.05]), np.array([1, 0.3, 2, 0.1])


def test_a_table_worked_by_hand():
    found = figures(USED, CANONICAL)
    assert found["net_mean"] == pytest.approx(2.125)
    assert found["net_total"] == pytest.approx(3.632353, abs=1e-6)
    assert found["geometric"] == pytest.approx(1.495349, abs=1e-6)
    assert found["geometric_low"] == pytest.approx(0.312517, abs=1e-6)
    assert found["geometric_high"] == pytest.approx(7.155023, abs=1e-6)
    assert (found["middle"], found["most"]) == pytest.approx((1.5, 5.0))


def test_far_is_strictly_more_than_five():
    assert figures(USED, CANONICAL)["far"] == 0
    assert figures(np.array([5.1, 1.0]), np.ones(2))["far"] == 0.5


def test_with_the_roles_swapped_the_mean_of_ratios_is_no_reciprocal():
    one, two = figures(USED, CANONICAL), figures(CANONICAL, USED)
    assert two["net_mean"] == pytest.approx(0.925)
    assert two["net_mean"] != pytest.approx(1 / one["net_mean"])
    for name in ("geometric", "net_total"):
        assert two[name] == pytest.approx(1 / one[name])


def test_against_itself_all_is_one():
    found = figures(CANONICAL, CANONICAL)
    names = ("geometric", "net_mean", "net_total", "middle", "most")
    assert [found[name] for name in names] == pytest.approx([1.0] * 5)


@given(st.integers(-20, 20))
def test_a_slower_machine_changes_no_ratio(power):
    factor = 2.0**power
    one, two = figures(USED, CANONICAL), figures(USED * factor, CANONICAL * factor)
    assert list(two.values()) == pytest.approx(list(one.values()))


def test_failures_count_as_their_limit_or_make_the_figure_unknown():
    used, limits = np.array([2.0, np.inf]), np.array([10.0, 32.0])
    assert limited(used, np.array([1.0, 4.0]), limits) == pytest.approx(4.0)
    assert np.isnan(limited(used, np.ones(2), np.array([10.0, np.nan])))
    assert limited(USED, CANONICAL, np.full(4, np.nan)) == pytest.approx(1.495349, abs=1e-6)


def test_intervals_of_the_mean_and_the_totals_hold_them(rng):
    found, ends = figures(USED, CANONICAL), resampled(USED, CANONICAL, rng)
    for name in ("net_mean", "net_total"):
        assert ends[f"{name}_low"] <= found[name] <= ends[f"{name}_high"]
    assert np.isnan(list(resampled(USED[:1], CANONICAL[:1], rng).values())).all()


def made(times, costs=None, **facts):
    """A board of times[solver][case], `base` being the baseline; costs are 1 unless told."""
    rows = []
    for label, row in times.items():
        for case, seconds in row.items():
            cost = (costs or {}).get(label, {}).get(case, 1.0)
            role = "baseline" if label.startswith("base") else "paper"
            status = "ok" if cost is not None else "timeout"
            rows.append(run(label, case, 0, cost, status, role=role, budget={"timeout": 8.0}))
            if cost is not None:
                rows.append(timing(label, case, [seconds]))
    return board(rows, **facts)


TIMES = {"base": {"x": 1.0, "y": 0.3, "z": 2.0}, "a": {"x": 2.0, "y": 0.3, "z": 10.0}}


def rows_of(finding):
    return {row["label"]: row for row in finding.rows}


def test_on_a_board():
    rows = rows_of(NormalisedUsage().compute(made(TIMES)))
    assert rows["a"]["geometric"] == pytest.approx(10 ** (1 / 3))
    assert rows["base"]["geometric"] == pytest.approx(1.0)


def test_a_survivor_is_held_against_the_baseline_where_both_are_right_and_its_failures_shown():
    rows = rows_of(NormalisedUsage().compute(made(TIMES, {"a": {"z": None}})))
    assert rows["a"]["geometric"] == pytest.approx(2**0.5)
    assert rows["a"]["solved"] == pytest.approx(2 / 3)
    assert rows["a"]["limited"] == pytest.approx((2 * 1 * 8 / 2) ** (1 / 3))


def test_a_quick_wrong_answer_has_no_time():
    costs = {"a": {"x": 1.5}}
    rows = rows_of(NormalisedUsage().compute(made({**TIMES, "a": {"x": 1e-6, "y": 1.0}}, costs)))
    assert rows["a"]["cases"] == 1
    right = rows_of(NormalisedUsage().compute(made(TIMES, costs, rank_by="time")))
    assert right["a"]["cases"] == 3  # there all answers that are no failure are right


def test_the_baseline_is_the_one_that_is_right_most_often():
    times = {"base_a": {"x": 1.0, "y": 1.0}, "base_b": {"x": 4.0, "y": 4.0}, "s": {"x": 2.0}}
    finding = NormalisedUsage().compute(made(times, {"base_a": {"y": 2.0}}))
    assert rows_of(finding)["s"]["geometric"] == pytest.approx(0.5)
    assert "base_b" in finding.notes[0]


def test_memory_is_held_against_the_baseline_and_tiny_amounts_are_alike():
    def rows(used):
        traced = [
            run("base", "x", 0, 1.0, memory=used[0]),
            run("a", "x", 0, 1.0, memory=used[1], role="paper"),
        ]
        return [*traced, timing("base", "x", [1.0]), timing("a", "x", [1.0])]

    big = NormalisedUsage().compute(board(rows((1 << 20, 1 << 22))))
    assert rows_of(big)["a"]["memory"] == pytest.approx(4.0)
    small = NormalisedUsage().compute(board(rows((0, 4096))))
    assert rows_of(small)["a"]["memory"] == 1.0


def test_the_order_of_solvers_and_cases_changes_nothing():
    turned = {label: dict(reversed(row.items())) for label, row in reversed(TIMES.items())}
    one, two = (rows_of(NormalisedUsage().compute(made(times))) for times in (TIMES, turned))
    for name in ("geometric", "net_mean", "net_total", "limited"):
        assert one["a"][name] == pytest.approx(two["a"][name])


def test_without_a_baseline_there_is_nothing_to_hold_against():
    with pytest.raises(NotApplicable, match="No baseline"):
        NormalisedUsage().compute(made({"a": {"x": 1.0}}))


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(NormalisedUsage(), name, rules)
