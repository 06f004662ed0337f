"""5x2 cross-validation: numbers by hand, another package, error rates, and the way from a run."""

import numpy as np
import pytest

from bench_statistics._resamples import resample_of, resamples
from bench_statistics.five_by_two import FiveByTwo, combined_f, corrected_t, first_t
from harness.findings import NotApplicable

from .boards import board, run
from .odd_boards import ODD, RULES, check, found_on
from .predictions import bench_run

P = np.array([[0.04, 0.02], [0.05, 0.01], [0.03, 0.03], [0.06, 0.00], [0.02, 0.04]])
D = np.array([0.02, 0.03, -0.01, 0.04, 0.01, 0.02, 0, 0.03, 0.05, 0.01])


def test_numbers_worked_by_hand():
    assert np.ravel(first_t(P)) == pytest.approx([1.63299, 0.16340], abs=1e-5)
    assert np.ravel(combined_f(P)) == pytest.approx([2.0, 0.22998], abs=1e-5)


@pytest.mark.parametrize(
    ("share", "t", "p"), [(0, 3.4641, 0.00711), (1 / 9, 2.38416, 0.04095), (0.5, 1.41421, 0.19095)]
)
def test_the_corrected_t_worked_by_hand(share, t, p):
    middle, reach, value, found = corrected_t(D, share)
    assert middle == pytest.approx(0.02)
    assert (value, found) == pytest.approx((t, p), abs=1e-5)
    assert (reach < 0.02) == (p < 0.05)


def test_against_another_package(rng):
    from mlxtend.evaluate import combined_ftest_5x2cv, paired_ttest_5x2cv
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.naive_bayes import GaussianNB

    y = rng.integers(2, size=120)
    x = rng.normal(size=(120, 3)) + 0.5 * y[:, None]
    one, two = LogisticRegression(), GaussianNB()
    seeds = np.random.RandomState(7)
    p = []
    for _ in range(5):
        a, b, ya, yb = train_test_split(x, y, test_size=0.5, random_state=seeds.randint(32767))
        p.append(
            [
                one.fit(*train).score(*test) - two.fit(*train).score(*test)
                for train, test in (((a, ya), (b, yb)), ((b, yb), (a, ya)))
            ]
        )
    for ours, theirs in ((combined_f, combined_ftest_5x2cv), (first_t, paired_ttest_5x2cv)):
        expected = theirs(one, two, x, y, scoring="accuracy", random_seed=7)
        assert np.ravel(ours(np.array(p))) == pytest.approx(expected)


def test_many_pairs_at_once_are_those_one_by_one(rng):
    many = rng.normal(size=(6, 5, 2))
    for test in (combined_f, first_t):
        for k in range(6):
            assert np.ravel(test(many))[[k, 6 + k]] == pytest.approx(np.ravel(test(many[k])))


def test_no_difference_is_no_evidence_and_no_spread_is_none_either():
    nothing, same = np.zeros((5, 2)), np.full((5, 2), 0.1)
    for test in (combined_f, first_t):
        assert np.ravel(test(nothing)) == pytest.approx([0, 1])
        assert np.isnan(np.ravel(test(same))).all()
    assert corrected_t(nothing.ravel(), 1.0)[3] == 1.0
    assert np.isnan(corrected_t(same.ravel(), 1.0)[1:]).all()


def test_costs_scaled_or_swapped_change_no_p_value():
    for test in (combined_f, first_t):
        assert test(-8 * P)[1] == pytest.approx(test(P)[1])
    assert corrected_t(-8 * D, 0.5)[3] == pytest.approx(corrected_t(D, 0.5)[3])


ITEMS, FEATURES = 90, 5


def alike(rng):
    """Labels, and features of two learners of their own, alike in law."""
    y = np.repeat([-1, 1], ITEMS // 2)
    return rng.normal(size=(ITEMS, 2 * FEATURES)) + 0.25 * y[:, None], y


def difference(x, y, train, test):
    """Accuracy of one learner less the other's, both discriminants of the means of classes."""
    means = [x[train][y[train] == side].mean(axis=0) for side in (-1, 1)]
    w, offset = means[1] - means[0], (means[1] ** 2 - means[0] ** 2) / 2
    sides = x[test] * w - offset
    right = [
        (np.sign(part.sum(axis=1)) == y[test]).mean()
        for part in (sides[:, :FEATURES], sides[:, FEATURES:])
    ]
    return right[0] - right[1]


def test_without_the_correction_equal_solvers_are_rejected_in_half_of_all_cases(rng):
    """30 holdouts of a third."""
    found = []
    for _ in range(150):
        x, y = alike(rng)
        d = []
        for _ in range(30):
            order = rng.permutation(ITEMS)
            d.append(difference(x, y, order[: ITEMS * 2 // 3], order[ITEMS * 2 // 3 :]))
        found.append([corrected_t(np.array(d), share)[3] < 0.05 for share in (0.0, 0.5)])
    naive, corrected = np.mean(found, axis=0)
    assert naive > 0.4
    assert corrected < 0.12


def test_the_combined_f_test_rejects_equal_solvers_in_about_a_tenth_of_all_cases(rng):
    """With so few items more often than its level says, and far less than without a correction."""
    p = []
    for _ in range(400):
        x, y = alike(rng)
        halves = [np.split(rng.permutation(ITEMS), 2) for _ in range(5)]
        p.append([[difference(x, y, a, b), difference(x, y, b, a)] for a, b in halves])
    rejected = (np.ravel(combined_f(np.array(p)))[400:] < 0.05).mean()
    assert 0.05 < rejected < 0.13


def test_cases_tell_which_resample_they_are():
    assert resample_of("f") == ("f", {})
    assert resample_of("f[k=2,split=3,half=1]") == ("f[k=2]", {"split": 3, "half": 1})
    assert resample_of("f[half=x]") == ("f[half=x]", {})
    found = resamples(("f", "f[half=1]", "f[split=1]", "g", "f[boot=2]"), "split", "half")
    assert found == {"f": {(0, 0): "f", (0, 1): "f[half=1]", (1, 0): "f[split=1]"}}


def case_of(split, half):
    given = [f"{name}={value}" for name, value in (("split", split), ("half", half)) if value]
    return f"f[{','.join(given)}]" if given else "f"


def made(costs, **facts):
    """A board of costs[solver]: float[5, 2], on the halves of five splits."""
    return board(
        [
            run(label, case_of(split, half), 0, cost, "ok" if cost == cost else "raised", **facts)
            if cost == cost
            else run(label, case_of(split, half), 0, None, "raised", **facts)
            for label, table in costs.items()
            for split, row in enumerate(table)
            for half, cost in enumerate(row)
        ],
        "difference",
    )


def test_on_a_board(rng):
    base = rng.random((5, 2))
    finding = FiveByTwo().compute(made({"a": base + P, "b": base}))
    (row,) = finding.rows
    assert (row["label"], row["other"], row["data"]) == ("b", "a", "f")
    assert (row["f"], row["f_p"]) == pytest.approx((2.0, 0.22998), abs=1e-5)
    assert row["first_t"] == pytest.approx(1.63299, abs=1e-5)
    assert row["difference"] == pytest.approx(P.mean())
    assert row["low"] < row["difference"] < row["high"]


def test_a_solver_that_failed_on_a_resample_is_left_out(rng):
    base = rng.random((5, 2))
    broken = base.copy()
    broken[2, 1] = np.nan
    finding = FiveByTwo().compute(made({"a": base + P, "b": base, "c": broken}))
    assert len(finding.rows) == 1
    assert any("c" in note for note in finding.notes)


def test_holdouts_tell_their_sizes(rng):
    rows = [
        run(label, f"f[split={s}]" if s else "f", 0, cost, sizes={"n": 9, **sizes})
        for sizes in ({"train": 60, "test": 30},)
        for s, d in enumerate(D)
        for label, cost in (("a", 0.3 + d), ("b", 0.3))
    ]
    (row,) = FiveByTwo().compute(board(rows, "difference")).rows
    assert row["p"] == pytest.approx(0.19095, abs=1e-5)
    assert np.isnan(row["f"])
    untold = [{**each, "sizes": {"n": 9}} for each in rows]
    assert np.isnan(FiveByTwo().compute(board(untold, "difference")).rows[0]["p"])


def test_the_whole_way_from_a_run(tmp_path, cache):
    cases = ",".join(f"halves[split={split},half={half}]" for split in range(5) for half in (0, 1))
    _, found = bench_run(tmp_path, cases)
    assert len(found.cases) == 10
    finding = FiveByTwo().compute(found)
    check(finding)
    (row,) = finding.rows
    assert (row["label"], row["data"], row["resamples"]) == ("nearest_mean", "halves", 10)
    assert np.isfinite(row["f"])
    assert row["difference"] > 0


def test_cases_that_resample_nothing():
    with pytest.raises(NotApplicable, match="`split` and `half`"):
        FiveByTwo().compute(board([run("a", "x", 0, 1.0), run("b", "y", 0, 1.0)]))


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(FiveByTwo(), name, rules)
