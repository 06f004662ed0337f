"""Text of others, made harmless."""

import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.plain import MESSAGE, harmless, names, plain


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("fasterpam[init=build]", "fasterpam[init=build]"),
        ("k-Medoide für Größe − σ", "k-Medoide für Größe − σ"),
        ("שלום", "שלום"),  # written from the right by itself
        ("a\0b", "a\N{REPLACEMENT CHARACTER}b"),
        ("\x1b[31mred", "\N{REPLACEMENT CHARACTER}[31mred"),
        ("exe\N{RIGHT-TO-LEFT OVERRIDE}txt", "exe\N{REPLACEMENT CHARACTER}txt"),
        ("one\ntwo\tthree", "one two three"),
        ("", ""),
    ],
)
def test_only_characters_that_do_something_are_replaced(given, shown):
    assert plain(given) == shown


def test_lines_are_kept_where_they_are_asked_for():
    assert plain("one\n\ttwo\r", lines=True) == "one\n\ttwo\N{REPLACEMENT CHARACTER}"


def test_a_text_is_cut_at_its_length():
    assert plain("a" * 10, 10) == "a" * 10
    assert plain("a" * 11, 10) == "a" * 9 + "…"
    assert len(plain("x" * 10_000_000)) == MESSAGE


@given(st.text(st.characters(), max_size=40), st.integers(1, 30))
def test_whatever_is_given_is_short_and_has_nothing_to_fear(text, most):
    shown = plain(text, most)
    assert len(shown) <= most
    assert not [letter for letter in shown if unicodedata.category(letter) in ("Cc", "Cs", "Zl")]
    assert not set(shown) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
    )
    assert plain(shown, most) == shown
    shown.encode()


@given(st.lists(st.text(st.sampled_from("ab\0\x01\n (2)"), max_size=6), max_size=12))
def test_names_that_differ_are_shown_differently(given):
    found = names(given, 3)
    assert list(found) == list(dict.fromkeys(given))
    assert len(set(found.values())) == len(found)
    assert all(found.values())


def test_many_names_alike_take_no_time():
    assert len(set(names(("x" * 100 + str(i) for i in range(20_000)), 20).values())) == 20_000


def test_records_are_made_plain_and_those_given_stay_as_they_are():
    parameters = {"a\0": 1, **{str(i): i for i in range(30)}}
    texts = ["one\0", "two", "one\0", "one\1"]
    given = pd.DataFrame(dict.fromkeys(("label", "case", "solver", "role", "why"), texts))
    given["message"] = ["x" * 1000, "", "x" * 1000, "\x1b"]
    given["flags"] = pd.Series([["a\0"], [], ["b"] * 30, ["a\0"]], dtype=object)
    given["parameters"] = pd.Series([parameters, {}, parameters, None], dtype=object)
    given.index = [7, 5, 3, 1]
    before = given.copy()
    shown = harmless(given)
    pd.testing.assert_frame_equal(given, before)
    assert list(shown.index) == [7, 5, 3, 1]
    lost = "\N{REPLACEMENT CHARACTER}"
    assert list(shown["label"]) == [f"one{lost}", "two", f"one{lost}", f"one{lost} (2)"]
    assert list(shown["solver"]) == [f"one{lost}", "two", f"one{lost}", f"one{lost}"]
    assert [len(text) for text in shown["message"]] == [MESSAGE, 0, MESSAGE, 1]
    assert list(map(len, shown["flags"])) == [1, 0, 20, 1]
    assert shown["flags"][7] == [f"a{lost}"]
    assert list(map(len, shown["parameters"])) == [20, 0, 20, 0]
    assert next(iter(shown["parameters"][3])) == f"a{lost}"
    assert shown["parameters"][7] is shown["parameters"][3]  # as the rows given share theirs
