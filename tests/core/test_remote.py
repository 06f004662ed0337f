"""The stand-in for an oracle against the real one, and what a hostile process can ask for."""

import itertools
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.api import BudgetSpent, Data, Events, Meter, Undecided
from harness.cases import suite_cases
from harness.instances import build
from harness.remote import kind_of, stand_in

from .examined import FAULTS, GRID, Given, Oracle, ask, events_of, examined


@pytest.fixture
def pair():
    """The real oracle and a stand-in for another one, whose examiner counts."""
    examiner = examined(Oracle)
    return Oracle(Meter()), stand_in("oracle", examiner.answer), examiner


def alike(one, two):
    """Whether two values are of the same types, bit by bit, and arrays laid out alike."""
    assert type(one) is type(two), (one, two)
    if isinstance(one, np.ndarray | np.generic):
        assert (one.dtype, one.shape) == (two.dtype, two.shape)
        assert one.flags.c_contiguous or one.strides == two.strides
        if one.dtype == np.longdouble:  # some of its bytes are padding
            assert np.array_equal(one, two)
        else:
            assert one.tobytes() == two.tobytes()
    elif isinstance(one, list | tuple):
        assert len(one) == len(two)
        for left, right in zip(one, two, strict=True):
            alike(left, right)
    elif isinstance(one, dict | Data):
        assert list(one) == list(two)
        for name in one:
            alike(one[name], two[name])
    elif isinstance(one, float):
        assert struct.pack("d", one) == struct.pack("d", two)
    else:
        assert one == two


VALUES = [
    *(0.1, -0.0, 5e-324, float("inf"), float("-inf"), float("nan"), 1e308, 2**53 - 1, 2**200),
    *(-(2**64), True, None, "text", "\ud800", b"\0\xff", 1 + 2j, -0.0j),
    *((), [], {}, (1, (2, [3, ()])), {"a": (1,), "b": {"c": [0.1]}}, [("tuple", 1)], ("scalar",)),
    *(np.float64(0.1), np.float32(0.1), np.int8(-3), np.bool_(True), np.complex64(1j)),
    *(np.longdouble("0.1"), np.zeros(0), np.zeros((0, 3)), np.array(5), np.zeros((2, 0)).T),
    *(GRID, GRID.T, GRID[:, 1], GRID[::-1], GRID[::2, ::-3], GRID[1:3], np.asfortranarray(GRID)),
    *(np.broadcast_to(np.float32(3), (2, 3)), GRID > 5, GRID.astype("int16").T),
    *(Data({"x": GRID.T, "nested": {"y": (1,)}}), [Data({"z": np.float32(1)})]),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:30])
def test_values_go_through_and_come_back_of_the_same_type_bits_and_layout(pair, value):
    real, remote, _ = pair
    alike(real.same(value), remote.same(value))


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=9),
    lambda part: (
        st.lists(part, max_size=3)
        | st.lists(part, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3), part, max_size=3)
    ),
    max_leaves=8,
)


@given(plain)
def test_whatever_is_plain_goes_through(value):
    remote = stand_in("oracle", examined(Oracle).answer)
    if "nan" not in repr(value):  # all of them are one
        alike(value, remote.same(value))


@given(st.integers(0, 2**32 - 1))
def test_arrays_of_any_strides_go_through(seed):
    rng = np.random.default_rng(seed)
    base = rng.normal(size=rng.integers(1, 6, size=3)).transpose(rng.permutation(3))
    steps = tuple(slice(None, None, int(step)) for step in rng.choice([-2, -1, 1, 2], size=3))
    remote = stand_in("oracle", examined(Oracle).answer)
    array = base[steps]
    if not array.flags.c_contiguous:
        assert remote.layout(array) == list(array.strides)
    alike(array, remote.same(array))


def test_a_product_whose_digits_depend_on_the_layout_is_the_same(pair, rng):
    real, remote, _ = pair
    for _ in range(50):
        column = rng.normal(size=(101, 3))[:, 1]
        alike(real.product(column), remote.product(column))


def test_a_layout_as_wide_as_the_memory_is_not_laid_out_again(pair):
    wide = np.lib.stride_tricks.as_strided(np.zeros(1 << 22), (2, 2), ((1 << 24) - 8, 8))
    assert pair[1].layout(wide) == [16, 8]


def test_calls_with_names_and_defaults_and_the_operators(pair):
    real, remote, _ = pair
    alike(real.told(1, (2,), a=3.0, b=[4]), remote.told(1, (2,), a=3.0, b=[4]))
    alike(real(0.3, power=3), remote(0.3, power=3))
    alike(real(np.float32(0.3)), remote(np.float32(0.3)))
    assert (len(remote), bool(remote)) == (7, True)
    alike(real[1, 2], remote[1, 2])
    with pytest.raises(TypeError, match="one by one"):
        iter(remote)


def test_an_oracle_without_length_is_true_and_one_of_length_0_is_not():
    assert stand_in("oracle", examined(lambda meter: object()).answer)
    assert not stand_in("oracle", examined(lambda meter: []).answer)


def test_attributes_are_read_and_cannot_be_written(pair):
    real, remote, _ = pair
    for name in ("scale", "shape", "weights"):
        alike(getattr(real, name), getattr(remote, name))
    assert not hasattr(remote, "nothing")
    for name in ("scale", "_ask", "new"):
        with pytest.raises(AttributeError, match="can't change"):
            setattr(remote, name, 1)


def test_a_part_that_is_not_plain_is_not_offered_and_no_fault_of_the_problems(pair):
    _, remote, examiner = pair
    with pytest.raises(AttributeError, match="'meter' is not plain"):
        remote.meter.calls = 0
    assert examiner.unfit == ""


def test_a_result_that_is_not_plain_is_the_problems_fault(pair):
    _, remote, examiner = pair
    with pytest.raises(TypeError, match=r"unfit\(\): .*set"):
        remote.unfit()
    assert "set" in examiner.unfit


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        *((name, type(FAULTS[name]), FAULTS[name].args[0]) for name in list(FAULTS)[:8]),
        ("domain", ValueError, "x is below 0"),
        ("unicode", ValueError, str(FAULTS["unicode"])),
        ("odd", RuntimeError, "strange"),
        ("bare", RuntimeError, "plain"),
    ],
)
def test_exceptions_come_across(pair, name, kind, message):
    with pytest.raises(kind) as caught:
        pair[1].fail(name)
    assert type(caught.value) is (UnicodeError if name == "unicode" else kind)
    assert caught.value.args == (message,)


@pytest.mark.parametrize("argument", [{1}, lambda: 1, object(), [iter(())], {1: 2}, np.array([{}])])
def test_arguments_that_are_not_plain_are_refused_before_they_are_sent(pair, argument):
    _, remote, examiner = pair
    with pytest.raises(TypeError, match="same takes plain data"):
        remote.same(argument)
    assert examiner.meter.calls == 0


def test_calls_are_counted_in_the_parent_and_end_with_the_budget():
    examiner = examined(Oracle, 3)
    remote = stand_in("oracle", examiner.answer)
    for _ in range(3):
        remote.same(0)
    assert not examiner.meter.refused
    with pytest.raises(BudgetSpent, match="3 calls were allowed"):
        remote(1.0)
    assert (examiner.meter.calls, examiner.meter.refused) == (3, True)


# ---------------------------------------------------------------- events


def test_events_come_one_by_one_and_each_decision_before_the_next():
    shown = []
    remote, examiner = events_of(shown.append(item) or item for item in range(4))
    stamps = itertools.count()
    remote.on_reveal(lambda: next(stamps))
    for number, event in enumerate(remote):
        assert (event, shown, examiner.decisions) == (number, [*range(number + 1)], shown[:-1])
        assert remote.decided(event)
        assert not remote.decided(event)
    assert examiner.decisions == [0, 1, 2, 3]
    assert (examiner.meter.calls, next(stamps)) == (4, 4)


def test_events_are_plain_data_or_data():
    items = [{"x": (1, 2)}, Data({"x": GRID.T}), (np.float32(1), [None]), GRID[:, 1]]
    remote, _ = events_of(items)
    for item in items:
        alike(item, next(remote))
        remote.decided(0)
    with pytest.raises(StopIteration):
        next(remote)


def test_an_undecided_event_keeps_the_next_one_back_on_both_sides():
    remote, examiner = events_of([1, 2])
    next(remote)
    with pytest.raises(Undecided):
        next(remote)
    remote._open = False  # by force
    with pytest.raises(Undecided):
        next(remote)
    assert examiner.meter.calls == 1


def test_events_end_with_the_budget():
    remote, examiner = events_of([1, 2, 3], 2)
    for _ in range(2):
        next(remote)
        remote.decided(0)
    with pytest.raises(BudgetSpent):
        next(remote)
    assert (examiner.decisions, examiner.meter.calls) == ([0, 0], 2)


class Known(Events):
    horizon = 12


def test_what_the_problem_adds_to_its_events_is_offered_and_the_rest_is_not():
    remote, examiner = events_of([1, 2], kind=Known)
    assert remote.horizon == 12
    assert ask(examiner, "next", "")[0] == b"R"
    for name in ("decided", "on_reveal", "_events", "_open", "__next__", "__iter__"):
        assert ask(examiner, "call", name)[0] == b"X"
    assert ask(examiner, "next", "")[0] == b"X"  # it is still open
    assert examiner.meter.calls == 1


def test_an_event_that_is_not_plain_is_the_problems_fault():
    remote, examiner = events_of([{1}])
    with pytest.raises(TypeError):
        next(remote)
    assert examiner.unfit


# ---------------------------------------------------------------- what a solver gets


def test_what_a_solver_of_each_toy_gets(toys):
    found = {}
    for name in (name for name in toys.problems if name.startswith("toy_")):
        entry = toys.problem(name)
        problem = entry.load()
        case = suite_cases(name, problem, "smoke")[0]
        data = build(problem, name, case, "test_remote").load().data
        found[name.removeprefix("toy_")] = kind_of(problem, data)
    expected = {"oracle": "oracle", "online": "events"}
    kinds = ("batch", "estimation", "exact", "online", "oracle", "prediction", "sampling")
    assert found == {kind: expected.get(kind, "data") for kind in kinds}


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        ({"a": GRID}, "data"),
        (Data({"a": {"b": Data({})}}), "data"),
        ((1, [GRID.T]), "data"),
        ([object()], "oracle"),
        (lambda: 1, "oracle"),
    ],
    ids=["dict", "data", "tuple", "object", "function"],
)
def test_data_made_anew_are_data_and_the_rest_is_an_oracle(seen, kind):
    assert kind_of(Given(lambda meter: seen), None) == kind
