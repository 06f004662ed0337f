"""What a hostile process gets by asking the examiner directly."""

import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.answers import encode
from harness.remote import RemoteOracle

from .examined import GRID, Oracle, ask, examined

PRIVATE = [
    *("_centre", "_meter", "_hidden", "__class__", "__dict__", "__globals__", "__reduce__"),
    *("__reduce_ex__", "__init__", "__getattribute__", "__setattr__", "__call__.__globals__"),
    *("same.__func__", "same.__self__", "meter.calls", "", ".", "\0", "\ud800", "mro", "_" * 10**7),
    *("x" * 10**7, "__bool__ "),
]


@pytest.mark.parametrize("what", ["get", "call"])
@pytest.mark.parametrize("name", PRIVATE, ids=lambda name: ascii(name[:25]))
def test_what_is_private_cannot_be_asked_for(what, name):
    examiner = examined(Oracle)
    kind, content = ask(examiner, what, name)
    assert kind == b"X"
    assert len(content) < 10_000
    assert json.loads(content)["types"][0] in ("AttributeError", "UnicodeEncodeError")
    remote = RemoteOracle(examiner.answer)
    if name.startswith("_"):
        with pytest.raises(AttributeError):
            getattr(remote, name + "_")


def test_an_oracle_has_no_events():
    examiner = examined(lambda meter: iter([1, 2]))
    assert ask(examiner, "next", "")[0] == b"X"


QUESTIONS = [
    *(None, 5, [], {}, (), "call", [1, 2, 3], ["call", "same", []], ["call", "same", [], {}, 1]),
    *(
        ["call", 5, [], {}],
        ["call", "same", {}, {}],
        ["call", "same", [], []],
        ["eval", "1", [], {}],
    ),
    *([None, "same", [1], {}], [["get"], "same", [], {}], [np.zeros(2), "same", [], {}]),
    *(["call", "same", [()], {}], ["call", "same", [("odd", 1)], {}]),
    *(["call", "same", [part], {}] for part in [("tuple",) * 2 + (((),),), ("scalar", 1)]),
    *(["call", "same", [("strided", *part)], {}] for part in [(), (1,), (GRID,), (GRID, 8, "x")]),
    *(["call", "same", [(tag,)], {}] for tag in (None, 1, "scalar", "Data", b"tuple")),
    ["call", "same", [("Data", [1])], {}],
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: repr(question)[:40])
def test_what_is_no_question_is_refused(question):
    with pytest.raises(ValueError, match=r"not a question|not packed"):
        examined(Oracle).answer(encode(question))


@pytest.mark.parametrize("steps", [(2**62, 2**62), (-(2**62), 8), (10**30, 0), (0, 0), (-48, -8)])
def test_strides_of_any_size_reach_nothing_else(steps):
    kind, _ = ask(examined(Oracle), "call", "same", [("strided", GRID, *steps)])
    assert kind == b"R"


def head(outline, rest=b""):
    text = json.dumps(outline).encode()
    return struct.pack("<I", len(text)) + text + rest


outlines = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda part: (
        st.lists(part, max_size=3)
        | st.dictionaries(st.sampled_from([*"adtlcbi", "x"]), part, max_size=2)
        | st.tuples(st.sampled_from(["tuple", "scalar", "strided", "Data"]), part, part).map(
            lambda parts: {"t": list(parts)}
        )
    ),
)


@given(st.binary() | st.builds(head, outlines, st.binary(max_size=16)))
def test_arbitrary_bytes_are_refused_as_such(question):
    with pytest.raises(ValueError, match=r"not a question|not packed"):
        examined(Oracle).answer(question)


@given(outlines)
def test_arbitrary_arguments_are_refused_or_answered(argument):
    question = {"l": ["call", "told", {"l": [argument]}, {"d": []}]}
    try:
        kind, _ = examined(Oracle).answer(head(question))
    except ValueError:
        return
    assert kind in (b"R", b"X")


@pytest.mark.parametrize("dtype", ["(, ,)f4,i4", "O", "M8[s]", "f4,f4", "V8"])
def test_odd_dtypes_are_refused(dtype):
    with pytest.raises(ValueError, match="not packed"):
        examined(Oracle).answer(head({"l": ["call", "same", {"a": [dtype, [0]]}, {"d": []}]}))
