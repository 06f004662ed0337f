"""Which test items are right: told by the problem, kept in the record, read back as it was."""

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.api import Instance, InvalidAnswer, Problem
from harness.fields import record_of
from harness.items import MOST, is_packed, pack, unpack
from harness.measure import items
from harness.record import Record


@given(st.lists(st.booleans(), max_size=50))
def test_what_is_packed_is_unpacked(right):
    np.testing.assert_array_equal(unpack(pack(right)), np.array(right, bool))


def test_a_text_worked_by_hand():
    assert pack([True, False, True, True, False, False, False, False, True]) == "9:b080"
    assert pack(np.array([True])) == "1:80"


def test_no_items_and_too_many_are_not_kept():
    assert pack([]) == ""
    assert pack(np.ones(MOST + 1, bool)) == ""
    assert unpack(pack(np.ones(MOST, bool))).sum() == MOST
    assert len(unpack("")) == 0


@pytest.mark.parametrize(
    "right",
    [[1, 0], [0.5], [[True], [False]], True, ["a"]],
    ids=["int", "float", "2d", "0d", "str"],
)
def test_only_one_boolean_for_each_item_is_packed(right):
    with pytest.raises(ValueError, match="one boolean for each test item"):
        pack(right)


WRONG = ["3", "3:", ":80", "0:", "0:00", "3:8", "3:8000", "3:90", "3:A0", "-1:80", "03:a0", " 3:a0"]
WRONG += ["3:a0\n", "100001:" + "00" * 12501, "9" * 30 + ":00", "3:zz", "\u0663:a0"]


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_what_could_not_have_been_written_is_refused(text):
    assert not is_packed(text)
    with pytest.raises(ValueError, match="does not tell"):
        unpack(text)
    with pytest.raises(ValueError, match="items is"):
        record_of(line(items=text))


def line(**changed):
    record = Record("trace", "p", "s", "s", "paper", {}, "c", "i", {}, 0, "ok", cost=1.0)
    return json.dumps({**dataclasses.asdict(record), **changed}).encode()


def test_a_record_keeps_its_items_and_older_ones_have_none():
    assert record_of(line(items="3:a0"))["items"] == "3:a0"
    older = json.loads(line())
    del older["items"]
    assert record_of(json.dumps(older).encode())["items"] == ""


def test_a_run_that_is_invalid_after_all_has_no_items():
    record = Record("trace", "p", "s", "s", "paper", {}, "c", "i", {}, 0, "ok", items="3:a0")
    record.invalidate("it looked")
    assert record.items == ""


class Told(Problem):
    """Tells what a test wants."""

    def __init__(self, told):
        self._told = told

    def items(self, instance, answer):
        if isinstance(self._told, Exception):
            raise self._told
        return self._told


INSTANCE = Instance({})


def test_a_problem_without_items_has_none():
    assert items(Problem(), INSTANCE, 1) == ""


def test_a_problem_that_can_not_tell_says_so():
    for told in (RuntimeError("no"), [1, 2], InvalidAnswer("no")):
        with pytest.raises(InvalidAnswer, match=r"no|expected one boolean"):
            items(Told(told), INSTANCE, 1)
