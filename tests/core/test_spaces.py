"""Spaces: what is one, and that settings drawn from them are even, typable and go on."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.selectors import literal, show, texts_of
from harness.spaces import fault, settings

SPACE = {
    "rate": ("log", 1e-4, 1.0),
    "momentum": ("linear", 0.0, 0.99),
    "memory": ("integer", 1, 5),
    "batch": ("log integer", 1, 1024),
    "rule": ("choice", "heavy", "nesterov"),
}


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ({}, ""),
        (SPACE, ""),
        ({"rate": ["log", 1, 10]}, ""),
        ([("rate", "log")], "expected ranges by parameter"),
        ({1: ("log", 1.0, 2.0)}, "expected ranges by parameter"),
        ({"rate": 0.1}, 'a tuple such as ("log"'),
        ({"rate": ("logarithmic", 1.0, 2.0)}, "log, linear, integer"),
        ({"rate": ("log", 0.0, 1.0)}, "numbers above 0"),
        ({"rate": ("log", 1.0)}, "the least value and a larger one"),
        ({"rate": ("log", 2.0, 1.0)}, "the least value and a larger one"),
        ({"rate": ("linear", 0.0, math.inf)}, "the least value and a larger one"),
        ({"rate": ("linear", False, 1.0)}, "two numbers"),
        ({"memory": ("integer", 1.0, 5.0)}, "two integers"),
        ({"memory": ("log integer", 0, 5)}, "numbers above 0"),
        ({"rule": ("choice", "heavy")}, "two or more"),
        ({"rule": ("choice", "heavy", None)}, "two or more"),
        ({"rate": ()}, "a tuple such as"),
        ({"rate": "log"}, "a tuple such as"),
    ],
)
def test_what_is_wrong_with_a_space_is_said(space, said):
    assert said in fault(space)
    assert bool(fault(space)) == bool(said)


def test_the_defaults_come_first_and_all_are_different():
    found = settings(SPACE, 40)
    assert found[0] == {}
    assert len(found) == len({repr(one) for one in found}) == 40
    assert all(set(one) == set(SPACE) for one in found[1:])


def test_more_settings_go_on_where_fewer_ended():
    assert settings(SPACE, 40)[:7] == settings(SPACE, 7)


def test_settings_lie_in_their_ranges_with_the_types_of_their_kinds():
    for one in settings(SPACE, 200)[1:]:
        assert 1e-4 <= one["rate"] <= 1.0
        assert 0.0 <= one["momentum"] <= 0.99
        assert 1 <= one["memory"] <= 5
        assert 1 <= one["batch"] <= 1024
        assert one["rule"] in ("heavy", "nesterov")
        kinds = [type(value) for value in one.values()]
        assert kinds == [float, float, int, int, str]


def test_settings_cover_their_ranges_evenly():
    found = settings(SPACE, 201)[1:]
    for decade in range(-4, 0):  # 50 of 200 in each; at random it would be 50 +- 12
        inside = sum(10.0**decade <= one["rate"] < 10.0 ** (decade + 1) for one in found)
        assert abs(inside - 50) <= 4
    assert abs(sum(one["momentum"] < 0.33 for one in found) - 66) <= 5
    counts = np.bincount([one["memory"] for one in found], minlength=6)[1:]
    assert counts.min() >= 36
    assert counts.max() <= 44
    assert abs(sum(one["batch"] < 32 for one in found) - 100) <= 12
    assert abs(sum(one["rule"] == "heavy" for one in found) - 100) <= 6


def test_a_space_of_few_choices_has_no_more():
    found = settings({"rule": ("choice", 1, 2, 3)}, 16)
    assert found[0] == {}
    assert sorted(one["rule"] for one in found[1:]) == [1, 2, 3]


def test_without_a_space_there_are_only_the_defaults():
    assert settings({}, 9) == [{}]
    assert settings(SPACE, 1) == [{}]


@given(low=st.floats(1e-12, 1e12), factor=st.floats(1.001, 1e12))
def test_any_range_gives_numbers_in_it_that_can_be_typed(low, factor):
    for one in settings({"rate": ("log", low, low * factor)}, 5)[1:]:
        value = one["rate"]
        # Rounded to three digits, which may lie beyond an end that has more.
        assert low * 0.995 <= value <= low * factor * 1.005
        _, texts = texts_of(show("name", one))
        assert literal(texts["rate"]) == value
