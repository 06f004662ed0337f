"""What users type: lists, parameters, values, and hints at what they meant."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.selectors import Misuse, adapt, literal, nearest, parse, show, split

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
VALUES = st.one_of(
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
    st.from_regex(r"[a-z][a-z/.]{0,8}", fullmatch=True).filter(
        lambda text: isinstance(literal(text), str)
    ),
)


@settings(derandomize=True)
@given(NAMES, st.dictionaries(NAMES, VALUES, max_size=4))
def test_parse_is_the_inverse_of_show(name, parameters):
    assert parse(show(name, parameters)) == (name, parameters)


@settings(derandomize=True)
@given(st.lists(st.tuples(NAMES, st.dictionaries(NAMES, VALUES, max_size=3)), max_size=4))
def test_split_takes_a_list_apart(items):
    texts = [show(name, parameters) for name, parameters in items]
    assert split(",".join(texts)) == texts


@settings(derandomize=True)
@given(st.text(alphabet="ab[]=,1. ", max_size=20))
def test_any_text_is_parsed_or_refused(text):
    with contextlib.suppress(Misuse):
        for part in split(text):
            name, parameters = parse(part)
            assert "[" not in name
            assert all(parameters)


@pytest.mark.parametrize("text", ["a[", "a]", "a[b=1", "a[b=[1]]", "a[[b=1]]"])
def test_brackets_must_match(text):
    with pytest.raises(Misuse, match="brackets"):
        split(text)


@pytest.mark.parametrize(
    ("text", "match"), [("a[b=1]c", "after"), ("a[b]", "param=value"), ("a[b=1,b=2]", "twice")]
)
def test_parameters_must_be_well_formed(text, match):
    with pytest.raises(Misuse, match=match):
        parse(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("3.5", 3.5),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("none", None),
        ("euclidean", "euclidean"),
        ("-2", -2),
        ("", ""),
    ],
)
def test_values_become_what_they_look_like(text, value):
    found = literal(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("value", "default", "adapted"),
    [(3, 1.0, 3.0), (3.0, 1, 3), (7, "text", "7"), (True, False, True), ("x", None, "x")],
)
def test_a_value_takes_the_type_of_its_default(value, default, adapted):
    found = adapt(value, default, "here")
    assert found == adapted
    assert type(found) is type(adapted)


@pytest.mark.parametrize(
    ("value", "default", "wanted"),
    [
        ("x", 1, "an integer"),
        (1.5, 1, "an integer"),
        ("x", 1.0, "a number"),
        (1, True, "true or"),
        (True, 1, "an integer"),
    ],
)
def test_a_value_of_another_type_is_refused(value, default, wanted):
    with pytest.raises(Misuse, match=f"here is .* expected {wanted}"):
        adapt(value, default, "here")


def test_nearest_names_what_is_near_and_nothing_else():
    assert nearest("fasterpma", ["fasterpam", "pam", "clara"]) == "did you mean fasterpam?"
    assert "k_medoids/fasterpam" in nearest("fasterpma", ["k_medoids/fasterpam", "k_medoids/pam"])
    assert nearest("zzz", ["fasterpam"]) == ""
