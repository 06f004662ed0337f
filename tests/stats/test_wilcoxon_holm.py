"""Wilcoxon's test with Holm's correction: against scipy, by hand, and on boards."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.statistics._pairs import Pairs, holm, signed_rank
from harness.statistics.wilcoxon_holm import WilcoxonHolm

from .boards import board, run, table, timing
from .odd_boards import ODD, RULES, found_on

D = [0.3, -0.1, 0.4, 0.2, 0.5, -0.2, 0.6, 0.1]


def p_of(d):
    return float(signed_rank(np.array([d], float))[0][0])


# --- the test ----------------------------------------------------------------------------------


def test_ties_are_respected():
    assert p_of(D) == pytest.approx(0.0859375, abs=1e-12)
    assert stats.wilcoxon(D).pvalue == pytest.approx(0.0859375), "all signs counted out by scipy"
    assert p_of([0.021, 0.018, 0.023, 0.052, -0.012, 0.019, 0.031, 0.004]) == pytest.approx(
        0.0234375
    )


@pytest.mark.parametrize(("n", "least"), [(1, 1.0), (5, 0.0625), (6, 0.03125), (8, 0.0078125)])
def test_the_smallest_p(n, least):
    assert p_of(range(1, n + 1)) == least


@given(st.lists(st.integers(-6, 6), min_size=1, max_size=9))
def test_p_is_exact_over_all_signs(d):
    d = [x / 4 for x in d]
    if not any(d):
        assert p_of(d) == 1.0
        return
    kept = [x for x in d if x]
    if len(kept) == 1:
        assert p_of(d) == 1.0
        return
    method = stats.PermutationMethod(n_resamples=np.inf)
    assert p_of(d) == pytest.approx(stats.wilcoxon(kept, method=method).pvalue, abs=1e-12)


@pytest.mark.parametrize("n", [7, 30, 50, 51, 200])
def test_without_ties_p_is_scipys(n, rng):
    d = rng.standard_normal((5, n)) + 0.2
    for row, p in zip(d, signed_rank(d)[0], strict=True):
        method = "exact" if n <= 50 else "asymptotic"
        assert p == pytest.approx(stats.wilcoxon(row, method=method).pvalue, rel=1e-9)


def test_large_samples_with_ties_are_scipys(rng):
    d = rng.integers(-5, 8, 120).astype(float)
    expected = stats.wilcoxon(d[d != 0], method="asymptotic").pvalue
    assert p_of(d) == pytest.approx(expected, rel=1e-9)


def test_zeros_and_unknown_are_left_out_and_infinite_ones_are_the_largest():
    p, used = signed_rank(np.array([[0.0, 3, np.nan, 2, 1, 0], [0.0, np.inf, np.nan, 2, 1, 0]]))
    assert used.tolist() == [3, 3]
    assert p.tolist() == [0.25, 0.25]
    assert p_of([np.inf, -np.inf, 1.0]) == p_of([5.0, -5.0, 1.0])
    assert signed_rank(np.empty((2, 0)))[0].tolist() == [1.0, 1.0]
    assert signed_rank(np.full((1, 4), np.nan))[0].tolist() == [1.0]


def test_holm_by_hand():
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])).tolist() == pytest.approx(
        [0.03, 0.06, 0.06, 0.02]
    )
    assert holm(np.array([0.4, 0.7])).tolist() == pytest.approx([0.8, 0.8])
    assert holm(np.array([0.9, 0.8])).tolist() == [1.0, 1.0]
    assert holm(np.empty(0)).tolist() == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_follows_its_definition(p):
    order = sorted(range(len(p)), key=p.__getitem__)
    expected, highest = [0.0] * len(p), 0.0
    for place, i in enumerate(order):
        highest = max(highest, min(1.0, p[i] * (len(p) - place)))
        expected[i] = highest
    assert holm(np.array(p)).tolist() == pytest.approx(expected)


# --- pairs of a board --------------------------------------------------------------------------


def test_differences_are_of_logarithms_of_means_over_seeds():
    rows = [run("a", "x", s, cost, optimum=1.0) for s, cost in enumerate((2.0, 8.0))]
    rows += [run("b", "x", 0, 2.0, optimum=1.0)]
    pairs = Pairs.of(board(rows))
    assert pairs.labels == ("b", "a")
    assert pairs.differences([1], [0]).tolist() == [[pytest.approx(math.log(2))]]
    pairs = Pairs.of(board(rows, "difference"))
    assert pairs.differences([1], [0]).tolist() == [[pytest.approx(3.0)]]


def test_more_failures_on_a_case_are_the_largest_difference():
    rows = [run("a", "x", 0, 9.0), run("a", "x", 1, 9.0), run("b", "x", 0, 1.0)]
    rows += [run("b", "x", 1, None, "crashed")]
    rows += [run(label, "y", 0, None, "timeout") for label in "ab"]
    rows += [run("a", "z", 0, 1.0)]
    pairs = Pairs.of(board(rows))
    a, b = pairs.labels.index("a"), pairs.labels.index("b")
    np.testing.assert_array_equal(pairs.differences([a, b], [b, a])[0], [-np.inf, 0.0, np.nan])
    np.testing.assert_array_equal(pairs.differences([a, b], [b, a])[1], [np.inf, 0.0, np.nan])


def test_where_time_ranks_times_are_compared():
    rows = [run(label, case, 0, 1.0) for label in "ab" for case in "xyz"]
    rows += [timing("a", "x", [1.0]), timing("b", "x", [4.0]), timing("b", "y", [1.0])]
    rows += [timing("a", "z", [1.0]), timing("b", "z", [], "crashed")]
    pairs = Pairs.of(board(rows, rank_by="time"))
    assert pairs.labels == ("a", "b")
    expected = [[pytest.approx(math.log(0.25)), pytest.approx(np.nan, nan_ok=True), -np.inf]]
    assert pairs.differences([0], [1]).tolist() == expected
    assert pairs.rope == pytest.approx(math.log(1.05))


# --- boards ------------------------------------------------------------------------------------


def made(factors, cases=9, noise=0.02, seed=0, **facts):
    rng = np.random.default_rng(seed)
    return table(
        {
            label: {f"c{j}": float((j + 1) * f * rng.lognormal(0, noise)) for j in range(cases)}
            for label, f in factors.items()
        },
        **facts,
    )


def test_a_clear_difference_is_found_and_its_ratio_told():
    finding = WilcoxonHolm().compute(made({"a": 1.0, "b": 1.0, "c": 1.5}, seed=3))
    rows = {(row["first"], row["second"]): row for row in finding.rows}
    one = next(row for pair, row in rows.items() if pair[1] == "c")
    assert one["holm"] == pytest.approx(3 * 2**-8)
    assert one["ratio"] == pytest.approx(1 / 1.5, rel=0.03)
    assert one["ratio_low"] < one["ratio"] < one["ratio_high"]
    near = next(row for pair, row in rows.items() if "c" not in pair)
    assert near["holm"] > 0.05
    assert "differs in cost from 1 of 2 others; of all 3 pairs 2 differ" in finding.summary


def test_the_correction_is_for_all_pairs_and_the_table_for_some():
    finding = WilcoxonHolm().compute(made({letter: 1 + i for i, letter in enumerate("abcde")}))
    assert {row["holm"] for row in finding.rows} == {10 * 2**-8}
    assert [(r["first"], r["second"]) for r in finding.rows] == [
        *(("a", other) for other in "bcde"),
        *zip("bcd", "cde", strict=True),
    ]
    assert len(finding.plots[0].columns["value"]) == 20


def test_the_matrix_of_effects_is_skew():
    finding = WilcoxonHolm().compute(made({"a": 1.0, "b": 1.2, "c": 1.5}))
    columns = finding.plots[1].columns
    cells = dict(
        zip(zip(columns["row"], columns["column"], strict=True), columns["value"], strict=True)
    )
    for (row, column), value in cells.items():
        assert value * cells[column, row] == pytest.approx(1.0)
    assert cells["a", "b"] == pytest.approx(1 / 1.2, rel=0.03)


def test_five_cases_can_show_nothing_and_that_is_said():
    finding = WilcoxonHolm().compute(made({"a": 1.0, "b": 9.0}, cases=5))
    assert finding.rows[0]["p"] == 0.0625
    assert any("nothing can be shown" in note for note in finding.notes)
    many = WilcoxonHolm().compute(made({f"s{i}": 1 + i / 9 for i in range(9)}, cases=6))
    assert any("smallest p possible" in note for note in many.notes)


def test_scaling_the_costs_of_cases_and_their_order_change_nothing():
    rng = np.random.default_rng(1)
    costs = rng.lognormal(1, 0.1, (4, 8)) * (1 + np.arange(4))[:, None] ** 0.1
    one = {f"s{i}": {f"c{j}": float(costs[i, j]) for j in range(8)} for i in range(4)}
    other = {
        f"s{i}": {f"c{j}": float(costs[i, j] * 2.0 ** (j - 4)) for j in rng.permutation(8)}
        for i in rng.permutation(4)
    }
    for a, b in zip(*(WilcoxonHolm().compute(table(c)).rows for c in (one, other)), strict=True):
        for name, value in a.items():
            assert value == (b[name] if isinstance(value, str) else pytest.approx(b[name]))


def test_a_solver_that_fails_everywhere_is_infinitely_worse():
    costs = {f"c{j}": 1.0 + j for j in range(8)}
    row = WilcoxonHolm().compute(table({"a": costs, "b": dict.fromkeys(costs)})).rows[0]
    assert (row["first"], row["second"], row["ratio"]) == ("a", "b", 0.0)
    assert row["p"] == 2**-7


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(WilcoxonHolm(), name, rules)
