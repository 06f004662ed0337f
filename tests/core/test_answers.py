"""Plain data: copied, refused where it is not plain, and carried as bytes without loss."""

import json
import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from harness.answers import decode, encode, own
from harness.api import InvalidAnswer

# ---------------------------------------------------------------- what plain data looks like

numbers = st.one_of(
    st.booleans(),
    st.integers(-(10**400), 10**400),
    st.sampled_from([2**53, -(2**53), 2**63, -(2**63) - 1]),
    st.floats(),
    st.complex_numbers(),
)
dtypes = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?"),
    hnp.complex_number_dtypes(endianness="?"),
)
arrays = hnp.arrays(dtypes, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3))
leaves = st.one_of(st.none(), numbers, st.text(), st.binary(), arrays)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.text(), inner, max_size=4),
    ),
    max_leaves=8,
)


def same(one, other):
    """Equal in type, shape and every bit that matters; NaN equals NaN, 0.0 is not -0.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        native = one.dtype.newbyteorder("=")
        return (
            native == other.dtype
            and one.shape == other.shape
            and one.astype(native).tobytes() == other.tobytes()
        )
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, complex):
        return same(one.real, other.real) and same(one.imag, other.imag)
    if isinstance(one, float):
        if math.isnan(one):
            return math.isnan(other)
        return one == other and math.copysign(1, one) == math.copysign(1, other)
    return one == other


def arrays_in(tree):
    if isinstance(tree, np.ndarray):
        yield tree
    elif isinstance(tree, list | tuple):
        for part in tree:
            yield from arrays_in(part)
    elif isinstance(tree, dict):
        yield from arrays_in(list(tree.values()))


# ---------------------------------------------------------------- own: a copy of one's own


def test_a_later_change_of_the_array_does_not_reach_the_copy():
    array = np.arange(3)
    owned = own(array)
    array[0] = 99
    assert owned.tolist() == [0, 1, 2]


def test_a_later_change_of_nested_parts_does_not_reach_the_copy():
    answer = {"a": [np.zeros(2), [1, 2]], "b": ({"c": 3},)}
    owned = own(answer)
    answer["a"][0][:] = 7
    answer["a"][1].append(3)
    answer["b"][0]["c"] = 4
    answer["d"] = 5
    assert owned["a"][0].tolist() == [0.0, 0.0]
    assert owned["a"][1] == [1, 2]
    assert owned["b"] == ({"c": 3},)
    assert "d" not in owned


@given(trees)
def test_the_copy_equals_what_was_copied(tree):
    assert same(tree, own(tree))


@given(trees)
def test_arrays_of_the_copy_are_writable_contiguous_and_share_nothing(tree):
    for array, copy in zip(arrays_in(tree), arrays_in(own(tree)), strict=True):
        assert copy.flags.writeable
        assert copy.flags.c_contiguous
        assert copy.flags.owndata
        assert copy.dtype.isnative
        assert not np.shares_memory(array, copy)


@pytest.mark.parametrize(
    "view",
    [
        lambda a: a.T,
        lambda a: a[::-1, ::2],
        lambda a: a[:, :0],
        lambda a: np.broadcast_to(a[0], (3, 4)),
        lambda a: np.asfortranarray(a),
        lambda a: a.astype(">i8"),
    ],
)
def test_views_become_arrays_in_c_order_and_native_bytes(view):
    array = view(np.arange(12, dtype="<i8").reshape(3, 4))
    owned = own(array)
    assert np.array_equal(owned, array)
    assert owned.flags.c_contiguous
    assert owned.dtype == np.dtype("int64")


@pytest.mark.parametrize(
    ("scalar", "plain"),
    [
        (np.float64(1.5), 1.5),
        (np.float32(0.5), 0.5),
        (np.int8(-3), -3),
        (np.uint64(2**64 - 1), 2**64 - 1),
        (np.bool_(True), True),
        (np.complex64(1 + 2j), 1 + 2j),
        (np.str_("abc"), "abc"),
        (np.longdouble(0.5), 0.5),
        (np.clongdouble(1 + 2j), 1 + 2j),
    ],
)
def test_numpy_scalars_become_plain_numbers(scalar, plain):
    owned = own(scalar)
    assert type(owned) is type(plain)
    assert owned == plain
    assert same(owned, decode(encode(owned)))


def test_a_boolean_array_with_other_bytes_than_0_and_1_is_put_right():
    # numpy says of such an array both that it equals [True] and that it does not.
    lying = np.array([200], np.uint8).view(np.bool_)
    for array in (own(lying), decode(encode(lying))):
        assert array.dtype == np.bool_
        assert array.view(np.uint8).tolist() == [1]


# ---------------------------------------------------------------- own: what it refuses


class LyingArray(np.ndarray):
    def __lt__(self, other):
        return np.ones(self.shape, bool)


class LyingFloat(float):
    def __lt__(self, other):
        return True


class LyingScalar(np.float64):
    __module__ = "numpy"

    def item(self):
        return object()


class LyingList(list):
    def __iter__(self):
        return iter(())


class LyingText(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class Convertible:
    def __array__(self, dtype=None, copy=None):
        return np.zeros(3)

    def __float__(self):
        return 0.0

    def __index__(self):
        return 0


def nested(depth, kind=list):
    inner = 0
    for _ in range(depth):
        inner = kind([inner])
    return inner


@pytest.mark.parametrize(
    "answer",
    [
        np.zeros(3).view(LyingArray),
        np.ma.masked_array([1, 2], [0, 1]),
        np.rec.array([(1, 2.0)]),
        np.array([1, "a", None], object),
        np.array(["a"]),
        np.array(["2020-01-01"], "datetime64[D]"),
        np.zeros(2, [("a", "i4")]),
        np.datetime64("2020-01-01"),
        np.void(b"abc"),
        LyingFloat(1.0),
        LyingScalar(1.0),
        LyingList([1]),
        LyingText("a"),
        {LyingText("a"): 1},
        {1: 2},
        {("a",): 2},
        {1, 2},
        frozenset(),
        Convertible(),
        object(),
        float,
        range(3),
        map(int, "12"),
        (i for i in range(3)),
        lambda: 1,
        iter([1]),
        memoryview(b"abc"),
        bytearray(b"abc"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_plain_is_refused_with_a_sentence(answer):
    for wrapped in (answer, [1, answer], {"a": (answer,)}):
        with pytest.raises(InvalidAnswer, match=r"^the answer holds an? .*"):
            own(wrapped)


@pytest.mark.parametrize("kind", [list, tuple, lambda x: {"a": x[0]}])
def test_nesting_is_limited(kind):
    assert own(nested(16, kind)) == nested(16, kind)
    with pytest.raises(InvalidAnswer, match="nested more than 16 deep"):
        own(nested(17, kind))


def test_a_list_that_holds_itself_is_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(InvalidAnswer, match="nested"):
        own(loop)


# ---------------------------------------------------------------- encode and decode


@given(trees)
def test_a_round_trip_changes_nothing(tree):
    owned = own(tree)
    assert same(owned, decode(encode(owned)))


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        -0.0,
        float("inf"),
        -float("inf"),
        5e-324,
        2**53,
        -(2**53) - 1,
        16**5000,
        complex(float("nan"), -0.0),
        "\ud800 lone surrogate",
        "\0",
        b"\xff\0",
        np.array(3.5),
        np.array(True),
        np.zeros((0, 3), "f4"),
        np.zeros((2, 0, 5), bool),
        np.array([np.nan, -0.0, np.inf]),
        np.arange(3, dtype=">u2"),
        np.arange(12.0).reshape(3, 4).T[::2],
        np.array([1.5], np.longdouble),
        {},
        (),
        [],
        {"": None},
        {"a": {"array": [1]}, "d": {"t": (1,)}},
    ],
    ids=lambda value: type(value).__name__,
)
def test_round_trip_of_the_odd(value):
    owned = own(value)
    assert same(value, owned)
    assert same(owned, decode(encode(owned)))


@given(trees)
def test_decoded_arrays_are_writable_and_do_not_hold_the_payload(tree):
    payload = bytearray(encode(own(tree)))
    for array in arrays_in(decode(payload)):
        assert array.flags.writeable
        assert not np.shares_memory(array, np.frombuffer(payload, np.uint8))


def test_a_memoryview_is_decoded_like_bytes():
    assert decode(memoryview(encode([1, 2.5]))) == [1, 2.5]


# ---------------------------------------------------------------- decode: garbage


def raw(outline, tail=b""):
    """A payload with this outline, whether JSON or bytes."""
    head = outline if isinstance(outline, bytes) else json.dumps(outline).encode()
    return struct.pack("<I", len(head)) + head + tail


RICH = {
    "a": [np.arange(5.0), np.zeros((2, 2), "i2"), np.array([True])],
    "b": (1, 2**70, -0.0, None, "text", b"bytes", 1j),
}


def test_a_payload_cut_at_any_byte_is_refused():
    payload = encode(own(RICH))
    assert same(own(RICH), decode(payload))
    for end in range(len(payload)):
        with pytest.raises(ValueError, match=r"."):
            decode(payload[:end])


def test_a_byte_changed_anywhere_never_raises_anything_but_valueerror():
    payload = encode(own(RICH))
    for position in range(len(payload)):
        for flip in (0x01, 0x20, 0x80, 0xFF):
            changed = bytearray(payload)
            changed[position] ^= flip
            decodes_or_refuses(bytes(changed))


def decodes_or_refuses(payload):
    try:
        return decode(payload)
    except ValueError:
        return None


@pytest.mark.parametrize("dtype", ["(, ,)f4,i4", "f8,", "O", "V8", "8f8", "", "?" * 50])
def test_a_dtype_that_is_none_is_refused(dtype):
    with pytest.raises(ValueError, match=r"."):
        decode(raw({"a": [dtype, [1]]}, bytes(64)))


@given(st.binary(max_size=200))
def test_random_bytes_never_raise_anything_but_valueerror(payload):
    decodes_or_refuses(payload)


json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.sampled_from([10**400, -(10**400), 2**63, "<f8", "|b1", "O", "V8", "f4,f4", "<M8[s]"]),
        st.text(max_size=5),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "d", "t", "l", "c", "b", "i", "x"]), inner),
    ),
    max_leaves=6,
)


@given(json_values, st.binary(max_size=32))
def test_any_json_as_an_outline_never_raises_anything_but_valueerror(outline, tail):
    decodes_or_refuses(raw(outline, tail))


@given(
    st.sampled_from(["<f8", "|u1", "|b1", ">i4", "<c16", "<f2"]),
    st.lists(st.one_of(st.integers(-2, 4), st.sampled_from([2**31, 2**63, 2**64, 10**30]))),
    st.binary(max_size=64),
)
def test_arrays_of_any_claimed_shape_are_no_larger_than_the_payload(dtype, shape, tail):
    array = decodes_or_refuses(raw({"a": [dtype, shape]}, tail))
    assert array is None or array.nbytes <= len(tail)


@pytest.mark.parametrize(
    "outline",
    [
        {"a": ["<f8", [2**62]]},
        {"a": ["<f8", [2**40, 2**40]]},
        {"a": ["<f8", [10**30]]},
        {"a": ["<f8", [-1]]},
        {"a": ["<f8", [0, 10**30]]},
        {"a": ["<f8", [1.0e400]]},
        {"a": ["|O", [1]]},
        {"a": ["|V8", [1]]},
        {"a": ["(1000000000,)f8", [0]]},
        {"a": ["no dtype", [0]]},
        {"a": ["<f8", [0] * 100]},
        {"c": [10**400, 0]},
        {"c": [0]},
        {"b": "zz"},
        {"i": "0xzz"},
        {"i": 5},
        {"x": 1},
        {"t": 1, "l": 2},
        {},
        [1],
        {"t": 5},
        {"d": [[1]]},
        b"[" * 100_000,
        b"\xff\xfe",
        b"{",
        b"1" * 10_000,
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_wrong_outline_is_refused(outline):
    with pytest.raises(ValueError, match=r"."):
        decode(raw(outline, bytes(64)))


def test_an_outline_longer_than_the_payload_is_refused():
    with pytest.raises(ValueError, match="cut off"):
        decode(struct.pack("<I", 2**32 - 1) + b"{}")
