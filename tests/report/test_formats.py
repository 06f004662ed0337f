"""Numbers for humans."""

import math

import pytest

from harness.findings import FORMS
from harness.report import formats


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0123, "12.3 ms"),
        (0.00099999, "1.00 ms"),
        (1.5e-7, "150 ns"),
        (2.2e-6, "2.20 µs"),
        (59.99, "60.0 s"),
        (1234.0, "1234 s"),
        (None, "–"),
        (math.nan, "–"),
    ],
)
def test_times_have_three_digits_and_a_unit(value, shown):
    assert formats.seconds(value).replace("\N{NO-BREAK SPACE}", " ") == shown


def test_an_interval_of_times_that_tells_nothing_is_not_written_out():
    assert formats.time_interval(0.0028, 0.036) == "2.80–36.0\N{NO-BREAK SPACE}ms"
    assert formats.time_interval(2e-12, 5.4e9) == formats.VAGUE
    assert formats.time_interval(0.0, 1.0) == formats.VAGUE
    assert formats.time_interval(math.nan, math.nan) == ""
    assert formats.time_interval(None, None) == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0 B"), (1023, "1023 B"), (1_258_291, "1.2 MiB"), (3 * 2**30, "3.0 GiB"), (None, "–")],
)
def test_sizes_are_binary(value, shown):
    assert formats.size(value).replace("\N{NO-BREAK SPACE}", " ") == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(1.01234, "1.0123"), (123.456, "123.5"), (math.inf, "–")]
)
def test_ratios(value, shown):
    assert formats.ratio(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (0.01234, "+0.0123"), (-2.0, "-2.00"), (3e-33, "+3.00e-33"), (9.999, "+10.0")],
)
def test_gaps_have_a_sign(value, shown):
    assert formats.gap(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (999, "999"), (12_345, "12.3 k"), (3.1e9, "3.10 G"), (None, "–"), (math.nan, "–")],
)
def test_counts_of_instructions(value, shown):
    assert formats.tally(value).replace("\N{NO-BREAK SPACE}", " ") == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(0.031, "3.1 %"), (0.14, "14 %"), (2.5, "250 %"), (None, "–")]
)
def test_shares(value, shown):
    assert formats.percent(value).replace("\N{NO-BREAK SPACE}", " ") == shown


@pytest.mark.parametrize(
    ("why", "shown"),
    [("precise", "precise"), ("seconds", "time budget spent"), ("", ""), ("new", "new")],
)
def test_how_a_timing_ended_is_told_in_words(why, shown):
    assert formats.ended(why) == shown


def test_an_interval_names_a_shared_unit_once():
    shown = formats.interval(0.0028, 0.036, formats.seconds)
    assert shown.replace("\N{NO-BREAK SPACE}", " ") == "2.80–36.0 ms"


def test_an_interval_of_one_number_is_none():
    assert formats.interval(1.00001, 1.00002, formats.ratio) == ""


def test_an_interval_without_an_end_is_none():
    assert formats.interval(None, 2.0, formats.ratio) == ""


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b", "c"], "a, b and c"),
        (list("abcdef"), "a, b, c, d and 2 more"),
    ],
)
def test_long_lists_are_counted(names, shown):
    assert formats.listed(names) == shown


@pytest.mark.parametrize(
    ("form", "value", "shown"),
    [
        ("time", math.inf, "never"),
        ("number", math.inf, "∞"),
        ("gap", -math.inf, "−∞"),
        ("time", 0.0123, "12.3 ms"),
        ("factor", 12.34, "12.3×"),
        ("share", 0.996, "99.6 %"),
        ("share", 1.0, "100 %"),
        ("probability", 0.00001, "<0.0001"),
        ("probability", 0.0123, "0.0123"),
        ("rank", 2.5, "2.5"),
        ("rank", 3, "3"),
        ("count", 12345, "12\N{NARROW NO-BREAK SPACE}345"),
        ("solver", "pam", "pam"),
        ("text", None, "–"),
        ("text", True, "yes"),
        ("size", 1_258_291, "1.2 MiB"),
        ("a form of another version", 0.5, "0.5"),
    ],
)
def test_each_form_writes_its_values(form, value, shown):
    assert formats.of(form)(value).replace("\N{NO-BREAK SPACE}", " ") == shown


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("value", [None, math.nan])
def test_what_is_missing_is_a_dash_in_every_form(form, value):
    assert formats.of(form)(value) == "–"
