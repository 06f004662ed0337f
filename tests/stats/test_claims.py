"""Verdicts: which interval gives which, on which records they rest, and what can't be had."""

import math
from dataclasses import replace

import pytest

from harness.catalogue import Catalogue
from harness.claim import (
    CallsToTarget,
    Claim,
    CostGap,
    Dominance,
    Growth,
    Level,
    SameAnswers,
    ScoreRatio,
    Speedup,
)
from harness.claims import Stated, as_json, stated, wanted
from harness.record import Record
from harness.selectors import Misuse

from .boards import run, timing
from .judging import BARE, judge, noisy, timed


@pytest.mark.parametrize(
    ("ratio", "verdict"),
    [
        (3.0, "reproduced"),
        (1.4, "weaker than claimed"),
        (1.8, "inconclusive"),
        (1.0, "inconclusive"),
        (0.5, "contradicted"),
    ],
)
def test_the_verdict_is_where_the_whole_interval_lies(ratio, verdict):
    found = judge([*timed("a", noisy(1.0)), *timed("b", noisy(ratio))])
    assert found.verdict == verdict
    assert found.low < found.measured < found.high
    assert found.measured == pytest.approx(ratio, rel=0.02)


@pytest.mark.parametrize("ratio", [0.5, 0.99, 1.0, 1.4, 1.8, 3.0])
def test_a_claim_without_a_middle_ground_is_never_weaker(ratio):
    found = judge([*timed("a", noisy(1.0)), *timed("b", noisy(ratio))], replace(BARE, holds=None))
    assert found.verdict in ("reproduced", "contradicted", "inconclusive")


def test_the_records_behind_a_verdict_are_named():
    found = judge([*timed("a", noisy(1.0)), *timed("b", noisy(3.0)), *timed("other", noisy(1.0))])
    assert len(found.records) == 16
    assert found.records[0] == "r/" + ("a0" * 8)[:12]
    assert found.command == "bench claims tour/twice --again"
    assert found.runs == 16


def test_nothing_run_means_no_verdict():
    found = judge(timed("a", noisy(1.0)))
    assert found.verdict is None
    assert found.measured is None
    assert "b was not run on c" in found.why
    assert as_json(found)["interval"] is None


@pytest.mark.parametrize(("compare", "form"), [("ratio", "share"), ("difference", "gap")])
def test_a_gap_in_cost_has_the_unit_of_its_board_also_before_it_is_measured(compare, form):
    claim = replace(BARE, quantity=CostGap("a", "b", "c"), reproduced=(-math.inf, -1.0), holds=None)
    rows = [run(label, "c", seed, 2.0 + seed) for label in ("a", "b") for seed in range(8)]
    for records in (rows, rows[:8]):
        assert judge(records, claim, compare=compare).form == form


@pytest.mark.parametrize(
    ("score", "form"), [("latency_p50", "time"), ("build_seconds", "time"), ("coverage", "number")]
)
def test_a_level_of_a_time_is_written_as_one(score, form):
    claim = replace(BARE, quantity=Level("a", score, "c"))
    rows = [run("a", "c", seed, 2.0, scores={score: 0.5}) for seed in range(8)]
    found = judge(rows, claim)
    assert (found.form, found.measured) == (form, pytest.approx(0.5))


def test_too_few_runs_are_inconclusive():
    found = judge([*timed("a", [1.0, 1.1]), *timed("b", [9.0, 9.1])])
    assert found.verdict == "inconclusive"
    assert "too few" in found.why
    assert found.measured == pytest.approx(8.6, rel=0.1)


def test_a_solver_that_can_not_be_run_makes_it_not_testable_here():
    rows = [run("b", "c", 0, None, "skipped", message="pip install it", seconds=None)]
    found = judge([*timed("a", noisy(1.0)), *rows])
    assert found.verdict == "not testable here"
    assert "pip install it" in found.why


def test_a_failing_solver_contradicts():
    lost = [run("a", "c", i, None, "crashed", budget={"timeout": 60.0}) for i in range(8)]
    assert judge([*lost, *timed("b", noisy(1.0))]).verdict == "contradicted"


def test_machines_are_never_mixed():
    rows = [*timed("a", noisy(1.0)), *timed("b", noisy(3.0), run="z")]
    assert judge(rows).verdict is None
    assert judge([*rows, *timed("b", noisy(0.5))]).verdict == "contradicted"


def test_later_records_count_and_those_under_the_claims_own_limits_before_all():
    old = [*timed("a", noisy(1.0)), *timed("b", noisy(3.0))]
    new = timed("b", noisy(0.5), run="s")
    assert judge([*old, *new]).verdict == "contradicted"
    other = [dict(row, budget={"timeout": 1.0}) for row in new]
    found = judge([*old, *other])
    assert found.verdict == "reproduced"
    found = judge([*timed("a", noisy(1.0)), *other])
    assert found.verdict == "contradicted"
    assert "8 of the runs were made under other limits" in found.why


def test_more_seeds_than_the_claim_asks_for_do_not_count():
    many = [*timed("a", noisy(1.0)), *timed("b", noisy(3.0))]
    late = [dict(row, seed=row["seed"] + 8, seconds=0.01) for row in timed("b", noisy(1.0))]
    assert judge([*many, *late]).measured == judge(many).measured


def test_timings_and_traces_are_not_mixed():
    rows = [*timed("a", noisy(1.0)), *timed("b", noisy(3.0))]
    rows += [timing("a", "c", [5.0] * 8), timing("b", "c", [1.0] * 8)]
    assert judge(rows).verdict == "reproduced"
    found = judge(rows, replace(BARE, quantity=Speedup("a", "b", "c", "timing")))
    assert found.verdict == "contradicted"


def answers(label, digests):
    return [run(label, "c", i, 1.0, answer=d) for i, d in enumerate(digests)]


@pytest.mark.parametrize(
    ("theirs", "verdict"),
    [
        ("x" * 80, "reproduced"),
        ("x" * 20, "inconclusive"),
        ("x" * 79 + "y", "weaker than claimed"),
        ("x" * 40 + "y" * 40, "contradicted"),
    ],
)
def test_equal_answers_are_refuted_by_one_that_differs(theirs, verdict):
    claim = replace(
        BARE,
        quantity=SameAnswers("a", "b", ("c",)),
        reproduced=(0.95, 1.0),
        holds=(0.9, 1.0),
        seeds=100,
    )
    assert judge([*answers("a", "x" * 80), *answers("b", theirs)], claim).verdict == verdict


def test_a_gap_without_chance_can_be_judged():
    claim = replace(BARE, quantity=CostGap("a", "b", "c"), reproduced=(-1, 0.01), holds=(-1, 0.1))
    rows = [run("a", "c", i, 1.05) for i in range(5)] + [run("b", "c", i, 1.0) for i in range(5)]
    assert judge(rows, claim).verdict == "weaker than claimed"


def test_an_untestable_claim_says_why():
    claim = replace(BARE, quantity=None, untestable="It needs a cluster.")
    found = judge(timed("a", [1.0]), claim)
    assert (found.verdict, found.why) == ("not testable here", "It needs a cluster.")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "Not good"}, "letters, digits and hyphens"),
        ({"quantity": None}, "give it a quantity"),
        ({"untestable": "both"}, "give it a quantity"),
        ({"holds": (2.0, 3.0)}, "does not lie within"),
        ({"reproduced": (-math.inf, math.inf), "holds": None}, "which range"),
        ({"reproduced": (math.nan, math.inf), "holds": None}, "does not lie within"),
        ({"seeds": 0}, "at least 1"),
        ({"statement": None}, "has to be a text"),
    ],
)
def test_claims_that_make_no_sense_are_refused(change, words):
    with pytest.raises(ValueError, match=words):
        replace(BARE, **change)


def test_no_claim_can_be_marked_by_hand():
    """Neither a claim nor a record has a place for a verdict, and judging takes none."""
    assert not {"verdict", "measured", "interval"} & set(Claim.__dataclass_fields__)
    assert not {"verdict", "measured"} & set(Record.__dataclass_fields__)
    row = dict(timed("a", [1.0])[0], verdict="reproduced", measured=9.0)
    assert judge([row]).verdict is None


def test_names_select_claims_papers_and_problems():
    all_of_them = [Stated("tour", BARE), Stated("tour", replace(BARE, name="x", paper="p"))]
    assert wanted(all_of_them, []) == all_of_them
    assert [one.key for one in wanted(all_of_them, ["p"])] == ["tour/x"]
    assert len(wanted(all_of_them, ["tour"])) == len(wanted(all_of_them, ["twice", "x"])) == 2
    with pytest.raises(Misuse, match="did you mean tour/twice"):
        wanted(all_of_them, ["tour/twise"])


def test_the_claims_that_are_installed_can_be_read():
    known, complaints = stated(Catalogue())
    assert not complaints
    assert {one.problem for one in known} >= {"k_medoids"}
    assert len({one.key for one in known}) == len(known)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Speedup("a", "a", "c"), "are the same"),
        (lambda: Speedup("a", "b", ()), "at least one case"),
        (lambda: Speedup("a", "b", (3,)), "at least one case"),
        (lambda: Speedup("a", "b", "c", clock="timings"), "expected timing or trace"),
        (lambda: Growth("a", ("c", "d"), "n", of="time"), "of is 'time'"),
        (lambda: CallsToTarget("a", "b", "c", 0.1, unit="call"), "expected calls or seconds"),
        (lambda: Dominance("a", "b", "c", over="call"), "expected seconds or calls"),
    ],
    ids=["rival", "no case", "number", "clock", "of", "unit", "over"],
)
def test_quantities_that_make_no_sense_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_a_case_that_is_named_twice_counts_once():
    assert Speedup("a", "b", ("c", "d", "c")).cases == ("c", "d")
    assert Speedup("a", "b", "c").cases == Speedup("a", "b", ("c",)).cases == ("c",)


GAP = replace(
    BARE, quantity=CostGap("a", "b", "c"), reproduced=(-math.inf, 0.01), holds=(-math.inf, 0.1)
)


def costs(label, values, status="crashed"):
    return [
        run(label, "c", i, v, "ok" if v is not None else status, budget={"timeout": 60.0})
        for i, v in enumerate(values)
    ]


@pytest.mark.parametrize("status", ["crashed", "invalid", "timeout", "memory"])
def test_a_failing_rival_keeps_no_claim(status):
    rival = [1.0] * 7 + [None]
    found = judge([*costs("a", [5.0] * 8), *costs("b", rival, status)], GAP)
    assert found.verdict == "inconclusive"
    assert f"1 of 8 runs of b failed (1 {status})" in found.why
    lost = [run("b", "c", i, None, "crashed", budget={"timeout": 60.0}) for i in range(8)]
    assert judge([*timed("a", noisy(1.0)), *lost]).verdict == "inconclusive"


def test_a_failing_rival_contradicts_none_either():
    slow = replace(BARE, reproduced=(0.5, 1.5), holds=None)
    lost = [run("b", "c", i, None, "crashed", budget={"timeout": 60.0}) for i in range(8)]
    assert judge([*timed("a", noisy(1.0)), *lost], slow).verdict == "inconclusive"


def test_a_failing_solver_keeps_no_claim_to_be_slow():
    slow = replace(BARE, reproduced=(-math.inf, 1.5), holds=None)
    lost = [run("a", "c", i, None, "crashed", budget={"timeout": 60.0}) for i in range(8)]
    assert judge([*lost, *timed("b", noisy(1.0))], slow).verdict == "inconclusive"


def test_a_claim_that_stands_with_and_without_a_failed_run_stands():
    lost = run("a", "c", 0, None, "crashed", budget={"timeout": 60.0})
    found = judge([lost, *timed("a", noisy(1.0))[1:], *timed("b", noisy(9.0))])
    assert found.verdict == "reproduced"
    assert "1 of 8 runs of a failed" in found.why


def test_a_rival_at_its_time_limit_keeps_a_claim_by_the_limit():
    limit = {"timeout": 60.0}
    late = [run("b", "c", i, None, "timeout", seconds=60.0, budget=limit) for i in range(8)]
    found = judge([*timed("a", noisy(1.0)), *late])
    assert found.verdict == "reproduced"
    assert found.high == math.inf
    assert as_json(found)["interval"][1] == "Infinity"
    assert as_json(found)["reproduced"] == [1.8, "Infinity"]


def test_two_failing_solvers_prove_nothing():
    lost = [run(name, "c", i, None, "crashed") for name in "ab" for i in range(8)]
    assert judge(lost).verdict == "inconclusive"
    assert judge(lost, GAP).verdict == "inconclusive"
    same = replace(BARE, quantity=SameAnswers("a", "b", ("c",)), reproduced=(0.5, 1.0), holds=None)
    assert judge(lost, same).verdict == "inconclusive"


def test_levels_of_those_that_did_not_fail_keep_no_claim():
    claim = replace(BARE, quantity=Level("a", "hit", "c"), reproduced=(0.5, 1.0), holds=None)
    rows = [run("a", "c", i, 1.0, scores={"hit": 1.0}) for i in range(20)]
    claim = replace(claim, seeds=20)
    assert judge(rows, claim).verdict == "reproduced"
    lost = [run("a", "c", i, None, "crashed") for i in range(10)]
    assert judge([*lost, *rows[10:]], claim).verdict == "inconclusive"


def test_ratios_of_scores_of_those_that_did_not_fail_keep_no_claim():
    quantity = ScoreRatio("a", "b", "latency_p50", "c")
    claim = replace(BARE, quantity=quantity, reproduced=(0.0, 0.1), holds=(0.0, 1.0), seeds=20)

    def rows(label, latency):
        told = [{"latency_p50": latency * (1 + 0.01 * math.sin(i))} for i in range(20)]
        return [run(label, "c", i, 1.0, scores=scores) for i, scores in enumerate(told)]

    ours, theirs = rows("a", 0.05), rows("b", 1.0)
    assert judge([*ours, *theirs], claim).verdict == "reproduced"
    assert judge([*rows("a", 0.5), *theirs], claim).verdict == "weaker than claimed"
    assert judge([*rows("a", 1.5), *theirs], claim).verdict == "contradicted"
    lost = [run("a", "c", i, None, "crashed") for i in range(10)]
    assert judge([*lost, *ours[10:], *theirs], claim).verdict == "inconclusive"


def test_without_a_middle_ground_one_answer_that_differs_contradicts():
    claim = replace(BARE, quantity=SameAnswers("a", "b", ("c",)), seeds=100)
    rows = [*answers("a", "x" * 80), *answers("b", "x" * 79 + "y")]
    assert judge(rows, replace(claim, reproduced=(0.95, 1.0), holds=None)).verdict == "contradicted"
    apart = replace(claim, reproduced=(0.0, 0.5), holds=None)
    assert judge(rows, apart).verdict == "contradicted"
    assert judge([*answers("a", "x" * 80), *answers("b", "x" * 80)], apart).verdict == (
        "contradicted"
    )
