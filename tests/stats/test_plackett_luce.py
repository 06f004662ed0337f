"""Strengths from order: known answers, an independent package, and boards with gaps and ties."""

import choix
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_statistics.plackett_luce import PlackettLuce, field, groups, strengths, wins
from harness.findings import NotApplicable

from .boards import board, run, table, timing
from .odd_boards import ODD, RULES, found_on


def fitted(won):
    return strengths(np.array([won], float))[0]


def of_scores(rows, tie):
    """Wins of rows of scores (larger is better, NaN: not tried), summed over rows."""
    cells = [[np.array([-x] if x == x else []) for x in row] for row in rows]
    return sum(wins(row, tie) for row in cells)


def test_two_solvers_are_the_logarithm_of_the_odds():
    np.testing.assert_allclose(fitted([[0, 7], [3, 0]]), [0.423649, -0.423649], atol=1e-6)


def test_rankings_that_are_broken_into_pairs():
    expected = [0.995642, -0.203000, -0.792642]
    np.testing.assert_allclose(fitted([[0, 6, 7], [2, 0, 5], [1, 3, 0]]), expected, atol=1e-6)
    ranked = [(0, 1, 2)] * 3 + [(1, 0, 2)] * 2 + [(2, 0, 1)] + [(0, 2, 1)] * 2
    cells = [[np.array([float(order.index(s))]) for s in range(3)] for order in ranked]
    np.testing.assert_array_equal(sum(map(wins, cells)), [[0, 6, 7], [2, 0, 5], [1, 3, 0]])
    whole = choix.ilsr_rankings(3, ranked)
    assert np.abs(whole - expected).max() > 0.02, "the likelihood of whole orders is another one"


@pytest.mark.parametrize(("tie", "theta"), [(0.0, 0.594764), (0.5, 0.364978), (1.0, 0.265565)])
def test_what_a_tie_counts_is_part_of_the_definition(tie, theta):
    rows = [(1, 1, 0), (1, 0, 0), (0, 1, 0), (1, 1, 1), (0.9, 0.5, 0.7), (0.2, np.nan, 0.3)]
    won = of_scores(rows, tie)
    if not tie:
        np.testing.assert_array_equal(won, [[0, 2, 3], [1, 0, 2], [1, 1, 0]])
    np.testing.assert_allclose(fitted(won), [theta, 0, -theta], atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_many_fits_at_once_agree_with_choix(seed):
    rng = np.random.default_rng(seed)
    won = rng.integers(0, 4, (6, 8, 8)) + rng.random((6, 8, 8))
    won[:, np.arange(8), np.arange(8)] = 0
    for ours, one in zip(strengths(won, rng.normal(size=8)), won, strict=True):
        np.testing.assert_allclose(ours, choix.ilsr_pairwise_dense(one), atol=1e-6)


def test_strengths_far_apart_are_found_too():
    won = np.zeros((1, 12, 12))
    for i in range(11):
        won[0, i, i + 1], won[0, i + 1, i] = 99.9, 0.1
    gaps = -np.diff(strengths(won)[0])
    np.testing.assert_allclose(gaps, np.log(999), rtol=1e-6)


def test_who_never_loses_has_no_finite_strength_alone():
    won = np.array([[0, 3, 2], [0, 0, 2], [0, 1, 0]])
    assert len(set(groups(won, both_ways=True))) == 2
    assert len(set(groups(won, both_ways=False))) == 1
    with pytest.raises(ValueError, match="stationary"):
        choix.ilsr_pairwise_dense(won, alpha=0)


cells = st.lists(
    st.lists(st.sampled_from([1.0, 1.5, 2.0, np.inf]), max_size=3), min_size=2, max_size=5
)


@given(cells)
def test_wins_are_the_share_of_pairs_of_runs(lists):
    if not any(lists):
        return
    arrays = [np.array(one, float) for one in lists]
    won = wins(arrays)
    for a, x in enumerate(arrays):
        for b, y in enumerate(arrays):
            pairs = [(u < v) + 0.5 * (u == v) for u in x for v in y]
            expected = np.mean(pairs) if pairs and a != b else 0.0
            assert won[a, b] == pytest.approx(expected)


def test_the_field_is_the_mean_over_the_others():
    assert field(np.log([2.0, 1.0])) == pytest.approx([2 / 3, 1 / 3])
    assert field(np.zeros(4)) == pytest.approx([0.5] * 4)
    theta = np.array([1.0, 0.0, -2.0])
    chance = [1 / (1 + np.exp(theta[1] - theta[0])), 1 / (1 + np.exp(theta[2] - theta[0]))]
    assert field(theta)[0] == pytest.approx(np.mean(chance))


def rows_of(made):
    return {row["label"]: row for row in PlackettLuce().compute(made).rows}


def test_two_solvers_get_half_a_win_added_to_both():
    found = rows_of(
        table({"a": dict.fromkeys("pqrstuvwxy", 1.0), "b": dict.fromkeys("pqrstuvwxy", 2.0)})
    )
    assert found["a"]["beats"] == pytest.approx(10.5 / 11)
    assert found["a"]["first"] == 1.0
    assert found["a"]["met"] == 10


def test_gaps_are_bridged_by_common_rivals():
    """c never met a, but lost to b, which loses to a."""
    made = table(
        {
            "a": {"w": 1.0, "x": 1.0, "y": 1.0},
            "b": {"w": 2.0, "x": 2.0, "y": 2.0, "z": 1.0, "v": 1.0},
            "c": {"z": 2.0, "v": 2.0},
        }
    )
    found = rows_of(made)
    assert [row["rank"] for row in found.values()] == [1, 2, 3]
    notes = " ".join(PlackettLuce().compute(made).notes)
    assert "No chain of wins" in notes
    assert "All were run" not in notes


def test_who_never_met_the_others_is_left_out_and_named():
    made = table({"a": {"x": 1.0, "y": 2.0}, "b": {"x": 2.0, "y": 1.0}, "c": {"z": 1.0}})
    finding = PlackettLuce().compute(made)
    assert {row["label"] for row in finding.rows} == {"a", "b"}
    assert any("c." in note and "Left out" in note for note in finding.notes)


def test_a_failed_run_loses_and_twins_tie():
    found = rows_of(table({"a": {"x": 1.0, "y": 9.0}, "b": {"x": None, "y": None}}))
    assert found["a"]["rank"] == 1
    costs = {case: float(cost) for case, cost in zip("pqrstu", (1, 2, 3, 1, 2, 3), strict=True)}
    worse = {case: 5.0 - cost for case, cost in costs.items()}
    twins = rows_of(table({"a": costs, "b": costs, "c": worse}))
    assert twins["a"]["rank"] == twins["b"]["rank"]
    assert twins["a"]["first"] == twins["b"]["first"]
    assert sum(row["first"] for row in twins.values()) == pytest.approx(1)


def noisy(relabel=lambda name: name, scale=1.0, backwards=False):
    rng = np.random.default_rng(4)
    rows = [
        run(relabel(name), case, seed, 1.0 + scale * float(rng.random() + 0.1 * place))
        for place, name in enumerate("abcd")
        for case in "uvwxyz"
        for seed in range(3)
    ]
    return board(rows[::-1] if backwards else rows)


def test_only_the_order_counts():
    base = rows_of(noisy())
    for other in (rows_of(noisy(scale=0.25)), rows_of(noisy(backwards=True))):
        for label, row in base.items():
            assert other[label]["theta"] == pytest.approx(row["theta"])
    swapped = {"a": "d", "b": "c", "c": "b", "d": "a"}
    renamed = rows_of(noisy(relabel=swapped.get))
    for label, row in base.items():
        assert renamed[swapped[label]]["theta"] == pytest.approx(row["theta"])


def test_a_complete_table_is_ordered_by_the_share_of_comparisons_won():
    made = noisy()
    found = PlackettLuce().compute(made)
    won = sum(wins([row[j] for row in made.above]) for j in range(6))
    expected = [made.labels[i] for i in np.argsort(-won.sum(axis=1))]
    assert [row["label"] for row in found.rows] == expected
    assert any("All were run" in note for note in found.notes)
    for row in found.rows:
        assert row["low"] <= row["beats"] <= row["high"]
        assert row["rank_low"] <= row["rank"] <= row["rank_high"]


def test_boards_by_time_are_ordered_by_time():
    rows = [run(name, case, 0, 1.0) for name in "ab" for case in "xyz"]
    rows += [timing("a", case, [2.0, 2.1]) for case in "xyz"]
    rows += [timing("b", case, [1.0, 1.1]) for case in "xyz"]
    assert rows_of(board(rows, rank_by="time"))["b"]["rank"] == 1


def test_one_solver_has_no_strength():
    with pytest.raises(NotApplicable, match="one solver"):
        PlackettLuce().compute(table({"a": {"x": 1.0}}))


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(PlackettLuce(), name, rules)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_many_stands_when_nine_of_ten_measurements_are_missing(seed):
    """50 models of abilities drawn from a normal law, 2,000 samples of unequal difficulty."""
    from scipy.stats import kendalltau

    rng = np.random.default_rng(seed)
    ability, difficulty = rng.normal(size=(50, 1)), rng.normal(size=2000)
    right = rng.random((50, 2000)) < 1 / (1 + np.exp(difficulty - ability))
    there = rng.random(right.shape) < 0.1

    def order(kept):
        counted = right & kept, ~right & kept
        won, lost = (one.astype(float) for one in counted)
        pairs = won @ lost.T + 0.5 * (won @ won.T + lost @ lost.T)
        np.fill_diagonal(pairs, 0.0)
        return fitted(pairs)

    whole, sparse = order(np.full(right.shape, True)), order(there)
    assert kendalltau(whole, ability.ravel())[0] > 0.9
    assert kendalltau(sparse, whole)[0] > 0.8
    # The best of a few, not only the order as a whole.
    assert whole.argmax() in np.argsort(-sparse)[:3]
