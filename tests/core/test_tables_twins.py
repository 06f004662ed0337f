"""Tables made for whole columns against their naive twins, on random boards with every oddity."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness import tables
from harness.record import STATUSES

from . import naive_tables
from .test_tables import BLANK, frame_of

NUMBER = st.sampled_from([None, 0.0, 1.0, -2.0, 3.5, 1e-9, 1e12]) | st.floats(-10, 10)
FLAGS = st.lists(
    st.sampled_from(["warm: 3 times", "warm: 4 times", "warm", "news: of later", "clock: 3 %"]),
    max_size=3,
)
ROW = st.fixed_dictionaries(
    {
        "problem": st.sampled_from(["tour", "tour", "clique"]),
        "kind": st.sampled_from(["trace", "trace", "timing"]),
        "label": st.sampled_from(["a", "b", "c[x=1]"]),
        "case": st.sampled_from(["small", "big"]),
        "instance": st.sampled_from(["d1", "d2"]),
        "run": st.sampled_from(["r1", "r2"]),
        "role": st.sampled_from(["baseline", "paper"]),
        "status": st.sampled_from(["ok", "ok", "ok", *STATUSES]),
        "message": st.sampled_from(["", "m1", "m2"]),
        "seed": st.none() | st.integers(0, 4),
        "optimum": NUMBER,
        "why": st.sampled_from(["", "finished"]),
        "flags": FLAGS,
        "values": st.lists(st.floats(0, 10), max_size=4),
        "trace": st.lists(
            st.tuples(st.floats(0, 9), st.integers(0, 9), st.floats(-3, 3)), max_size=4
        ),
        **dict.fromkeys(("cost", "seconds", "cpu", "wall", "precision"), NUMBER),
        **dict.fromkeys(("memory", "instructions"), st.none() | st.integers(0, 2**53)),
    }
)


def same(made, naive):
    """Sums in another order may differ in their last digits; nothing else may."""
    naive = naive.reindex(columns=made.columns) if naive.empty else naive
    pd.testing.assert_frame_equal(made, naive, check_dtype=False, rtol=1e-12, atol=1e-12)


def compare(frame):
    traces, timings = (tables.of_kind(frame, kind) for kind in ("trace", "timing"))
    same(tables.trace_points(traces), naive_tables.trace_points(traces))
    same(tables.timing_values(timings), naive_tables.timing_values(timings))
    for problem in ("tour", "clique", "nothing"):
        same(tables.cases(frame, problem), naive_tables.cases(frame, problem))
        same(tables.flags(frame, problem), naive_tables.flags(frame, problem))


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(ROW, max_size=25))
def test_the_same_as_group_by_group(rows):
    compare(frame_of(*rows))


def board(solvers=9, cases=13, seeds=7):
    """A larger board, with failures, gaps, ties and costs of very different size."""
    rng = np.random.default_rng(5)
    for case in range(cases):
        for solver in rng.permutation(solvers):
            known = {"label": f"s{solver}", "case": f"c{case}", "instance": f"d{case}"}
            for seed in range(seeds):
                fate = rng.random()
                row = {"cost": float(rng.choice([1.0, 2.0, 10.0**case])), "seed": seed}
                row |= {"status": "timeout" if fate < 0.2 else "ok", "message": f"at {fate:.2f}"}
                row |= {"cost": None} if fate < 0.1 else {}
                row |= {"seconds": float(rng.lognormal()), "trace": rng.random((seed, 3)).tolist()}
                row |= {"flags": [f"warm: {fate:.3f}"]} if fate > 0.9 else {}
                yield {**known, **row}
            if rng.random() < 0.7:
                values = rng.lognormal(size=rng.integers(0, 20)).tolist()
                yield {**known, "kind": "timing", "seed": None, "values": values}


def test_the_same_on_a_board_of_many_cells():
    compare(frame_of(*board()))


def test_the_order_of_other_rows_changes_no_row_of_the_cases():
    rows = list(board(4, 5, 3))
    order = np.random.default_rng(1).permutation(len(rows))
    # Within a cell the first failure tells its message, so runs stay in the order of seeds.
    mixed = sorted(
        (rows[i] for i in order), key=lambda row: -1 if row["seed"] is None else row["seed"]
    )
    one, two = (tables.cases(frame_of(*each), "tour") for each in (rows, mixed))
    by = ["case", "label"]
    columns = one.columns.drop("flags")
    one, two = (each.sort_values(by, ignore_index=True)[columns] for each in (one, two))
    pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize("factor", [2.0, 0.125])
def test_cases_follow_the_scale_of_costs_and_times(factor):
    def scaled(row):
        row = {**BLANK, **row}
        new = {
            name: None if row[name] is None else row[name] * factor for name in ("cost", "seconds")
        }
        return {**row, **new, "values": [value * factor for value in row["values"]]}

    rows = list(board(3, 4, 3))
    names = ["cost_mean", "cost_min", "cost_max", "gap", "best", "seconds", "low", "high", "traced"]
    one = tables.cases(frame_of(*rows), "tour")
    two = tables.cases(frame_of(*map(scaled, rows)), "tour")
    # Powers of two change no digit.
    pd.testing.assert_frame_equal(one[names] * factor, two[names])
    pd.testing.assert_series_equal(one["ratio"], two["ratio"])
