"""Records in columns: what goes in comes out, in little room."""

import dataclasses
import json
import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.columns import Records
from harness.fields import FIELDS, default, record_of

from .test_store import CHANGES, record


def row(seed=0, **facts):
    return {**dataclasses.asdict(record(seed, **facts)), "run": "r1", "line": 7}


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(CHANGES, max_size=6))
def test_what_passes_the_reader_comes_out_as_it_went_in(changed):
    kept = []
    for line, changes in enumerate(changed):
        text = json.dumps({**dataclasses.asdict(record(1)), **dict(changes)})
        try:
            kept.append({**record_of(text.encode()), "run": "r1", "line": line})
        except ValueError:
            continue
    made = Records(kept)
    assert len(made) == len(kept)
    assert list(made) == kept
    assert [made[i] for i in range(-len(kept), 0)] == kept
    assert made == kept
    assert made[1:] == kept[1:]
    for one, two in zip(made, kept, strict=True):
        for name in ("parameters", "sizes", "budget", "scores", "flags", "verified", "message"):
            assert repr(one[name]) == repr(two[name]), "1 is not 1.0, nor true"


@pytest.mark.parametrize("count", [1, 255, 256, 257, 3000])
def test_many_records(count):
    rows = [
        row(
            i,
            cost=i / 7,
            message=f"m{i % 5}",
            scores={"a": float(i)},
            trace=[[i, 0, 1.0]] * (i % 3),
        )
        for i in range(count)
    ]
    made = Records()
    given = ((each["line"], tuple(each[name] for name in FIELDS)) for each in rows)
    made.extend("r1", given)
    assert list(made) == rows
    assert made[count - 1] == rows[-1]
    with pytest.raises(IndexError):
        made[count]
    assert made.floats("cost").tolist() == [i / 7 for i in range(count)]
    assert [len(one) for one in made.arrays("trace")] == [i % 3 for i in range(count)]
    assert all(one.shape[1] == 3 for one in made.arrays("trace"))


def test_null_is_nan_among_floats_and_integers_are_exact():
    made = Records([row(cost=None, memory=None), row(1, cost=2.0, memory=2**63 - 1)])
    assert math.isnan(made.floats("cost")[0])
    assert math.isnan(made.floats("memory")[0])
    assert made[1]["memory"] == 2**63 - 1
    assert made.integers("seed").dtype == np.int64
    assert made.integers("memory").dtype == float
    assert Records([row(2**63 - 1)]).integers("seed").tolist() == [2**63 - 1]


def test_no_records():
    made = Records()
    assert made == []
    assert made != [row()]
    assert (
        made.floats("cost").tolist() == made.arrays("trace") == made.objects("run").tolist() == []
    )
    assert list(made) == made[:] == []


def test_what_is_given_out_can_not_change_the_records():
    made = Records([row(), row(1)])
    for one in (made[0], next(iter(made))):
        one["parameters"]["min_gain"] = one["flags"] = 3
        one["trace"].append([1, 1, 1])
        one["scores"].clear()
    assert made == [row(), row(1)]
    for array in (made.floats("cost"), made.arrays("trace")[0], made.objects("run")):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    assert list(made) == [made[0], made[1]] == [row(), row(1)]
    with pytest.raises(ValueError, match="none can be appended"):
        made.extend("r1", [(1, tuple(row()[name] for name in FIELDS))])
    assert made == [row(), row(1)]


def test_what_a_row_lacks_has_its_default():
    full = row()
    for name in FIELDS:
        less = {key: value for key, value in full.items() if key != name}
        expected = default(name)
        if name in ("kind", "sizes", "parameters"):
            continue  # a record without those is none
        assert Records([less])[0][name] == expected, name


def test_records_that_resemble_each_other_take_little_room():
    """Counted in bytes that Python allocates, which no clock nor chance can change."""
    lines = [json.dumps(dataclasses.asdict(record(i, scores={"gap": i / 3}))) for i in range(2000)]
    tracemalloc.start()
    try:
        made = Records()
        made.extend("r1", ((1, tuple(record_of(line.encode()).values())) for line in lines))
        kept = tracemalloc.get_traced_memory()[0] / len(lines)
        rows = [record_of(line.encode()) for line in lines]
        as_dicts = tracemalloc.get_traced_memory()[0] / len(lines) - kept
    finally:
        tracemalloc.stop()
    assert len(rows) == len(made)
    assert kept < 1000, "bytes of a record"
    assert as_dicts > 3 * kept
