"""One traced run, from plan to record: whatever happens, there is a record that can be kept."""

import json
from dataclasses import asdict, replace

import pytest

from harness.answers import encode
from harness.catalogue import Catalogue
from harness.isolate import Outcome
from harness.items import pack, unpack
from harness.measure import _score, judge, trace
from harness.plan import blank, instance, make_plan
from harness.run import Budget, Ending, Point


@pytest.fixture
def traced(worker, write_solver, request, tmp_path):
    """A function: the body of a solve() -> the record of its run."""

    def traced(body, problem="toy_batch", timeout=20.0, memory=None, **budget):
        file = write_solver(body, problem)
        catalogue = Catalogue([request.path.parents[1] / "toys", file], tmp_path / "index.json")
        plan = make_plan(
            catalogue, problem, ["written"], [], "smoke", 1, Budget(**budget), timeout, memory
        )
        case = plan.cases[0]
        record = trace(worker, plan, plan.contestants[0], case, instance(plan, case), 0)
        json.dumps(asdict(record), allow_nan=False)
        return record

    return traced


def test_a_good_run_is_scored_by_the_problem(traced):
    record = traced("yield int(data['values'].argmin())")
    assert record.status == "ok"
    assert record.cost >= 1.0
    assert record.scores == {"rank": 0.0}
    assert record.trace[-1][2] == record.cost
    assert record.sizes == {"n": 100.0}


def test_a_run_past_its_timeout_is_a_timeout_even_where_it_stopped_in_good_order(traced):
    record = traced("while True:\n    time.sleep(0.01)\n    yield 0", timeout=0.3)
    assert record.status == "timeout"
    assert record.message == "stopped after 0.3 s, the limit of a run"
    assert record.cost is not None


def test_a_run_that_spends_its_own_budget_is_ok(traced):
    record = traced("while True:\n    yield 0", seconds=0.2)
    assert (record.status, record.why) == ("ok", "seconds")


def test_an_answer_in_time_counts_though_the_next_came_too_late(traced):
    record = traced("yield 0\nyield 1\ntime.sleep(0.6)\nyield 2", seconds=0.4)
    assert record.cost is not None
    assert all(seconds < 0.4 for seconds, _, _ in record.trace)


def test_answers_before_a_fault_are_scored(traced):
    record = traced("yield 0\nraise RuntimeError('late')")
    assert record.status == "raised"
    assert record.cost is not None


def test_a_wrong_answer_is_invalid_and_has_no_cost(traced):
    record = traced("yield 10**9")
    assert record.status == "invalid"
    assert "out of range" in record.message
    assert record.cost is None


def test_one_wrong_answer_where_the_best_counts_is_invalid(traced):
    record = traced("yield 0.5\nyield 'x'", problem="toy_oracle")
    assert (record.status, record.cost) == ("invalid", None)


def test_where_the_best_counts_a_worse_last_answer_does_no_harm(traced):
    best = traced("yield 0.0", problem="toy_oracle").cost
    assert traced("yield 0.0\nyield 1e6", problem="toy_oracle").cost == best


def test_calls_that_are_spent_before_an_answer_are_told_as_such(traced):
    record = traced("while True: data.value(0.0)\nyield 0.0", problem="toy_oracle", calls=3)
    assert (record.status, record.calls) == ("timeout", 3)
    assert record.message == "no answer within the budget of 3 calls"


def test_no_answer_in_time_is_told_as_such(traced):
    record = traced("time.sleep(0.3)\nyield 0", seconds=0.1)
    assert record.status == "timeout"
    assert record.message == "no answer within the budget of 0.1 s"


def test_a_target_ends_the_run(traced):
    record = traced("while True: yield 0.0", problem="toy_oracle", target=1e9)
    assert (record.status, record.why, record.answers) == ("ok", "target", 1)


def test_a_target_of_zero_is_a_target(traced):
    record = traced("yield 0", target=0.0)
    assert record.budget["target"] == 0.0
    assert record.key != traced("yield 0").key


def test_decisions_are_scored_together(traced):
    record = traced("for bit in data: yield 1 - bit", problem="toy_online")
    assert record.cost == 0.0
    assert {"latency_p50", "latency_p99", "build_seconds"} <= set(record.scores)


def test_decisions_that_are_no_list_are_invalid(toys):
    plan = make_plan(toys, "toy_online", [], [], "smoke", 1, Budget())
    case = plan.cases[0]
    stored = instance(plan, case)
    record = replace(blank(plan, plan.contestants[0], case, stored, 0, "trace"), status="ok")
    outcome = Outcome(ending=Ending(), points=[Point(0.1, 1, 1, encode(5))])
    _score(record, outcome, plan, stored.load())
    assert record.status == "invalid"


@pytest.mark.parametrize(
    "scored",
    [
        (float("nan"), {}),
        (float("inf"), {}),
        ("x", {}),
        (None, {}),
        (1.0, None),
        (1.0, {"a": "x"}),
        5,
        None,
        RuntimeError("boom"),
    ],
    ids=repr,
)
def test_a_score_that_is_no_finite_number_makes_the_answer_invalid(scored):
    from harness.api import InvalidAnswer

    class Scores:
        def score(self, instance, answer):
            if isinstance(scored, Exception):
                raise scored
            return scored

    with pytest.raises(InvalidAnswer):
        judge(Scores(), None, 0)


def test_secondary_scores_that_are_not_finite_are_left_out():
    class Scores:
        def score(self, instance, answer):
            return 1, {"a": 2, "b": float("nan")}

    assert judge(Scores(), None, 0) == (1.0, {"a": 2.0})


def test_items_are_those_of_the_answer_that_counts(traced):
    body = "yield 1 - data['labels'][:60] * 0\nyield 0 * data['labels']"
    record = traced(body, problem="toy_prediction")
    assert record.status == "ok"
    right = unpack(record.items)
    assert len(right) == 60
    assert record.cost == pytest.approx(1 - right.mean())
    assert traced("yield 1 + 0 * data['labels']", problem="toy_prediction").items == pack(~right)


def test_a_problem_without_items_leaves_none(traced):
    assert traced("yield 0").items == ""


def test_a_wrong_answer_has_no_items(traced):
    assert traced("yield 0", problem="toy_prediction").items == ""
