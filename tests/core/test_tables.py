"""The frames made of results: one reference per instance, one machine, one record per run."""

import math
from itertools import count

import numpy as np
import pandas as pd
import pytest

from harness import tables
from harness.record import FLAGS, STATUSES
from harness.selectors import Misuse
from harness.store import Results
from harness.tables import cases, current, of_kind, records, select, status_counts, trace_points

BLANK = {
    "kind": "trace",
    "problem": "tour",
    "solver": "a",
    "label": "a",
    "role": "solver",
    "parameters": {},
    "case": "small",
    "instance": "d-small",
    "sizes": {"n": 10},
    "seed": 0,
    "status": "ok",
    "message": "",
    "cost": 1.0,
    "scores": {},
    "optimum": None,
    "seconds": 0.5,
    "cpu": 0.5,
    "wall": 0.6,
    "memory": 1000,
    "threads": 1,
    "calls": 1,
    "answers": 1,
    "why": "finished",
    "trace": [],
    "values": [],
    "budget": {},
    "environment": "e",
    "key": "",
    "schema": 1,
}


def results(*rows, **machine_of):
    """Results of records that differ from `BLANK` as told; runs are on the machine "box"."""
    moments = count()
    made = [
        {**BLANK, "run": "r1", "started": f"2026-01-01T00:{next(moments):02d}", **row}
        for row in rows
    ]
    names = {row["run"] for row in made}
    return Results({name: {"machine": machine_of.get(name, "box")} for name in names}, made)


def frame_of(*rows, **machine_of):
    return current(records(results(*rows, **machine_of)))


def column(frame, name):
    """A column as a list by label, with None for NaN."""
    values = frame.set_index("label")[name]
    return {label: None if pd.isna(value) else value for label, value in values.items()}


# --- the reference -----------------------------------------------------------------------------


def test_the_reference_is_the_least_cost_of_anybody():
    frame = frame_of(
        {"label": "a", "cost": 6.0},
        {"label": "b", "cost": 4.0},
        {"label": "c", "cost": 5.0, "status": "timeout"},
        {"label": "d", "cost": None, "status": "crashed"},
    )
    assert set(frame["best"]) == {4.0}
    assert column(frame, "ratio") == {"a": 1.5, "b": 1.0, "c": 1.25, "d": None}
    assert column(frame, "gap") == {"a": 2.0, "b": 0.0, "c": 1.0, "d": None}
    assert column(frame, "failed") == {"a": False, "b": False, "c": True, "d": True}


def test_an_answer_in_a_run_that_timed_out_may_be_the_best():
    frame = frame_of({"label": "a", "cost": 6.0}, {"label": "b", "cost": 3.0, "status": "timeout"})
    assert set(frame["best"]) == {3.0}


def test_the_cost_of_an_invalid_run_counts_nowhere():
    frame = frame_of({"label": "a", "cost": 6.0}, {"label": "b", "cost": 2.0, "status": "invalid"})
    assert set(frame["best"]) == {6.0}
    assert column(frame, "ratio") == {"a": 1.0, "b": None}
    assert column(frame, "gap") == {"a": 0.0, "b": None}


def test_the_exact_optimum_is_the_reference_where_it_is_known():
    frame = frame_of(
        {"label": "a", "cost": 6.0, "optimum": 3.0},
        {"label": "b", "cost": 4.0},
        {"label": "c", "cost": 8.0, "instance": "other"},
    )
    assert column(frame, "best") == {"a": 3.0, "b": 3.0, "c": 8.0}
    assert column(frame, "ratio") == {"a": 2.0, "b": pytest.approx(4 / 3), "c": 1.0}


def test_the_reference_is_per_problem_and_instance():
    frame = frame_of(
        {"label": "a", "cost": 6.0},
        {"label": "b", "cost": 4.0, "instance": "d-other"},
        {"label": "c", "cost": 3.0, "problem": "clique"},
    )
    assert column(frame, "best") == {"a": 6.0, "b": 4.0, "c": 3.0}


def test_the_reference_may_come_from_another_machine_or_an_older_run():
    rows = [
        {"label": "a", "cost": 2.0, "run": "r1"},  # on the other machine
        {"label": "a", "cost": 3.0, "run": "r2"},  # replaced by r3
        {"label": "a", "cost": 4.0, "run": "r3"},
    ]
    frame = frame_of(*rows, r1="other")
    assert frame["cost"].tolist() == [4.0]
    assert frame["best"].tolist() == [2.0]
    assert frame_of(*rows[1:])["best"].tolist() == [3.0]


@pytest.mark.parametrize(
    ("cost", "best", "ratio", "gap"),
    [
        (0.0, 0.0, 1.0, 0.0),
        (2.0, 0.0, float("inf"), 2.0),  # a solver that misses zero is not let off
        (2.0, -2.0, None, 4.0),
        (-2.0, -2.0, None, 0.0),
        (0.0, -2.0, None, 2.0),
        (3.0, 2.0, 1.5, 1.0),
    ],
)
def test_zero_and_negative_costs(cost, best, ratio, gap):
    frame = frame_of({"cost": cost, "optimum": best, "trace": [[0.1, 1, cost]]})
    for made in (frame, trace_points(frame)):
        assert column(made, "ratio") == {"a": ratio}
        assert column(made, "gap") == {"a": gap}


# --- which records count -----------------------------------------------------------------------


def test_a_later_run_replaces_an_earlier_one():
    rows = [
        {"run": "r2", "cost": 2.0},
        {"run": "r1", "cost": 1.0},
        {"run": "r1", "cost": 3.0, "seed": 1},
    ]
    frame = frame_of(*rows)
    assert [tuple(row) for row in frame[["seed", "cost"]].to_numpy()] == [(1, 3.0), (0, 2.0)]
    assert frame.index.tolist() == [0, 1]


def test_within_a_run_the_later_line_counts_whatever_the_clock_said():
    """A clock that is set back inside a run does not change which record counts."""
    rows = [{"cost": 2.0, "started": "2026-01-02"}, {"cost": 1.0, "started": "2026-01-01"}]
    assert frame_of(*rows)["cost"].tolist() == [1.0]
    assert frame_of(*reversed(rows))["cost"].tolist() == [2.0]


def test_a_clock_set_back_between_many_lines_and_runs():
    """More rows than a sort that is not stable keeps in order, of two runs in any order."""
    rows = [
        {
            "run": run,
            "seed": seed,
            "cost": float(place),
            "started": f"2026-01-{31 - place % 28:02d}",
        }
        for run in ("r2", "r1")
        for place in range(100)
        for seed in (place % 3,)
    ]
    frame = frame_of(*rows)
    assert dict(zip(frame["seed"], frame["cost"], strict=True)) == {0: 99.0, 1: 97.0, 2: 98.0}
    assert set(frame["run"]) == {"r2"}


def test_a_later_failure_replaces_an_earlier_success():
    frame = frame_of({"run": "r1"}, {"run": "r2", "status": "raised", "cost": None})
    assert frame["status"].tolist() == ["raised"]


def test_timings_without_a_seed_replace_each_other():
    row = {"kind": "timing", "seed": None}
    frame = frame_of({**row, "run": "r1", "seconds": 1.0}, {**row, "run": "r2", "seconds": 2.0})
    assert frame["seconds"].tolist() == [2.0]


@pytest.mark.parametrize("before", ["", "d-before-an-edit"])
def test_a_later_run_counts_whatever_the_case_was_made_into_before(before):
    """A row that was skipped, or of an older content of the case, does not stay beside it."""
    frame = frame_of({"instance": before, "status": "skipped"}, {"run": "r2"})
    assert frame["status"].tolist() == ["ok"]


@pytest.mark.parametrize("name", ["kind", "problem", "label", "case", "seed"])
def test_runs_that_differ_do_not_replace_each_other(name):
    other = {"kind": "timing", "seed": 1}.get(name, "other")
    assert len(frame_of({}, {"run": "r2", name: other})) == 2


def test_what_a_later_run_kept_counts_as_of_that_run():
    """r1 was resumed in r3, while r2 had been run with another source."""
    rows = [{"run": run, "key": f"k-{run}", "cost": float(run[1])} for run in ("r1", "r2", "r4")]

    def chosen(count, **kept):
        loaded = results(*rows[:count])
        loaded.runs |= {run: {"machine": "box", "kept": told} for run, told in kept.items()}
        assert records(loaded)["run"].tolist() == [row["run"] for row in rows[:count]]
        (cost,) = current(records(loaded))["cost"]
        return cost

    assert chosen(2) == 2.0
    assert chosen(2, r3={"r1": ["k-r1"]}) == 1.0
    assert chosen(2, r3={"r1": ["k-r1"]}, r5={"r2": ["k-r2"]}) == 2.0
    assert chosen(3, r3={"r1": ["k-r1"]}) == 4.0
    for nonsense in ({"r1": ["k-r2"]}, {"r1": "k-r1"}, ["r1"], {"r9": ["k-r1"]}, {"r1": [1, None]}):
        assert chosen(2, r3=nonsense) == 2.0, nonsense
    assert chosen(2, r0={"r1": ["k-r1"]}) == 2.0, "what was kept before is not later"
    loaded = results(*rows[:2], r1="elsewhere")
    loaded.runs["r3"] = {"machine": "box", "kept": {"r1": ["k-r1"]}}
    assert records(loaded)["as_of"].tolist() == ["r1", "r2"], "another machine's"


def test_the_machine_of_the_latest_run_is_that_of_the_latest_resume():
    loaded = results({"run": "r1", "key": "k"}, {"run": "r2"}, r1="old", r2="new")
    loaded.runs["r3"] = {"machine": "old", "kept": {"r1": ["k"]}}
    assert tables.machines(records(loaded)) == ["old", "new"]


def test_machines_are_never_mixed():
    rows = [{"run": "r1"}, {"run": "r2", "label": "b"}, {"run": "r3"}, {"run": "r4", "label": "c"}]
    loaded = records(results(*rows, r1="old", r2="new", r3="old", r4="new"))
    assert tables.machines(loaded) == ["new", "old"]
    assert current(loaded)["label"].tolist() == ["b", "c"]
    assert current(loaded, "new")["label"].tolist() == ["b", "c"]
    assert current(loaded, "old")["run"].tolist() == ["r3"]


def test_an_unknown_machine_is_answered_with_the_nearest():
    loaded = records(results({"run": "r1"}, {"run": "r2"}, r1="laptop", r2="server-7"))
    with pytest.raises(Misuse, match=r"'labtop'; did you mean laptop\?"):
        current(loaded, "labtop")
    with pytest.raises(Misuse, match="'zzz'; there are server-7, laptop"):
        current(loaded, "zzz")


def test_a_header_without_a_machine():
    loaded = Results({"r1": {}}, [{**BLANK, "run": "r1", "started": ""}])
    assert tables.machines(records(loaded)) == ["unknown"]


def test_records_have_every_column_and_numbers_are_floats():
    frame = records(results({}, {"cost": None, "memory": None, "seconds": 3, "threads": None}))
    assert frame.columns.tolist() == list(tables.COLUMNS)
    for name in ("cost", "optimum", "seconds", "cpu", "wall", "memory", "threads", "calls"):
        assert frame[name].dtype == float, name
    for name in ("precision", "instructions", "waited", "drift"):
        assert frame[name].dtype == float, name
    assert frame.loc[0, "sizes"] == {"n": 10}
    assert records(results({"seed": 2**63 - 1}))["seed"].tolist() == [2**63 - 1]
    assert records(results({}, {"seed": None}))["seed"].dtype == float


def test_what_is_given_is_not_changed():
    loaded = records(results({}, {"seed": 1}))
    before = loaded.copy()
    current(loaded)
    pd.testing.assert_frame_equal(loaded, before)


def test_records_of_before_flags_and_counters_lack_them():
    """What nobody counted is NaN and not zero; flags are an empty list."""
    frame = records(results({}, {"instructions": 0, "flags": ["warm: 3 times"], "verified": False}))
    for name in ("precision", "instructions", "waited", "drift"):
        assert math.isnan(frame.loc[0, name]), name
    assert frame.loc[1, "instructions"] == 0
    assert frame["flags"].tolist() == [[], ["warm: 3 times"]]
    assert frame.loc[1, "verified"] is False
    assert frame.loc[0, "verified"] is None or math.isnan(frame.loc[0, "verified"])


# --- flags -------------------------------------------------------------------------------------

TIMING = {"kind": "timing", "seed": None}


def test_flags_are_counted_by_solver():
    frame = frame_of(
        {"flags": ["threads: 4 of 1 allowed", "disturbed: load 3"]},
        {"seed": 1, "flags": ["threads: 2 of 1 allowed"]},
        {"seed": 2},
        {**TIMING, "flags": ["disturbed: load 5", "unstable: 12 % after 10 s"]},
        {**TIMING, "case": "big"},
        {"label": "b"},
        {"label": "c", "flags": ["news: of a later version", "clock: 3 %", "clock: twice"]},
        {"label": "d", "problem": "clique", "flags": ["warm: 9 times"]},
    )
    found = tables.flags(frame, "tour")
    assert found.columns.tolist() == ["label", "flag", "rows", "of", "kind", "example"]
    assert [tuple(row) for row in found.itertuples(index=False)] == [
        ("a", "threads", 2, 3, "trace", "4 of 1 allowed"),
        ("a", "disturbed", 2, 5, "", "load 3"),
        ("a", "unstable", 1, 2, "timing", "12 % after 10 s"),
        ("c", "clock", 1, 1, "trace", "twice"),
        ("c", "news", 1, 1, "trace", "of a later version"),
    ]


@pytest.mark.parametrize(
    ("said", "name", "sentence"),
    [
        ("warm: 3 times: really", "warm", "3 times: really"),
        ("warm", "warm", FLAGS["warm"]),
        ("warm: ", "warm", FLAGS["warm"]),
        ("news", "news", ""),
        ("", "", ""),
    ],
)
def test_a_flag_is_a_name_and_a_sentence(said, name, sentence):
    assert tables.flag(said) == (name, sentence)


def test_cases_unite_the_flags_of_traces_and_timing():
    frame = frame_of(
        {"flags": ["disturbed: load 3"]},
        {"seed": 1, "flags": ["disturbed: load 4"]},
        {**TIMING, "flags": ["unstable: 12 %", "disturbed: load 5"]},
        {"case": "big", "instance": "d-big"},
        {**TIMING, "case": "big", "label": "b", "flags": ["unstable: of another solver"]},
    )
    small, big = cases(frame, "tour")["flags"]
    assert small == [
        {"flag": "disturbed", "rows": 3, "example": "load 3"},
        {"flag": "unstable", "rows": 1, "example": "12 %"},
    ]
    assert big == []


def test_cases_tell_the_counters_and_how_the_timing_ended():
    frame = frame_of(
        {"cpu": 1.0, "wall": 2.0, "instructions": 100},
        {"seed": 1, "cpu": 3.0, "wall": 6.0, "instructions": None},
        {"seed": 2, "cpu": 99.0, "wall": 99.0, "instructions": 999, "status": "timeout"},
        {**TIMING, "precision": 0.03, "why": "precise", "values": [1.0]},
        {"label": "b", "cpu": None, "wall": None},
    )
    a, b = cases(frame, "tour").to_dict("records")
    assert (a["cpu"], a["wall"], a["instructions"]) == (2.0, 4.0, 100.0)
    assert (a["precision"], a["why"]) == (0.03, "precise")
    assert all(math.isnan(b[name]) for name in ("cpu", "wall", "instructions", "precision"))
    assert b["why"] == ""


# --- limits that differ ------------------------------------------------------------------------

MINUTE = {"timeout": 60.0, "threads": 1}


def said(*rows):
    return tables.mixed_limits(frame_of(*rows), "tour")


def test_a_board_with_one_set_of_limits_says_nothing():
    assert said() == []
    assert said({"budget": MINUTE}, {"budget": dict(MINUTE), "label": "b"}) == []
    assert said({}, {"label": "b"}) == []
    timing = {"kind": "timing", "seed": None, "budget": {**MINUTE, "effort": {"rounds": 5}}}
    skipped = {"budget": {"timeout": 1.0}, "label": "b", "status": "skipped"}
    elsewhere = {"budget": {"timeout": 1.0}, "problem": "clique"}
    assert said({"budget": MINUTE}, timing, skipped, elsewhere) == []


def test_limits_that_differ_are_named_with_those_who_had_them():
    longer = {"timeout": 600.0, "threads": 1}
    rows = [{"budget": MINUTE, "label": label, "seed": i} for label in "ab" for i in range(3)]
    rows.append({"budget": longer, "label": "b", "seed": 2, "run": "r2"})  # run again by itself
    assert said(*rows) == [
        "Not all runs had the same limits: timeout 60 s (a, b: 5 runs); timeout 600 s (b: 1 run)."
    ]
    assert said({}, {"budget": {"answers": 5}, "seed": 1}) == [
        "Not all runs had the same limits: none (a: 1 run); answers 5 (a: 1 run)."
    ]


def test_many_limits_of_many_solvers_are_cut_short():
    rows = [{"budget": {"calls": i // 9}, "label": f"s{i}"} for i in range(60)]
    (sentence,) = said(*rows, {"budget": {"x" * 10**5: "y" * 10**5}, "label": "z"})
    assert "calls 0 (s0, s1, s2, s3 and 5 more: 9 runs)" in sentence
    assert sentence.endswith("; and 4 more.")
    assert len(sentence) < 500
    (sentence,) = said({"budget": {"\n": {"a": [1]}}}, {"budget": {"b": True}, "seed": 1})
    assert sentence.isprintable()


# --- what is derived ---------------------------------------------------------------------------


def test_trace_points():
    frame = frame_of(
        {"trace": [[0.1, 1, 9.0], [0.2, 5, 6.0]], "cost": 6.0},
        {"label": "b", "seed": 3, "trace": [[0.5, 2, 3.0]], "cost": 3.0},
        {"label": "c", "status": "crashed", "cost": None},
    )
    points = trace_points(frame)
    assert points.columns.tolist() == [
        *("problem", "label", "case", "seed", "seconds", "calls", "cost", "ratio", "gap")
    ]
    assert [tuple(row) for row in points.itertuples(index=False)] == [
        ("tour", "a", "small", 0, 0.1, 1, 9.0, 3.0, 6.0),
        ("tour", "a", "small", 0, 0.2, 5, 6.0, 2.0, 3.0),
        ("tour", "b", "small", 3, 0.5, 2, 3.0, 1.0, 0.0),
    ]


def test_timing_values():
    timing = {"kind": "timing", "seed": None}
    frame = frame_of(
        {},
        {**timing, "values": [0.25, 0.5]},
        {**timing, "label": "b", "values": [], "status": "crashed"},
        {**timing, "label": "c", "values": [2]},
    )
    values = tables.timing_values(of_kind(frame, "timing"))
    assert [tuple(row) for row in values.itertuples(index=False)] == [
        ("tour", "a", "small", 0.25),
        ("tour", "a", "small", 0.5),
        ("tour", "c", "small", 2.0),
    ]
    assert values["seconds"].dtype == float


def test_status_counts_have_every_status():
    rows = [{"label": "a", "seed": i, "status": status} for i, status in enumerate(STATUSES)]
    rows += [{"label": "b", "seed": i} for i in range(3)]
    counts = status_counts(frame_of(*rows))
    assert counts.columns.tolist() == list(STATUSES)
    assert counts.loc["a"].tolist() == [1] * len(STATUSES)
    others = [0] * (len(STATUSES) - 1)
    assert counts.loc["b"].tolist() == [3, *others]
    assert status_counts(frame_of({})).loc["a"].tolist() == [1, *others]


def test_size_of():
    frame = frame_of({"sizes": {"n": 10, "k": 2}}, {"seed": 1, "sizes": {"n": 20}})
    assert tables.size_of(frame, "n").tolist() == [10.0, 20.0]
    assert tables.size_of(frame, "k").fillna(-1).tolist() == [2.0, -1.0]


def test_cases_worked_by_hand():
    frame = frame_of(
        {"seed": 0, "cost": 6.0, "seconds": 1.0, "memory": 100},
        {"seed": 1, "cost": 9.0, "seconds": 3.0, "memory": 300},
        {"seed": 2, "cost": 30.0, "seconds": 9.0, "memory": 200, "status": "timeout"}
        | {"message": "stopped after 9 s"},
        {"kind": "timing", "seed": None, "seconds": 2.0, "values": [1.0, 2.0, 3.0], "cost": 4.0},
        {"label": "b", "role": "floor", "cost": 3.0, "memory": None},
        {"label": "b", "case": "big", "instance": "d-big", "cost": 5.0, "optimum": 5.0},
        {"label": "c", "cost": None, "status": "raised", "message": "E: no"},
        {"problem": "clique", "label": "d", "cost": 1.0},
    )
    table = cases(frame, "tour").set_index(["case", "label"])
    assert table.index.tolist() == [("small", "a"), ("small", "b"), ("big", "b"), ("small", "c")]
    a = table.loc["small", "a"]
    assert (a["role"], a["runs"], a["ok"], a["best"]) == ("solver", 3, 2, 3.0)
    assert (a["cost_mean"], a["cost_min"], a["cost_max"]) == (7.5, 6.0, 9.0)
    assert (a["ratio"], a["gap"]) == (2.5, 4.5)  # means of 2 and 3, of 3 and 6
    assert (a["seconds"], a["low"], a["high"]) == (2.0, 1.05, 2.95)  # 2.5 % of the way in
    assert (a["traced"], a["memory"]) == (2.0, 300.0)
    assert a["message"] == "timeout: stopped after 9 s"
    b = table.loc["small", "b"]
    assert (b["role"], b["runs"], b["ok"], b["ratio"], b["message"]) == ("floor", 1, 1, 1.0, "")
    assert all(math.isnan(b[name]) for name in ("seconds", "low", "high"))
    c = table.loc["small", "c"]
    assert (c["runs"], c["ok"], c["message"]) == (1, 0, "raised: E: no")
    assert all(math.isnan(c[name]) for name in ("cost_mean", "cost_min", "ratio", "traced"))


def test_cases_tell_of_a_timing_that_failed():
    failed = {"kind": "timing", "seed": None, "status": "crashed", "message": "signal 9"}
    frame = frame_of({}, {**failed, "seconds": None})
    (row,) = cases(frame, "tour").to_dict("records")
    assert row["message"] == "timing crashed: signal 9"
    assert math.isnan(row["seconds"])


def test_select():
    frame = frame_of({}, {"problem": "clique"}, {"problem": "cover"})
    assert select(frame, [])["problem"].tolist() == ["tour", "clique", "cover"]
    assert select(frame, ["cover", "tour"])["problem"].tolist() == ["tour", "cover"]
    with pytest.raises(Misuse, match=r"no results of 'clik'; did you mean clique\?"):
        select(frame, ["tour", "clik"])
    with pytest.raises(Misuse, match="'zzz'; there are results of tour, clique, cover"):
        select(frame, ["zzz"])


def test_nothing_is_a_frame_too():
    frame = current(records(Results()))
    assert {"best", "failed", "ratio", "gap", *tables.COLUMNS} <= set(frame.columns)
    assert tables.machines(frame) == []
    traces, timings = of_kind(frame, "trace", "tour"), of_kind(frame, "timing")
    assert status_counts(traces).columns.tolist() == list(STATUSES)
    for made in (
        trace_points(traces),
        tables.timing_values(timings),
        tables.size_of(traces, "n"),
        cases(frame, "tour"),
        tables.flags(frame, "tour"),
        select(frame, []),
        status_counts(traces),
    ):
        assert len(made) == 0
    assert "ratio" in trace_points(traces)
    with pytest.raises(Misuse, match="'tour'; there are results of none"):
        select(frame, ["tour"])


@pytest.mark.parametrize("kind", ["trace", "timing"])
def test_results_of_one_kind_only(kind):
    frame = frame_of({"kind": kind, "seed": None, "values": [1.0], "trace": [[0.1, 1, 1.0]]})
    assert len(trace_points(of_kind(frame, "trace"))) == (kind == "trace")
    assert len(tables.timing_values(of_kind(frame, "timing"))) == (kind == "timing")
    assert len(cases(frame, "tour")) == (kind == "trace")
    assert np.isfinite(frame["ratio"]).all()
