"""Paired predictions: against statsmodels and mlxtend, a table by hand, and the way from a run."""

import numpy as np
import pytest

from bench_statistics._resamples import holm, independent
from bench_statistics.paired_predictions import (
    PairedPredictions,
    cochran,
    difference,
    discordant,
    mcnemar,
)
from harness.cli.main import main
from harness.findings import NotApplicable
from harness.items import unpack

from .boards import board, run
from .odd_boards import ODD, RULES, check, found_on
from .predictions import answered, bench_run, board_of

ROWS = "111 110 110 100 111 110 010 111 100 111".split()
RIGHT = np.array([[letter == "1" for letter in row] for row in ROWS]).T  # solvers x items


@pytest.mark.parametrize(
    ("b", "c", "p"), [(25, 15, 0.11728), (11, 1, 0.003418), (15, 25, 0.11728), (0, 0, 1.0)]
)
def test_mid_p_worked_by_hand(b, c, p):
    assert mcnemar(np.array(b), np.array(c)) == pytest.approx(p, abs=5e-6)


@pytest.mark.parametrize(("b", "c"), [(25, 15), (11, 1), (3, 9), (7, 6)])
def test_mid_p_is_the_exact_value_less_the_chance_of_what_was_seen(b, c):
    from scipy.stats import binom
    from statsmodels.stats.contingency_tables import mcnemar as known

    exact = known([[50, b], [c, 20]], exact=True).pvalue
    assert mcnemar(np.array(b), np.array(c)) == pytest.approx(exact - binom.pmf(b, b + c, 0.5))


def test_equally_many_differences_are_no_difference():
    assert mcnemar(np.arange(5), np.arange(5)) == pytest.approx(np.ones(5))


def test_cochran_worked_by_hand():
    assert cochran(RIGHT) == pytest.approx((7.0, 0.030197), abs=1e-6)


def test_cochran_against_other_packages(rng):
    from mlxtend.evaluate import cochrans_q as other
    from statsmodels.stats.contingency_tables import cochrans_q as known

    right = rng.random((4, 60)) < np.array([[0.7], [0.75], [0.8], [0.9]])
    expected = known(right.T.astype(int))
    assert cochran(right) == pytest.approx((expected.statistic, expected.pvalue))
    everywhere = np.ones(60, int)
    assert cochran(right) == pytest.approx(other(everywhere, *right.astype(int)))


def test_cochran_of_two_is_mcnemar_without_correction(rng):
    from mlxtend.evaluate import mcnemar as known

    right = rng.random((2, 80)) < 0.7
    b = discordant(right)
    table = np.array([[0, b[0, 1]], [b[1, 0], 0]])
    assert cochran(right) == pytest.approx(known(table, corrected=False))


def test_solvers_that_are_right_on_the_same_items_are_alike():
    assert cochran(np.array([[True, False], [True, False]])) == (0.0, 1.0)


def test_discordant_items_are_counted():
    assert discordant(RIGHT).tolist() == [[0, 2, 5], [1, 0, 4], [0, 0, 0]]


def test_the_interval_of_a_difference_covers(rng):
    b, c, n, hits = 0.15, 0.05, 60, 0
    for _ in range(2000):
        one, two, _ = rng.multinomial(n, [b, c, 1 - b - c])
        _, low, high = difference(one, two, n)
        hits += low <= b - c <= high
    assert 0.93 < hits / 2000 < 0.975


def test_holm():
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    with_nothing = holm(np.array([0.01, np.nan, 0.4]))
    assert with_nothing[[0, 2]] == pytest.approx([0.02, 0.4])
    assert np.isnan(with_nothing[1])


def test_cases_whose_items_overlap_count_once():
    cases = ("a[k=2]", "a[k=2,split=1]", "a[half=1,k=2]", "b[boot=0]", "b[boot=2]", "b", "c")
    assert independent(cases) == ["a[k=2]", "a[half=1,k=2]", "b", "c"]
    assert independent(("b[boot=0]",)) == []
    assert independent(("a[split=3]", "a[split=2]")) == ["a[split=2]"]


def pairs(finding):
    return {(row["label"], row["other"]): row for row in finding.rows}


def test_on_a_board():
    finding = PairedPredictions().compute(answered(dict(zip("abc", RIGHT, strict=True))))
    found = pairs(finding)
    assert found["a", "c"]["p"] == pytest.approx(1 / 32)
    assert found["a", "c"]["difference"] == pytest.approx(0.5)
    assert (found["a", "b"]["only"], found["a", "b"]["only_other"]) == (2, 1)
    assert "Cochran's Q 7, p 0.03" in finding.summary
    assert found["a", "c"]["adjusted"] == pytest.approx(3 / 32)


def test_items_of_several_cases_count_together():
    halves = {
        label: np.array([right[:5], right[5:]]) for label, right in zip("abc", RIGHT, strict=True)
    }
    one = PairedPredictions().compute(answered(dict(zip("abc", RIGHT, strict=True))))
    two = PairedPredictions().compute(answered(halves, ("x", "y")))
    for name in ("p", "only", "only_other", "items", "difference"):
        assert pairs(one)["a", "c"][name] == pairs(two)["a", "c"][name]


def test_neither_the_order_of_items_nor_of_solvers_matters(rng):
    order = rng.permutation(10)
    one = PairedPredictions().compute(answered(dict(zip("abc", RIGHT, strict=True))))
    two = PairedPredictions().compute(answered(dict(zip("cba", RIGHT[::-1, order], strict=True))))
    assert pairs(one)["a", "c"] == pairs(two)["a", "c"]


def test_a_failed_run_got_nothing_right():
    rows = [run("a", "x", 0, 0.0, items="8:ff"), run("b", "x", 0, None, "timeout")]
    found = pairs(PairedPredictions().compute(board(rows, "difference")))
    assert found["a", "b"]["only"] == 8
    assert found["a", "b"]["p"] == pytest.approx(2 / 2**8 - 1 / 2**8)


def test_of_several_seeds_the_first_counts():
    rows = [run("a", "x", seed, 0.0, items="8:ff") for seed in range(3)]
    rows += [run("b", "x", seed, 0.0, items=text) for seed, text in enumerate(["8:f0", "8:ff"])]
    assert pairs(PairedPredictions().compute(board(rows)))["a", "b"]["items"] == 8
    assert pairs(PairedPredictions().compute(board(rows)))["a", "b"]["only"] == 4


def test_many_solvers_are_held_against_the_best(rng):
    right = rng.random((12, 100)) < np.linspace(0.5, 0.9, 12)[:, None]
    finding = PairedPredictions().compute(answered({f"s{i}": row for i, row in enumerate(right)}))
    best = f"s{int(right.sum(axis=1).argmax())}"
    assert len(finding.rows) == 11
    assert all(best in (row["label"], row["other"]) for row in finding.rows)


def test_the_whole_way_from_a_run(tmp_path, cache):
    _, made = bench_run(tmp_path, "blobs,blobs[draw=1]")
    finding = PairedPredictions().compute(made)
    check(finding)
    (row,) = finding.rows
    assert (row["label"], row["items"]) == ("nearest_mean", 120)
    right = {
        label: np.concatenate([made.items(label, case)[0] for case in made.cases])
        for label in made.labels
    }
    assert row["only"] == (right["nearest_mean"] & ~right["one_coordinate"]).sum() > 0
    for record in made.traces.itertuples():  # the harness told it, and by the same answer
        assert record.cost == pytest.approx(1 - unpack(record.items).mean())


def test_items_outlive_resuming_and_merging(tmp_path, cache):
    results, made = bench_run(tmp_path, "blobs")
    again, resumed = bench_run(tmp_path, "blobs,blobs[draw=1]")
    assert again == results
    assert resumed.items("nearest_mean", "blobs")[0].tolist() == (
        made.items("nearest_mean", "blobs")[0].tolist()
    )
    other = tmp_path / "other"
    with pytest.raises(SystemExit):
        main(["merge", str(results), "--into", str(other)])
    merged = board_of(other)
    assert list(merged.traces["items"]) == list(resumed.traces["items"])


def test_records_without_items_are_left_alone(tmp_path, cache):
    results, _ = bench_run(tmp_path, "blobs")
    (file,) = results.glob("*/records.jsonl")
    lines = file.read_text().replace('"items"', '"unknown"')
    file.write_text(lines)
    with pytest.raises(NotApplicable, match="a problem tells it by `items`"):
        PairedPredictions().compute(board_of(results))


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(PairedPredictions(), name, rules)
