"""The Bayesian signed-rank test: exact means, probabilities against baycomp's, and boards."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.statistics import bayesian_signed_rank
from harness.statistics.bayesian_signed_rank import (
    BayesianSignedRank,
    means,
    probabilities,
    shares,
)

from .boards import table
from .odd_boards import ODD, RULES, found_on

EIGHT = (0.021, 0.018, 0.023, 0.052, -0.012, 0.019, 0.031, 0.004)
# Differences, rope -> means and probabilities (below, within, above) of 100,000 draws by
# baycomp 1.0.3, an implementation by the test's authors. It is not installed for the tests: its
# wheel puts a package named `tests` beside all others.
BAYCOMP = [
    (EIGHT, 0.0, (0.0669, 0.0, 0.9331), (0.0011, 0.0, 0.9989)),
    (EIGHT, 0.01, (0.0249, 0.2326, 0.7425), (0.0004, 0.0628, 0.9368)),
    (EIGHT, 0.02 + 1e-9, (0.0, 0.5665, 0.4335), (0.0, 0.6412, 0.3588)),
    (
        (0.3, -0.1, 0.4, 0.2, 0.5, -0.2, 0.6, 0.1),
        0.16,
        (0.0246, 0.3924, 0.5829),
        (0.0005, 0.2984, 0.7012),
    ),
    (
        (0.0, 0.0, 0.1, -0.1, 0.2, -0.3),
        0.04,
        (0.4100, 0.2205, 0.3695),
        (0.4838, 0.1116, 0.4046),
    ),
    ((0.0, 0.0, 1.0, -2.0, 3.0, 3.5, 0.5), 0.0, (0.2415, 0.0, 0.7585), (0.0686, 0.0, 0.9314)),
    ((0.7,), 0.1, (0.0, 0.2, 0.8), (0.0, 0.1597, 0.8403)),
]


def chances_of(below, above, drawn):
    return probabilities(below[None], above[None], drawn)[0]


def weights(n, draws, seed=0):
    return np.random.default_rng(seed).dirichlet([0.5] + [1.0] * n, draws)


@pytest.mark.parametrize("number", range(len(BAYCOMP)))
def test_what_baycomp_finds(number):
    d, rope, middle, chances = BAYCOMP[number]
    below, above = shares(np.array(d), rope)
    assert means(below, above).tolist() == pytest.approx(middle, abs=0.002)
    found = chances_of(below, above, weights(len(d), 40_000))
    assert found.tolist() == pytest.approx(chances, abs=0.01)


@pytest.mark.parametrize(
    ("rope", "expected"),
    [(0.0, (0.0666, 0.0, 0.9334)), (0.01, (0.02477, 0.23220, 0.74303))],
)
def test_means_by_hand(rope, expected):
    assert means(*shares(np.array(EIGHT), rope)).tolist() == pytest.approx(expected, abs=5e-5)


def test_on_the_border_half_counts_on_each_side():
    # 0.021 + 0.019 and others are twice 0.02, but for rounding.
    less, on, more = (
        means(*shares(np.array(EIGHT), rope)) for rope in (0.02 - 1e-9, 0.02, 0.02 + 1e-9)
    )
    assert more[1] > less[1] + 0.01
    np.testing.assert_allclose(on, (less + more) / 2, atol=1e-12)


def test_one_difference_by_hand():
    # a = (1/2, 1): E w0^2 = 1/5, E w1^2 = 8/15, 2 E w0 w1 = 4/15.
    assert means(*shares(np.array([1.0]), 0.0)).tolist() == pytest.approx([0.1, 0.0, 0.9])
    assert means(*shares(np.array([1.0]), 0.6)).tolist() == pytest.approx([0, 7 / 15, 8 / 15])
    assert means(*shares(np.array([1.0]), 2.0)).tolist() == pytest.approx([0, 1, 0])


@given(
    st.lists(st.integers(-8, 8).map(lambda x: x / 8), min_size=1, max_size=8),
    st.sampled_from([0.0, 0.125, 0.3]),
)
def test_means_are_those_of_the_draws_and_turn_with_the_sign(d, rope):
    below, above = shares(np.array(d), rope)
    exact = means(below, above)
    w = weights(len(d), 4000)
    assert exact[0] == pytest.approx(np.einsum("di,ij,dj->d", w, below, w).mean(), abs=0.02)
    assert exact[2] == pytest.approx(np.einsum("di,ij,dj->d", w, above, w).mean(), abs=0.02)
    turned = shares(-np.array(d), rope)
    np.testing.assert_allclose(means(*turned), exact[::-1], atol=1e-12)
    np.testing.assert_allclose(
        chances_of(*turned, w), chances_of(below, above, w)[::-1], atol=1e-12
    )


def test_what_rounding_puts_beside_the_border_is_on_it():
    for z in (0.1 + 0.2, 0.3):
        _, above = shares(np.array([z]), 0.15)
        assert above[0, 1] == 0.5


def test_infinite_differences_outweigh_and_cancel():
    below, above = shares(np.array([np.inf, 0.2, -np.inf]), 0.1)
    assert above[0, 1] == above[1, 2] == 1.0
    assert below[0, 3] == below[2, 3] == 1.0
    assert (above[1, 3], below[1, 3]) == (0.0, 0.0)


def test_equal_solvers_are_practically_equal():
    below, above = shares(np.zeros(9), 0.01)
    assert chances_of(below, above, weights(9, 500)).tolist() == [0, 1, 0]
    # Without a rope nothing is equal, and neither side is the larger.
    assert chances_of(*shares(np.zeros(9), 0.0), weights(9, 500)).tolist() == [0.5, 0, 0.5]


def test_many_pairs_at_a_time_are_as_each_by_itself(rng, monkeypatch):
    monkeypatch.setattr(bayesian_signed_rank, "_BLOCK", 2 * 300 * 6 * 3)  # three at a time
    pairs = [shares(d, 0.1) for d in rng.normal(0.1, 0.3, (7, 5))]
    drawn = weights(5, 300)
    together = probabilities(*(np.stack(side) for side in zip(*pairs, strict=True)), drawn)
    for one, (below, above) in zip(together, pairs, strict=True):
        np.testing.assert_allclose(one, chances_of(below, above, drawn))
    assert len(np.unique(together.round(6), axis=0)) == 7


# --- boards ------------------------------------------------------------------------------------


def made(factors, cases=12, noise=0.002):
    rng = np.random.default_rng(0)
    return table(
        {
            label: {f"c{j}": float((j + 1) * f * rng.lognormal(0, noise)) for j in range(cases)}
            for label, f in factors.items()
        }
    )


def test_one_per_cent_of_cost_is_no_difference():
    finding = BayesianSignedRank().compute(made({"a": 1.0, "b": 1.003, "c": 1.05}))
    rows = {(row["first"], row["second"]): row for row in finding.rows}
    assert rows["a", "b"]["equal"] > 0.99
    assert rows["a", "c"]["better"] > 0.99
    assert rows["b", "c"]["better"] > 0.99
    for row in finding.rows:
        assert row["better"] + row["equal"] + row["worse"] == pytest.approx(1.0)
        total = row["mean_better"] + row["mean_equal"] + row["mean_worse"]
        assert total == pytest.approx(1.0)
    assert "better in cost by more than 1 % than 1 of 2 others" in finding.summary
    assert "practically equal to b" in finding.summary


def test_the_matrix_holds_both_directions():
    columns = BayesianSignedRank().compute(made({"a": 1.0, "b": 1.003, "c": 1.05})).plots[0].columns
    cells = {
        key[:3]: key[3]
        for key in zip(*(columns[n] for n in ("view", "row", "column", "value")), strict=True)
    }
    better, equal = dict.fromkeys(columns["view"])
    assert cells[better, "a", "c"] > 0.99
    assert cells[better, "c", "a"] < 0.01
    assert cells[equal, "a", "b"] == cells[equal, "b", "a"] > 0.99


def test_the_same_board_gives_the_same_numbers():
    first, second = (BayesianSignedRank().compute(made({"a": 1.0, "b": 1.01})) for _ in range(2))
    assert first == second


def test_scaling_all_costs_of_a_case_changes_nothing():
    costs = {"a": {"x": 1.0, "y": 2.0, "z": 4.0}, "b": {"x": 1.5, "y": 1.9, "z": 4.4}}
    scaled = {
        s: {c: v * {"x": 8.0, "y": 0.5, "z": 1}[c] for c, v in r.items()} for s, r in costs.items()
    }
    for one, other in zip(
        BayesianSignedRank().compute(table(costs)).rows,
        BayesianSignedRank().compute(table(scaled)).rows,
        strict=True,
    ):
        for name, value in one.items():
            assert value == (other[name] if isinstance(value, str) else pytest.approx(other[name]))


def test_few_cases_are_told():
    finding = BayesianSignedRank().compute(made({"a": 1.0, "b": 2.0}, cases=2))
    assert any("2 cases" in note for note in finding.notes)
    assert math.isfinite(finding.rows[0]["mean_better"])


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(BayesianSignedRank(), name, rules)
