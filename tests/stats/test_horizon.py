"""The horizon: known answers, scikit-learn's logistic regression, and boards of growing sizes."""

import contextlib
import math

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from bench_statistics._logistic import fit, horizon
from bench_statistics.horizon import Horizon, case_weights, family, redraw
from harness.findings import NotApplicable

from .boards import board, run, table, timing
from .odd_boards import ODD, RULES, check, found_on

X = np.arange(8.0)
MIXED = np.array([1, 1, 1, 1, 0, 1, 0, 0.0])
STEP = np.array([1, 1, 1, 1, 0, 0, 0, 0.0])
EQUAL = np.full(8, 1 / 8)


def one(x, weight, solved, ridge, **more):
    return fit(x, weight[None], (weight * solved)[None], ridge, **more)


@pytest.mark.parametrize(
    ("ridge", "a", "b", "half", "most"),
    [
        (0.0, 5.700555, -1.262395, 22.874450, 10.685033),
        (0.01, 5.399712, -1.194565, 22.946981, 10.265493),
        (0.1, 4.074301, -0.892572, 23.664896, 8.064194),
        (1.0, 1.955293, -0.385793, 33.550103, 2.779608),
    ],
)
def test_known_curves(ridge, a, b, half, most):
    found = one(X, EQUAL, MIXED, ridge)
    assert found[0] == pytest.approx((a, b), abs=1e-6)
    assert 2 ** horizon(found)[0] == pytest.approx(half, abs=1e-5)
    assert 2 ** horizon(found, 0.8)[0] == pytest.approx(most, abs=1e-5)


def test_weights_that_do_not_sum_to_one_weaken_the_penalty():
    found = one(X, np.ones(8), MIXED, 0.1)
    assert found[0, 1] == pytest.approx(-1.179841, abs=1e-6)
    assert 2 ** horizon(found, 0.8)[0] == pytest.approx(10.171, abs=1e-3)


def test_two_sizes_have_a_closed_form():
    found = fit(np.array([0.0, 4.0]), np.array([[4.0, 4.0]]), np.array([[3.0, 1.0]]), 0.0)
    assert found[0] == pytest.approx((math.log(3), -math.log(3) / 2))
    assert 2 ** horizon(found)[0] == pytest.approx(4)
    assert 2 ** horizon(found, 0.8)[0] == pytest.approx(0.695576, abs=1e-6)


def test_a_step_is_fitted_in_the_middle():
    found = one(X, EQUAL, STEP, 0.1)
    assert found[0] == pytest.approx((4.446287, -1.270368), abs=1e-6)
    assert 2 ** horizon(found)[0] == pytest.approx(11.313708, abs=1e-5)
    assert 2 ** horizon(found, 0.8)[0] == pytest.approx(5.310124, abs=1e-5)
    steep = one(X, EQUAL, STEP, 1e-6)
    assert horizon(steep)[0] == pytest.approx(3.5)


def test_a_curve_that_rises_has_no_horizon():
    assert np.isnan(horizon(one(X, EQUAL, 1 - MIXED, 0.1))[0])


@pytest.mark.parametrize("seed", range(4))
def test_many_fits_at_once_agree_with_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 11, 30)
    weight = rng.uniform(0.1, 1, (5, 30)) / 30
    share = rng.integers(0, 5, (5, 30)) / 4
    found = fit(x, weight, weight * share, 0.02)
    again = fit(x, weight, weight * share, 0.02, start=np.array([9.0, -3.0]))
    np.testing.assert_allclose(found, again, atol=1e-7)
    for (a, b), w, y in zip(found, weight, share, strict=True):
        model = LogisticRegression(C=1 / 0.02, tol=1e-10, max_iter=10_000)
        rows, labels = np.r_[x, x][:, None], np.r_[np.ones(30), np.zeros(30)]
        model.fit(rows, labels, sample_weight=np.r_[w * y, w * (1 - y)])
        assert (a, b) == pytest.approx((model.intercept_[0], model.coef_[0, 0]), abs=1e-4)


def test_a_family_weighs_as_the_root_of_its_size():
    """Of a family of four cases and one of one, each case weighs 1/6 and 2/6, its runs together."""
    found = case_weights(["a"] * 4 + ["b"])
    np.testing.assert_allclose(found, [1 / 6] * 4 + [1 / 3])
    assert family("digits[k=20,metric=jaccard]") == "digits"
    assert family("plain") == "plain"


def test_families_are_drawn_whole_and_cases_within_them():
    families = ["a", "b", "a", "a", "c"]
    counts = redraw(families, np.random.default_rng(0), 4000)
    of_a = counts[:, [0, 2, 3]].sum(axis=1)
    assert set(np.unique(of_a)) == {0, 3, 6, 9}
    np.testing.assert_array_equal(of_a // 3 + counts[:, 1] + counts[:, 4], 3)
    np.testing.assert_allclose(counts.mean(axis=0), 1, atol=0.1)
    np.testing.assert_array_equal(redraw(["a"], np.random.default_rng(0), 5), 1)


SIZES = [2**power for power in range(4, 12)]


def grown(until, seeds=4, target=1.0, budget=None, families="pq", timed=()):
    """A board on which solver s reaches the reference up to until[s]: a size, or a rule."""
    rows = []
    for label, limit in until.items():
        for kind in families:
            for size in SIZES:
                case = f"{kind}[n={size}]"
                for seed in range(seeds):
                    solved = limit(size, seed) if callable(limit) else size <= limit
                    rows.append(
                        run(
                            label,
                            case,
                            seed,
                            target if solved else 3.0,
                            seconds=size / 100,
                            sizes={"n": size},
                            optimum=1.0,
                            budget=budget or {},
                        )
                    )
                if label in timed:
                    rows.append(timing(label, case, [size**2 * 1e-6]))
    return board(rows)


def rows_of(made):
    return {row["label"]: row for row in Horizon().compute(made).rows}


def noisy(size, seed):
    return size <= 64 or (size <= 512 and seed % 2 == 0)


def test_horizons_lie_where_success_ends():
    finding = Horizon().compute(grown({"a": 64, "b": 512, "c": noisy}))
    check(finding)
    assert [row["label"] for row in finding.rows] == ["b", "c", "a"]
    found = {row["label"]: row for row in finding.rows}
    assert found["a"]["size_horizon"] == pytest.approx(64 * 2**0.5, rel=0.01)
    assert found["b"]["size_horizon"] == pytest.approx(512 * 2**0.5, rel=0.01)
    for row in found.values():
        assert row["size_low"] <= row["size_horizon"] <= row["size_high"]
        assert row["size_most"] < row["size_horizon"]
    assert found["a"]["solved"] == pytest.approx(3 / 8)


def test_beyond_what_was_run_there_is_no_number():
    found = rows_of(
        grown(
            {"a": 64, "b": 512, "all": 10**9, "none": 0, "most": lambda n, seed: n < 2048 or seed}
        )
    )
    assert found["all"]["size_horizon"] == math.inf
    assert found["all"]["size_said"] == "solves all"
    assert found["none"]["size_horizon"] == 0.0
    assert found["none"]["size_said"] == "solves none"
    assert found["most"]["size_horizon"] == math.inf
    assert found["most"]["size_said"] == "above"


def test_who_does_worse_on_small_instances_has_none():
    finding = Horizon().compute(grown({"a": 64, "b": 512, "odd": lambda n, seed: n > 128}))
    odd = finding.rows[-1]
    assert odd["label"] == "odd"
    assert odd["size_said"] == "does not fall"
    assert math.isnan(odd["size_horizon"])
    assert "1 success does not fall" in finding.summary


def test_a_size_that_is_no_difficulty_is_not_used():
    with pytest.raises(NotApplicable, match="differ in kind"):
        Horizon().compute(grown({"a": lambda n, seed: n > 128, "b": lambda n, seed: n > 64}))


def test_success_is_within_one_budget_for_all():
    """Seconds are size / 100: within 2 s only what is not larger than 200 is solved by anybody."""
    free = grown({"a": 64, "b": 1024})
    cut = grown({"a": 64, "b": 1024}, budget={"seconds": 2.0, "timeout": 60.0})
    assert rows_of(free)["b"]["size_horizon"] > 1024
    assert 128 < rows_of(cut)["b"]["size_horizon"] < 256
    assert any("no budget" in note for note in Horizon().compute(free).notes)
    assert "within 2 s" in Horizon().compute(cut).summary


def test_difficulty_may_be_the_time_of_the_reference_solver():
    made = grown({"a": 10**9, "b": 64, "c": noisy}, timed=("a",))
    assert made.canonical == "a"
    finding = Horizon().compute(made)
    row = next(row for row in finding.rows if row["label"] == "b")
    assert row["time_horizon"] == pytest.approx((64 * 2**0.5) ** 2 * 1e-6, rel=0.02)
    assert set(finding.plots[0].columns["view"]) == {"n", "time of a"}


def test_the_target_is_the_one_that_most_solvers_meet_at_times():
    finding = Horizon().compute(grown({"a": 64, "b": 512}, target=1.05))
    assert "within 10 %" in finding.summary


def test_a_solver_with_too_few_sizes_is_said():
    made = grown({"a": 64, "b": 512})
    rows = [run("few", "p[n=16]", 0, 1.0, sizes={"n": 16}, optimum=1.0)]
    frame = board(made.traces.to_dict("records") + rows)
    assert rows_of(frame)["few"]["size_said"] == "too few sizes"


def test_symmetries():
    base = rows_of(grown({"a": 64, "b": 512, "c": noisy}))
    other = rows_of(grown({"c": lambda n, seed: noisy(n, 3 - seed), "b": 512, "a": 64}))
    for label, row in base.items():
        for name in ("size_horizon", "size_most", "solved", "size_low", "size_high"):
            assert other[label][name] == pytest.approx(row[name])


def test_one_size_gives_no_horizon():
    with pytest.raises(NotApplicable, match="too little"):
        Horizon().compute(table({"a": {"x": 1.0, "y": 2.0}, "b": {"x": 2.0, "y": 1.0}}))


def test_all_alike_gives_no_horizon():
    with pytest.raises(NotApplicable, match="no target"):
        Horizon().compute(grown({"a": 10**9, "b": 0}))


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(Horizon(), name, rules)


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", [name for name in ODD if "resample" not in name])
def test_odd_boards_of_growing_sizes(name, rules):
    """The same boards three times, at three sizes, of which the last is solved by nobody."""
    rows = [
        {
            **row,
            "case": f"{row['case']}[n={size}]",
            "instance": f"{row['instance']}-{size}",
            "sizes": {"n": size},
            "optimum": row["cost"] and (row["cost"] / 2 if size == 64 else row["cost"]),
        }
        for row in ODD[name]
        for size in (4, 16, 64)
    ]
    with contextlib.suppress(NotApplicable):
        check(Horizon().compute(board(rows, **RULES[rules])))
