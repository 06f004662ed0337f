"""Comparisons: what counts, what is noise, and how often noise is taken for more."""

import math

import numpy as np
import pytest
from scipy import stats
from stats.boards import board, run, timing

from harness.comparison import Cell, cells, compare, joined, judged
from harness.effects import BETTER, NOISE, WORSE, cost_effect, holm, mean_effect, time_effect

CASES = [f"case{i}" for i in range(10)]


def cell(costs=(1.0, 1.1, 0.9), times=(), statuses=None, instance="i", certain=False):
    """What a side has of one solver and case; the seeds are 0, 1, ..."""
    told = statuses or ["ok"] * len(costs)
    good = {i: c for i, (c, s) in enumerate(zip(costs, told, strict=True)) if s == "ok"}
    return Cell(instance, dict(enumerate(told)), good, np.asarray(times, float), certain)


def noisy(rng, spread=0.03, processes=5, scale=1.0):
    return scale * rng.lognormal(0, spread, processes)


def one(a, b, **facts):
    """The judged comparison of one solver on one case."""
    found = judged(compare("p", {("s", "c"): a}, {("s", "c"): b}, **facts))
    (pair,) = found.pairs
    return pair


# --- by hand -----------------------------------------------------------------------------------


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])
    assert holm([]) == []


def test_holm_leaves_unknown_ones_alone_and_does_not_count_them():
    corrected = holm([math.nan, 0.01, 0.02])
    assert math.isnan(corrected[0])
    assert corrected[1:] == pytest.approx([0.02, 0.02])


def test_a_time_ratio_is_hodges_and_lehmanns_with_welchs_p():
    rng = np.random.default_rng(1)
    a, b = noisy(rng, processes=6), noisy(rng, processes=8, scale=1.5)
    found = time_effect(a, b)
    ratios = np.sort(np.divide.outer(b, a).ravel())
    assert found.interval.value == pytest.approx(np.exp(np.median(np.log(ratios))))
    assert found.interval.low == pytest.approx(ratios[8])  # scipy.stats: P(U <= 8) <= 0.025
    assert found.p == pytest.approx(stats.ttest_ind(np.log(a), np.log(b), equal_var=False).pvalue)
    assert found.count == 6


def test_with_too_few_processes_for_ranks_the_interval_is_welchs():
    a, b = np.array([1.0, 1.01, 0.99]), np.array([2.0, 2.02, 1.97])
    found = time_effect(a, b)
    wanted = stats.ttest_ind(np.log(b), np.log(a), equal_var=False).confidence_interval()
    width = math.log(found.interval.high / found.interval.low)
    assert width == pytest.approx(wanted.high - wanted.low)
    assert math.isnan(found.p)  # it can't count


@pytest.mark.parametrize("times", [[], [math.inf], [0.0, 1.0], [1.0, math.inf]])
def test_without_times_on_both_sides_there_is_no_ratio(times):
    assert time_effect(np.array(times), np.array([1.0, 1.1])) is None
    assert time_effect(np.array([1.0, 1.1]), np.array(times)) is None


def test_costs_are_paired_by_seed():
    a = {0: 10.0, 1: 100.0, 2: 1000.0, 9: 5.0}
    b = {2: 1100.0, 1: 112.0, 0: 10.9, 8: 1.0}
    found = cost_effect(a, b)
    logs = np.log([1.09, 1.12, 1.1])
    assert found.interval.value == pytest.approx(np.exp(logs.mean()))
    assert found.p == pytest.approx(stats.ttest_1samp(logs, 0).pvalue)
    assert found.count == 3


def test_costs_of_zero_and_below_are_compared_as_differences():
    found = cost_effect({0: 0.0, 1: 2.0}, {0: 1.0, 1: 4.0})
    assert not found.relative
    assert found.interval.value == pytest.approx(1.5)
    assert cost_effect({0: -1.0}, {0: -3.0}, relative=False).interval.value == -2.0


@pytest.mark.parametrize("count", [1, 2, 3, 10])
def test_where_all_agree_the_p_value_is_that_of_a_coin(count):
    changes = np.full(count, 0.1)
    p = mean_effect(changes)[1]
    assert math.isnan(p) if count == 1 else p == pytest.approx(2.0 ** (1 - count))
    assert mean_effect(changes, certain=True)[1] == 0.0
    assert mean_effect(np.zeros(count), certain=True)[1] == 1.0


def test_what_rounding_does_is_no_change():
    found = cost_effect({0: 1.0, 1: 3.0}, {0: 1.0 + 1e-12, 1: 3.0 - 1e-12})
    assert found.interval.value == 1.0
    assert found.p == 1.0


# --- what counts -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scale", "threshold", "verdict"),
    [(1.3, 0.05, WORSE), (0.7, 0.05, BETTER), (1.03, 0.05, NOISE), (1.03, 0.01, WORSE)],
)
def test_a_time_counts_beyond_the_threshold(scale, threshold, verdict):
    times = np.array([1.0, 1.001, 0.999, 1.002, 0.998, 1.0005])
    a, b = {("s", "c"): cell(times=times)}, {("s", "c"): cell(times=times * scale)}
    (pair,) = judged(compare("p", a, b), threshold).pairs
    assert pair.time.verdict == pair.verdict == verdict


def test_the_sides_swapped_give_the_inverse():
    rng = np.random.default_rng(2)
    a, b = cell((1, 2, 3), noisy(rng)), cell((1.2, 2.3, 3.5), noisy(rng, scale=2))
    there, back = one(a, b), one(b, a)
    for mine, other in ((there.time, back.time), (there.cost, back.cost)):
        assert mine.interval.value == pytest.approx(1 / other.interval.value)
        assert mine.interval.low == pytest.approx(1 / other.interval.high)
        assert mine.p == pytest.approx(other.p)
    assert (there.time.verdict, back.time.verdict) == (WORSE, BETTER)


def test_scaling_all_times_and_costs_changes_nothing():
    rng = np.random.default_rng(3)
    costs, times = rng.uniform(1, 2, (2, 5)), [noisy(rng), noisy(rng, scale=1.2)]
    plain = one(cell(costs[0], times[0]), cell(costs[1], times[1]))
    scaled = one(cell(7 * costs[0], 1e-6 * times[0]), cell(7 * costs[1], 1e-6 * times[1]))
    for mine, other in ((plain.time, scaled.time), (plain.cost, scaled.cost)):
        assert mine.interval.value == pytest.approx(other.interval.value)
        assert mine.p == pytest.approx(other.p)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (["ok", "ok"], ["ok", "timeout"], WORSE),
        (["crashed", "ok"], ["ok", "ok"], BETTER),
        (["ok", "timeout"], ["timeout", "ok"], NOISE),
        (["timeout", "ok"], ["memory", "ok"], NOISE),
    ],
)
def test_a_change_of_status_is_a_verdict(before, after, verdict):
    pair = one(cell((1, 1), statuses=before), cell((1, 1), statuses=after))
    assert pair.status == pair.verdict == verdict
    assert len(pair.changes) == sum(a != b for a, b in zip(before, after, strict=True))


def test_a_change_of_status_outweighs_a_better_time():
    pair = one(
        cell((1, 1), times=[1.0, 1.01, 0.99, 1.0, 1.0, 1.02]),
        cell((1, 1), times=[0.1, 0.101, 0.099, 0.1, 0.1, 0.102], statuses=["ok", "raised"]),
    )
    assert pair.time.verdict == BETTER
    assert pair.verdict == WORSE


def test_a_timing_that_fails_is_a_change():
    pair = one(cell(times=[1.0, 1.1]), cell(times=[math.inf]))
    assert pair.changes == ((None, "ok", "failed"),)
    assert pair.verdict == WORSE
    assert one(cell(times=[1.0, 1.1]), cell()).verdict == NOISE  # not timed is not failed


def test_another_instance_is_not_compared():
    found = compare("p", {("s", "c"): cell()}, {("s", "c"): cell(instance="j")})
    assert found.pairs == ()
    assert found.incomparable == (("p", "s", "c", "the instance changed"),)


def test_what_one_side_has_is_named():
    a = {("s", "c"): cell(), ("s", "d"): cell()}
    b = {("s", "c"): cell(), ("t", "c"): cell()}
    found = compare("p", a, b)
    assert [pair.case for pair in found.pairs] == ["c"]
    assert found.incomparable == (
        ("p", "s", "d", "only A has it"),
        ("p", "t", "c", "only B has it"),
    )


def test_two_solvers_of_one_side():
    side = {("s", "c"): cell((1, 1.1)), ("t", "c"): cell((2, 2.2)), ("u", "d"): cell()}
    found = compare("p", side, side, labels=("s", "t"))
    (pair,) = found.pairs
    assert (pair.a, pair.b) == ("s", "t")
    assert pair.cost.interval.value == pytest.approx(2.0)
    assert found.incomparable == ()


def test_a_solver_without_chance_needs_no_many_seeds():
    certain = one(cell((2, 2, 2), certain=True), cell((3, 3, 3), certain=True))
    assert certain.cost.verdict == WORSE
    chance = one(cell((2, 2, 2)), cell((3, 3, 3)))
    assert chance.cost.verdict == NOISE


def test_means_are_over_cases():
    ratios = [1.1, 1.2, 1.3, 1.4]
    a = {("s", f"c{i}"): cell((1.0,), [1.0, 1.0]) for i in range(4)}
    b = {("s", f"c{i}"): cell((r,), [r, r]) for i, r in enumerate(ratios)}
    (mean,) = compare("p", a, b).means
    wanted = stats.ttest_1samp(np.log(ratios), 0)
    for effect in (mean.time, mean.cost):
        assert effect.interval.value == pytest.approx(stats.gmean(ratios))
        assert effect.interval.low == pytest.approx(np.exp(wanted.confidence_interval().low))
        assert effect.p == pytest.approx(wanted.pvalue)


def test_all_solvers_together_are_counted_by_case():
    cases = range(4)
    a = {(s, f"c{i}"): cell((1.0,)) for s in "st" for i in cases}
    b = {(s, f"c{i}"): cell((1.1 + 0.01 * i,)) for s in "st" for i in cases}
    whole, first, second = compare("p", a, b).means
    assert whole.a == ""
    assert whole.cost.count == 4  # not 8: two solvers on one case are not independent
    assert whole.cost.interval == first.cost.interval == second.cost.interval


def test_nothing_in_common_is_no_error():
    found = judged(joined([compare("p", {}, {}), compare("q", {("s", "c"): cell()}, {})]))
    assert found.pairs == found.means == ()
    assert not found.worse


def test_cells_of_a_board():
    rows = [run("s", "c", seed, 1.0 + seed) for seed in (0, 1)]
    rows += [run("s", "c", 2, None, "timeout"), run("t", "c", 0, None, "skipped")]
    rows += [timing("s", "c", [1.0, 2.0]), *(run("fixed", "c", seed, 5.0) for seed in range(5))]
    found = cells(board(rows))
    assert set(found) == {("s", "c"), ("fixed", "c")}
    mine = found["s", "c"]
    assert mine.statuses == {0: "ok", 1: "ok", 2: "timeout"}
    assert mine.costs == {0: 1.0, 1: 2.0}
    assert mine.times.tolist() == [1.0, 2.0]
    assert (mine.certain, found["fixed", "c"].certain) == (False, True)


# --- noise -------------------------------------------------------------------------------------


def measured(rng, solvers=4, processes=5, spread=0.05, slower=()):
    """A side of the same code: costs the same seed by seed, times with noise."""
    return {
        (f"s{i}", case): cell(
            (2.0 + i, 2.5 + i, 2.2),
            noisy(rng, spread, processes, 1.3 if (i, case) in slower else 1.0),
        )
        for i in range(solvers)
        for case in CASES
    }


@pytest.mark.parametrize("processes", [2, 5, 10])
def test_the_same_code_is_rarely_called_changed(processes):
    # At the level of 5 % for all 40 pairs and 5 means together: of 80 comparisons 4 on average,
    # and with a probability of 0.999 at most 11, may find anything.
    rng = np.random.default_rng(processes)
    alarms = sum(
        judged(
            compare("p", measured(rng, processes=processes), measured(rng, processes=processes)),
            threshold=0.0,
        ).changed
        for _ in range(80)
    )
    assert alarms <= 11


def test_processes_that_are_fast_or_slow_by_chance_are_noise():
    rng = np.random.default_rng(9)

    def side(processes):
        modes = {(case): np.where(rng.random(processes) < 0.5, 1.2, 1.0) for case in CASES}
        return {
            ("s", c): cell(times=m * rng.lognormal(0, 0.002, processes)) for c, m in modes.items()
        }

    for processes, most in ((3, 0), (10, 3)):
        alarms = sum(
            any(
                p.verdict != NOISE
                for p in judged(compare("p", side(processes), side(processes))).pairs
            )
            for _ in range(60)
        )
        assert alarms <= most


def test_without_a_correction_it_would_be_called_so_nearly_always():
    rng = np.random.default_rng(0)
    found = compare("p", measured(rng), measured(rng))
    assert sum(pair.time.p <= 0.05 for pair in found.pairs) > 0


def test_costs_with_chance_are_rarely_called_changed():
    rng = np.random.default_rng(5)

    def side():
        return {("s", case): cell(rng.lognormal(0, 0.1, 5)) for case in CASES}

    alarms = sum(judged(compare("p", side(), side())).changed for _ in range(300))
    assert alarms <= 28  # 15 on average


def test_what_is_slower_is_found_and_nothing_else():
    rng = np.random.default_rng(7)
    slower = {(1, "case3"), (2, "case8")}
    found = judged(
        compare(
            "p",
            measured(rng, processes=10, spread=0.02),
            measured(rng, processes=10, spread=0.02, slower=slower),
        )
    )
    worse = {(int(pair.a[1:]), pair.case) for pair in found.pairs if pair.verdict == WORSE}
    assert worse == slower
    assert found.counts == {WORSE: 2, NOISE: 38}
    assert found.worse
