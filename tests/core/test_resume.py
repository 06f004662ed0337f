"""What is there already is told from the records, whatever else the store says."""

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.executors.local import Options, settled
from harness.plan import blank, instance, make_plan
from harness.resume import survey
from harness.run import Budget
from harness.store import Results
from harness.timing import Effort

from .test_store import CHANGES, JSON

UNTIMED = Options(effort=None)
TIMED = Options(effort=Effort(2, 1))


@pytest.fixture(scope="module")
def plan(toys):
    """Two solvers on one case with two seeds."""
    return make_plan(toys, "toy_batch", [], ["uniform"], None, 2, Budget())


def stored(records, **header):
    """Results of one run with these records."""
    rows = [
        {**json.loads(json.dumps(dataclasses.asdict(each))), "run": "r1", "line": i}
        for i, each in enumerate(records, 1)
    ]
    return Results({"r1": {"schema": 1, "machine": "here", **header}}, rows)


def done(plan, options, timings=False, **facts):
    """The records of a plan as if it had been run."""
    plan = settled(plan, options)
    case = plan.cases[0]
    made = instance(plan, case)
    pairs = [(who, seed, "trace") for who in plan.contestants for seed in plan.seeds]
    pairs += [(who, None, "timing") for who in plan.contestants if timings]
    ok = {"status": "ok", "cost": 1.0, "seconds": 0.1, **facts}
    return [
        dataclasses.replace(blank(plan, who, case, made, seed, kind), **ok)
        for who, seed, kind in pairs
    ]


def states(found):
    """(label, seed) -> whether it is there."""
    return {(item.planned.label, item.planned.seed): item.there is not None for item in found.items}


def test_all_that_was_done_is_there(plan):
    found = survey([plan], TIMED, stored(done(plan, TIMED, timings=True)), "here")
    assert found.missing == 0
    assert len(found.kept) == len(found.items) == 6
    assert [item.why for item in found.items] == ["in r1"] * 6
    assert [item.planned.seed for item in found.items] == [0, 1, 0, 1, None, None]


def test_nothing_of_another_machine_is(plan):
    found = survey([plan], UNTIMED, stored(done(plan, UNTIMED)), "there")
    assert found.kept == {}
    assert {item.why for item in found.items} == {"only run on another machine"}


def test_a_timing_is_planned_where_a_traced_run_ended_well_or_may_yet(plan):
    for facts, planned in (({}, 2), ({"status": "raised"}, 0)):
        found = survey([plan], TIMED, stored(done(plan, TIMED, **facts)), "here")
        assert sum(item.planned.kind == "timing" for item in found.items) == planned
    found = survey([plan], TIMED, Results(), "here")
    assert sum(item.planned.kind == "timing" for item in found.items) == 2


def test_a_timing_that_was_too_dear_is_decided_again_where_a_trace_is_missing(plan):
    records = done(plan, TIMED, timings=True)
    for each in records:
        if each.kind == "timing":
            each.status, each.message, each.seconds = "skipped", "one solve takes 9 s", None
    assert survey([plan], TIMED, stored(records), "here").missing == 0
    found = states(survey([plan], TIMED, stored(records[1:]), "here"))
    first, second = (who.label for who in plan.contestants)
    assert found == {
        (first, 0): False,
        (first, 1): True,
        (second, 0): True,
        (second, 1): True,
        (first, None): False,
        (second, None): True,
    }


def test_threads_decide_and_the_order_and_the_number_of_jobs_do_not(plan):
    loaded = stored(done(plan, UNTIMED))
    assert survey([plan], Options(2, 1, None, 7), loaded, "here").missing == 0
    found = survey([plan], Options(threads=2, effort=None), loaded, "here")
    assert {item.why for item in found.items} == {"limits changed: threads 1 -> 2"}


def test_the_latest_record_says_why(plan):
    old = done(dataclasses.replace(plan, timeout=10.0), UNTIMED)
    new = done(dataclasses.replace(plan, timeout=20.0), UNTIMED)
    found = survey([plan], UNTIMED, stored([*old, *new]), "here")
    assert {item.why for item in found.items} == {"limits changed: timeout 20 -> 60"}


def test_what_is_there_but_is_not_what_tables_show_is_told(plan):
    old, new = done(plan, UNTIMED), done(dataclasses.replace(plan, timeout=20.0), UNTIMED)
    found = survey([plan], UNTIMED, stored([*old, *new[:1]]), "here")
    assert found.missing == 0
    assert [item.hidden for item in found.items] == [True, False, False, False]
    found = survey([plan], UNTIMED, stored([*new, *old]), "here")
    assert not any(item.hidden for item in found.items)


def test_a_record_of_the_same_key_about_something_else_is_not_taken(plan):
    records = done(plan, UNTIMED)
    for each in records:
        each.label = "somebody else"
    found = survey([plan], UNTIMED, stored(records), "here")
    assert found.kept == {}
    assert {item.why for item in found.items} == {"never run here"}


def test_records_that_tell_no_sources_are_stale(plan):
    records = done(plan, UNTIMED)
    for each in records:
        each.sources, each.key = {}, "0" * 32
    found = survey([plan], UNTIMED, stored(records), "here")
    assert {item.why for item in found.items} == {
        "the record does not tell its source; the record does not tell the problem's source"
    }


@settings(max_examples=40)
@given(changes=CHANGES, header=st.dictionaries(st.sampled_from(["sources", "x"]), JSON), key=JSON)
def test_whatever_a_store_tells(plan, changes, header, key):
    """Records that pass the reader, with other facts, and headers that say anything."""
    from harness.fields import record_of

    records = stored(done(plan, UNTIMED), **header)
    records.runs["r1"].setdefault("sources", {"old": key})
    for record in records.records:
        record["key"], record["sources"] = "another", {"solver": "old", "problem": "old"}
        changed = {**record, **dict(changes)}
        try:
            record.update(record_of(json.dumps(changed).encode()))
        except ValueError:
            continue
    found = survey([plan], UNTIMED, records, "here")
    assert len(found.items) == 4
    assert all(item.why for item in found.items)
    json.dumps([item.as_json() for item in found.items])
