"""The quantities of claims, against examples worked by hand, formulas elsewhere, and simulation."""

import math

import numpy as np
import pytest
from scipy.stats import linregress, t, ttest_1samp, ttest_ind

from harness.claim import (
    CallsToTarget,
    CostGap,
    Dominance,
    Growth,
    Level,
    Quantity,
    SameAnswers,
    ScoreGrowth,
    ScoreRatio,
    Speedup,
    SpeedupGrowth,
)
from harness.estimates import estimate, kinds
from harness.readings import Missing, Unmeasurable

from .boards import board, run, timing

A = (10.2, 10, 10.4, 10.1, 11.5, 10.3, 10.2, 10, 10.6, 10.1)
B = (5.1, 5, 5.3, 5.2, 5.1, 6, 5.2, 5.1, 5.4, 5)


def timed(label, case, values, **facts):
    return [run(label, case, 0, 1.0, **facts), timing(label, case, values, **facts)]


def traced(label, case, seconds, **facts):
    return [run(label, case, i, 1.0, seconds=s, **facts) for i, s in enumerate(seconds)]


def ends(found):
    return found.interval.value, found.interval.low, found.interval.high


def test_every_kind_has_an_estimator():
    assert set(kinds()) == set(Quantity.__subclasses__())


@pytest.mark.parametrize("clock", ["timing", "trace"])
def test_a_speed_up_on_one_case_is_the_ratio_of_two_samples(clock):
    make = timed if clock == "timing" else traced
    made = board([*make("slow", "c", A), *make("fast", "c", B)])
    found = ends(estimate(Speedup("fast", "slow", "c", clock), made))
    assert found == pytest.approx((1.980392, 1.923077, 2.039216), abs=1e-6)
    turned = ends(estimate(Speedup("slow", "fast", "c", clock), made))
    assert turned == pytest.approx((1 / 1.980392, 1 / 2.039216, 1 / 1.923077), abs=1e-6)


def test_a_speed_up_over_cases_is_a_geometric_mean_with_students_t():
    logs = [0.5, 0.9, 1.3, 0.7]
    rows = []
    for i, log in enumerate(logs):
        rows += timed("slow", f"c{i}", [3.0 * math.exp(log)] * 3)
        rows += timed("fast", f"c{i}", [3.0] * 3)
    found = ends(estimate(Speedup("fast", "slow", tuple(f"c{i}" for i in range(4))), board(rows)))
    known = ttest_1samp(logs, 0).confidence_interval()
    assert found == pytest.approx(tuple(map(math.exp, (np.mean(logs), known.low, known.high))))


def test_a_time_limit_of_the_rival_makes_the_ratio_a_lower_bound():
    late = [
        run("slow", "c", i, None, "timeout", seconds=5.0, budget={"timeout": 5.0}) for i in range(6)
    ]
    made = board([*late, *traced("fast", "c", [1.0] * 6)])
    found = estimate(Speedup("fast", "slow", "c", "trace"), made)
    assert ends(found) == (pytest.approx(5.0), pytest.approx(5.0), math.inf)
    assert "limit" in found.notes[0]


@pytest.mark.parametrize("status", ["timeout", "crashed", "invalid", "memory", "raised"])
def test_a_solver_that_fails_is_infinitely_slow(status):
    lost = [run("fast", "c", i, None, status, budget={"timeout": 5.0}) for i in range(6)]
    made = board([*lost, *traced("slow", "c", [1.0] * 6)])
    assert estimate(Speedup("fast", "slow", "c", "trace"), made).interval.value == 0.0


def test_growth_of_a_speed_up_finds_its_exponent():
    rows, cases = [], []
    for k in (5, 10, 20, 40):
        cases.append(f"c[k={k}]")
        rows += timed("slow", cases[-1], [0.1 * k**1.2] * 3, sizes={"k": k})
        rows += timed("fast", cases[-1], [0.1] * 3, sizes={"k": k})
    found = ends(estimate(SpeedupGrowth("fast", "slow", tuple(cases), "k"), board(rows)))
    assert found == pytest.approx((1.2, 1.2, 1.2))


def test_growth_of_time_equals_the_least_squares_of_the_statistics():
    sizes = (1000, 2000, 4000, 8000, 16000)
    seconds = (0.010, 0.0215, 0.046, 0.098, 0.21)
    rows = [
        row
        for n, s in zip(sizes, seconds, strict=True)
        for row in timed("a", f"c[n={n}]", [s] * 3, sizes={"n": n})
    ]
    cases = tuple(f"c[n={n}]" for n in sizes)
    found = ends(estimate(Growth("a", cases, "n"), board(rows)))
    assert found == pytest.approx((1.097308, 1.093446, 1.101170), abs=1e-6)


@pytest.mark.parametrize("of", ["memory", "calls", "instructions"])
def test_growth_of_what_is_counted(of):
    rows = [
        run("a", f"c[n={n}]", seed, 1.0, sizes={"n": n}, **{of: 3 * n * n})
        for n in (10, 20, 40, 80)
        for seed in range(3)
    ]
    cases = tuple(f"c[n={n}]" for n in (10, 20, 40, 80))
    assert estimate(Growth("a", cases, "n", of), board(rows)).interval.value == pytest.approx(2.0)


def costs(label, case, values, **facts):
    return [run(label, case, i, v, **facts) for i, v in enumerate(values)]


def test_a_gap_on_one_case_is_welchs():
    ours, theirs = [1.02, 1.05, 1.01, 1.03, 1.06], [1.0, 1.01, 1.0, 1.02, 1.0]
    made = board([*costs("a", "c", ours), *costs("b", "c", theirs)])
    logs = np.log(ours), np.log(theirs)
    known = ttest_ind(*logs, equal_var=False).confidence_interval()
    wanted = [math.expm1(x) for x in (logs[0].mean() - logs[1].mean(), known.low, known.high)]
    assert ends(estimate(CostGap("a", "b", "c"), made)) == pytest.approx(wanted)
    other = board([*costs("a", "c", ours), *costs("b", "c", theirs)], compare="difference")
    known = ttest_ind(ours, theirs, equal_var=False).confidence_interval()
    wanted = [np.mean(ours) - np.mean(theirs), known.low, known.high]
    assert ends(estimate(CostGap("a", "b", "c"), other)) == pytest.approx(wanted)


@pytest.mark.parametrize("scale", [1e-3, 7.0])
def test_a_gap_does_not_depend_on_the_unit_of_the_cost(scale):
    ours, theirs = [1.02, 1.05, 1.01], [1.0, 1.01, 1.0]

    def of(unit):
        rows = [*costs("a", "c", [unit * x for x in ours])]
        return ends(
            estimate(
                CostGap("a", "b", "c"), board([*rows, *costs("b", "c", [unit * x for x in theirs])])
            )
        )

    assert of(scale) == pytest.approx(of(1.0), rel=1e-9)


def test_gaps_without_any_chance_in_them_have_no_width():
    made = board([*costs("a", "c", [2.0] * 3), *costs("b", "c", [1.0] * 3)])
    assert ends(estimate(CostGap("a", "b", "c"), made)) == pytest.approx((1.0, 1.0, 1.0))


def test_a_failed_run_is_infinitely_dear():
    rows = [*costs("a", "c", [1.0, 1.0]), run("a", "c", 2, None, "crashed")]
    made = board([*rows, *costs("b", "c", [1.0] * 3)])
    assert estimate(CostGap("a", "b", "c"), made).interval.value == math.inf


def answers(label, digests, case="c", **facts):
    return [run(label, case, i, 1.0, answer=d, **facts) for i, d in enumerate(digests)]


def test_equal_answers_are_told_by_their_digests():
    made = board([*answers("a", "xyz"), *answers("b", "xyz")])
    found = estimate(SameAnswers("a", "b", ("c",)), made)
    assert found.proof is True
    assert found.interval.value == 1.0
    made = board([*answers("a", "xyz"), *answers("b", "xqz")])
    found = estimate(SameAnswers("a", "b", ("c",)), made)
    assert found.proof is False
    assert found.interval.value == pytest.approx(2 / 3)
    assert "c, seed 1" in found.notes[0]


@pytest.mark.parametrize("lost", ["raised", "timeout"])
def test_failed_runs_are_equal_to_none(lost):
    rows = [*answers("a", "x"), run("b", "c", 0, None, lost)]
    assert estimate(SameAnswers("a", "b", ("c",)), board(rows)).proof is False
    rows = [run("a", "c", 0, None, lost), run("b", "c", 0, None, lost)]
    assert estimate(SameAnswers("a", "b", ("c",)), board(rows)).proof is False


def test_records_that_do_not_tell_their_answers_prove_nothing():
    rows = [run("a", "c", 0, 1.0), run("b", "c", 0, 1.0)]
    with pytest.raises(Missing, match="too old"):
        estimate(SameAnswers("a", "b", ("c",)), board(rows))


def test_a_level_is_a_mean_over_runs_or_over_cases():
    rows = [run("a", "c", i, 1.0, scores={"coverage": v}) for i, v in enumerate([0.9, 0.95, 0.91])]
    known = ttest_1samp([0.9, 0.95, 0.91], 0).confidence_interval()
    found = ends(estimate(Level("a", "coverage", "c"), board(rows)))
    assert found == pytest.approx((0.92, known.low, known.high))
    hits = [run("a", "c", i, 1.0, scores={"hit": float(i < 4)}) for i in range(10)]
    found = ends(estimate(Level("a", "hit", "c"), board(hits)))
    assert found == pytest.approx((0.4, 0.168180, 0.687326), abs=1e-6)
    with pytest.raises(Unmeasurable, match="no score 'other'"):
        estimate(Level("a", "other", "c"), board(hits))


def searching(label, case, lengths, hits):
    return [
        run(label, case, i, 1.0 if hit else 3.0, trace=[[n, n, 1.0 if hit else 3.0]], calls=n)
        for i, (n, hit) in enumerate(zip(lengths, hits, strict=True))
    ]


def test_calls_to_target_count_the_runs_that_missed_it():
    rival = searching("b", "c", [100, 300, 200, 1000, 1000], [True] * 3 + [False] * 2)
    ours = searching("a", "c", [100] * 5, [True] * 5)
    found = estimate(CallsToTarget("a", "b", "c", 0.5), board([*rival, *ours]))
    value, low, high = ends(found)
    assert value == pytest.approx(8.66667, abs=1e-4)
    assert 2.5 < low < value < high < 50


def test_who_never_reached_a_target_needs_long_but_nobody_saw_forever():
    """Five short runs without success bound the chance of one, and no more than that."""
    rival = searching("b", "c", [50] * 5, [False] * 5)
    ours = searching("a", "c", [100] * 5, [True] * 5)
    found = ends(estimate(CallsToTarget("a", "b", "c", 0.5), board([*rival, *ours])))
    assert found == (math.inf, pytest.approx(0.75, abs=0.3), math.inf)
    turned = ends(estimate(CallsToTarget("b", "a", "c", 0.5), board([*rival, *ours])))
    assert turned == (0.0, 0.0, pytest.approx(1 / found[1], rel=0.1))
    more = searching("b", "c", [5000] * 50, [False] * 50)
    made = board([*more, *ours])
    assert estimate(CallsToTarget("a", "b", "c", 0.5), made).interval.low > 500


def test_searches_over_cases_have_students_t():
    rows, logs = [], [0.5, 0.9, 1.3]
    for j, log in enumerate(logs):
        rows += searching("b", f"c{j}", [round(1000 * math.exp(log))] * 5, [True] * 5)
        rows += searching("a", f"c{j}", [1000] * 5, [True] * 5)
    cases = tuple(f"c{j}" for j in range(3))
    found = ends(estimate(CallsToTarget("a", "b", cases, 0.5), board(rows)))
    known = ttest_1samp(logs, 0).confidence_interval()
    wanted = tuple(map(math.exp, (np.mean(logs), known.low, known.high)))
    assert found == pytest.approx(wanted, rel=1e-2)


def curve(label, seed, points, case="c"):
    trace = [[s, 0, cost] for s, cost in points]
    return run(label, case, seed, points[-1][1], seconds=points[-1][0], trace=trace)


def test_dominance_is_the_share_of_the_curve():
    rows = [curve("a", i, [(0.1, 8.0), (1.0, 2.0), (10.0, 1.0)]) for i in range(5)]
    rows += [curve("b", i, [(0.1, 9.0), (1.0, 3.0), (10.0, 1.0)]) for i in range(5)]
    assert ends(estimate(Dominance("a", "b", "c"), board(rows))) == (1.0, 1.0, 1.0)
    value, low, high = ends(estimate(Dominance("b", "a", "c"), board(rows)))
    assert value == low == high == pytest.approx(1 / 50)  # only where both are at the optimum


def scored(label, case, values):
    return [run(label, case, i, 1.0, scores={"p50": value}) for i, value in enumerate(values)]


def test_a_ratio_of_scores_on_one_case_is_welchs_on_logarithms():
    made = board([*scored("a", "c", B), *scored("b", "c", A)])
    found = ends(estimate(ScoreRatio("a", "b", "p50", "c"), made))
    wanted = ttest_ind(np.log(B), np.log(A), equal_var=False).confidence_interval()
    value = float(np.exp(np.log(B).mean() - np.log(A).mean()))
    assert found == pytest.approx((value, math.exp(wanted.low), math.exp(wanted.high)))


def test_a_ratio_of_scores_over_cases_is_a_geometric_mean_with_students_t():
    logs = [0.5, 0.9, 1.3, 0.7]
    rows = []
    for i, log in enumerate(logs):
        rows += scored("a", f"c{i}", [math.exp(log) * (i + 1)] * 2)
        rows += scored("b", f"c{i}", [float(i + 1)] * 2)
    found = ends(
        estimate(ScoreRatio("a", "b", "p50", tuple(f"c{i}" for i in range(4))), board(rows))
    )
    wanted = ttest_1samp(logs, 0).confidence_interval()
    ratio = math.exp(np.mean(logs))
    assert found == pytest.approx((ratio, math.exp(wanted.low), math.exp(wanted.high)))


def test_scores_that_have_no_ratio():
    made = board([*scored("a", "c", [1.0, 0.0]), *scored("b", "c", [1.0, 2.0])])
    with pytest.raises(Unmeasurable, match="p50 of a on c is zero or less"):
        estimate(ScoreRatio("a", "b", "p50", "c"), made)
    with pytest.raises(Unmeasurable, match="b on c has no score 'recall'"):
        estimate(ScoreRatio("b", "a", "recall", "c"), made)


def falling(exponents, sizes=(100, 200, 400, 800)):
    """Runs of a, whose score falls with n; one exponent for each seed."""
    return [
        run("a", f"c{n}", seed, 3.0 * n**power, scores={"p50": n**power}, sizes={"n": n})
        for n in sizes
        for seed, power in enumerate(exponents)
    ]


@pytest.mark.parametrize("score", ["p50", ""])
def test_the_growth_of_a_score_is_the_slope_of_its_geometric_means(score):
    quantity = ScoreGrowth("a", score, tuple(f"c{n}" for n in (100, 200, 400, 800)), "n")
    found = estimate(quantity, board(falling([-0.4, -0.6])))
    assert ends(found) == pytest.approx((-0.5, -0.5, -0.5))
    assert found.runs == 8
    assert quantity.words == f"exponent in n of the {score or 'cost'} of a, on 4 cases"


def test_the_growth_of_a_score_has_students_interval():
    rows = falling([-0.5])
    for row, factor in zip(rows, (1.1, 0.9, 1.0, 1.2), strict=True):
        row["scores"] = {"p50": row["scores"]["p50"] * factor}
    found = ends(
        estimate(ScoreGrowth("a", "p50", ("c100", "c200", "c400", "c800"), "n"), board(rows))
    )
    x = np.log([100, 200, 400, 800])
    line = linregress(x, np.log([row["scores"]["p50"] for row in rows]))
    reach = t.ppf(0.975, 2) * line.stderr
    assert found == pytest.approx((line.slope, line.slope - reach, line.slope + reach))


def test_the_growth_of_a_score_with_failed_runs_has_no_interval():
    rows = [row for row in falling([-0.5]) if row["case"] != "c800"]
    rows.append(run("a", "c800", 0, None, "crashed", sizes={"n": 800}))
    quantity = ScoreGrowth("a", "p50", ("c100", "c200", "c400", "c800"), "n")
    value, low, high = ends(estimate(quantity, board(rows)))
    assert value == pytest.approx(-0.5)
    assert math.isnan(low)
    assert math.isnan(high)


def test_curves_that_cross_dominate_in_part():
    rows = [curve("a", i, [(0.1, 2.0), (10.0, 2.0)]) for i in range(5)]
    rows += [curve("b", i, [(0.1, 4.0), (1.0, 1.0), (10.0, 1.0)]) for i in range(5)]
    value = estimate(Dominance("a", "b", "c"), board(rows)).interval.value
    assert value == pytest.approx(0.5, abs=0.03)


NEEDS = [
    Speedup("a", "b", "c"),
    Speedup("a", "b", "c", "trace"),
    SpeedupGrowth("a", "b", ("c", "d"), "n"),
    Growth("a", ("c", "d"), "n"),
    CostGap("a", "b", "c"),
    SameAnswers("a", "b", ("c",)),
    Level("b", "", "c"),
    ScoreRatio("a", "b", "p50", "c"),
    ScoreGrowth("a", "p50", ("c", "d"), "n"),
    CallsToTarget("a", "b", "c", 0.1),
    Dominance("a", "b", "c"),
]


@pytest.mark.parametrize("quantity", NEEDS, ids=lambda one: type(one).__name__)
def test_what_was_not_run_is_said(quantity):
    with pytest.raises(Missing):
        estimate(quantity, board([run("a", "other", 0, 1.0)]))
    with pytest.raises(Missing):
        estimate(quantity, board([run("a", "c", 0, 1.0)]))


def test_the_interval_of_a_gap_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(200):
        rows = []
        for j in range(8):
            base = math.exp(rng.normal(0, 0.5))
            effect = 0.1 + rng.normal(0, 0.3)
            for label, shift in (("a", effect), ("b", 0.0)):
                seeds = base * np.exp(shift + rng.normal(0, 0.2, 3))
                rows += costs(label, f"c{j}", list(seeds))
        _, low, high = ends(
            estimate(CostGap("a", "b", tuple(f"c{j}" for j in range(8))), board(rows))
        )
        held += low <= math.expm1(0.1) <= high
    assert 180 <= held <= 199


def grown(times, **facts):
    """A solver's traced runs over sizes: size -> seconds, None where a run ran into its limit."""
    rows = []
    for k, seconds in times.items():
        for seed in range(3):
            late = {"cost": None, "status": "timeout", "budget": {"timeout": 5.0}}
            how = late if seconds is None else {"cost": 1.0, "seconds": seconds}
            rows.append(run("a", f"c[k={k}]", seed, **how, sizes={"k": k}, **facts))
    return rows, tuple(f"c[k={k}]" for k in times)


def test_growth_up_to_a_time_limit_is_open_upwards():
    rows, cases = grown({10: 0.01, 20: 0.04, 40: 0.16, 80: 0.64, 160: None})
    found = estimate(Growth("a", cases, "k", "trace"), board(rows))
    assert found.interval.high == math.inf
    assert "limit" in found.notes[0]
    rows, cases = grown({10: None, 20: 0.04, 40: 0.16, 80: 0.64, 160: 2.56})
    assert math.isnan(estimate(Growth("a", cases, "k", "trace"), board(rows)).interval.low)


@pytest.mark.parametrize("of", ["trace", "memory"])
def test_growth_without_the_sizes_that_failed_has_no_interval(of):
    rows, cases = grown({10: 0.01, 20: 0.04, 40: 0.16})
    lost = [run("a", "c[k=80]", i, None, "memory", sizes={"k": 80}) for i in range(3)]
    found = estimate(Growth("a", (*cases, "c[k=80]"), "k", of), board([*rows, *lost]))
    assert math.isfinite(found.interval.value)
    assert math.isnan(found.interval.low)
    assert "c[k=80]" in found.notes[0]


def test_a_speed_up_grows_at_least_as_it_does_up_to_the_limit_of_the_rival():
    rows, cases = [], []
    for k in (5, 10, 20, 40):
        cases.append(f"c[k={k}]")
        facts = {"sizes": {"k": k}}
        rows += traced("a", cases[-1], [0.1] * 3, **facts)
        if k < 40:
            rows += traced("b", cases[-1], [0.1 * k] * 3, **facts)
        else:
            late = {"seconds": 3.0, "budget": {"timeout": 3.0}, **facts}
            rows += [run("b", cases[-1], i, None, "timeout", **late) for i in range(3)]
    found = estimate(SpeedupGrowth("a", "b", tuple(cases), "k", "trace"), board(rows))
    assert found.interval.low < found.interval.value < 1.0
    assert found.interval.high == math.inf


@pytest.mark.parametrize("by", ["typo", "n"])
def test_cases_that_do_not_differ_in_a_size_tell_no_growth(by):
    rows = [*traced("a", "c", [1.0]), *traced("a", "d", [2.0])]
    with pytest.raises(Unmeasurable, match=by):
        estimate(Growth("a", ("c", "d"), by, "trace"), board(rows))


def test_hits_that_agree_on_few_runs_are_not_certain():
    rows = [run("a", c, i, 1.0, scores={"hit": 1.0}) for c in "xyz" for i in range(5)]
    value, low, high = ends(estimate(Level("a", "hit", tuple("xyz")), board(rows)))
    assert (value, high) == (1.0, 1.0)
    assert low == pytest.approx(0.796116, abs=1e-6)  # Wilson's of 15 in 15


def test_a_score_that_is_not_a_number_is_not_left_out():
    rows = [run("a", "c", i, 1.0, scores={"hit": None if i else 1.0}) for i in range(5)]
    with pytest.raises(Unmeasurable, match="no score"):
        estimate(Level("a", "hit", "c"), board(rows))


def test_costs_of_zero_have_no_ratio_but_where_all_are_equal():
    made = board([*costs("a", "c", [0.0] * 3), *costs("b", "c", [0.0] * 3)])
    assert ends(estimate(CostGap("a", "b", "c"), made)) == (0.0, 0.0, 0.0)
    made = board([*costs("a", "c", [0.0, 1.0, 1.0]), *costs("b", "c", [1.0] * 3)])
    with pytest.raises(Unmeasurable, match="no ratio"):
        estimate(CostGap("a", "b", "c"), made)


def test_a_curve_of_few_runs_has_no_interval():
    rows = [curve(name, i, [(0.1, 2.0), (9.0, 1.0)]) for name in "ab" for i in range(4)]
    value, low, high = ends(estimate(Dominance("a", "b", "c"), board(rows)))
    assert value == 1.0
    assert math.isnan(low)
    assert math.isnan(high)


def test_who_has_no_answer_is_not_as_good_as_who_has_none():
    rows = [curve(name, i, [(0.1, 2.0), (9.0, 1.0)]) for name in "ab" for i in range(2)]
    rows += [run(name, "c", i, None, "raised", trace=[]) for name in "ab" for i in range(2, 6)]
    assert estimate(Dominance("a", "b", "c"), board(rows)).interval.value == 0.0


def test_curves_over_cases_are_as_uncertain_as_cases_differ():
    rows = []
    for j, ours in enumerate((2.0, 2.0, 0.5)):
        rows += [curve("a", i, [(0.1, ours), (9.0, ours)], f"c{j}") for i in range(5)]
        rows += [curve("b", i, [(0.1, 1.0), (9.0, 1.0)], f"c{j}") for i in range(5)]
    found = ends(estimate(Dominance("a", "b", ("c0", "c1", "c2")), board(rows)))
    assert found == (pytest.approx(1 / 3), 0.0, 1.0)
