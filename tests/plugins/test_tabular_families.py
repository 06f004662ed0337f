"""The families of tables: what each case is made of, and what is refused."""

import math
from itertools import pairwise

import numpy as np
import pytest

from bench_text.tabular_compression import _families
from bench_text.tabular_compression.problem import TabularCompression
from harness.api import InvalidCase
from harness.cases import make_case
from harness.instances import case_rng

PROBLEM = TabularCompression()
NAME = "tabular_compression"


def make(text):
    case = make_case(NAME, PROBLEM, text)
    return PROBLEM.make(case, case_rng(NAME, case))


@pytest.mark.parametrize(
    "text", [t for s in ("smoke", "edge", "tuning") for t in PROBLEM.suites[s]]
)
def test_cases_are_what_they_say(text):
    instance = make(text)
    table, letters = instance.data["table"], instance.data["letters"]
    assert table.shape == (instance.sizes["m"], instance.sizes["n"])
    assert instance.sizes["entries"] == table.size
    assert table.max() < letters == instance.sizes["letters"]
    assert table.dtype == (np.uint8 if letters <= 256 else np.uint16)
    assert table.flags.c_contiguous
    np.testing.assert_array_equal(make(text).data["table"], table)


def test_draws_differ_and_models_stay():
    one, other = make("dirichlet[m=200,n=30]"), make("dirichlet[m=200,n=30,draw=1]")
    assert not np.array_equal(one.data["table"], other.data["table"])
    large, larger = make("dirichlet[m=3000,n=300]"), make("dirichlet[m=6000,n=300]")
    shares = [np.bincount(i.data["table"].ravel()) / i.data["table"].size for i in (large, larger)]
    np.testing.assert_allclose(*shares, atol=0.03)


def test_the_entropy_is_that_of_the_laws_that_were_drawn():
    bits = make("two_laws[m=50,n=30,e=0.1]")
    expected = -0.1 * math.log2(0.1) - 0.9 * math.log2(0.9)
    assert bits.truth["entropy"] == pytest.approx(expected)
    assert expected == pytest.approx(0.4690, abs=5e-5)
    assert make("same_mean[m=50,n=30]").truth["entropy"] == pytest.approx(1)
    assert make("uniform[m=50,n=30,letters=8]").truth["entropy"] == pytest.approx(3)
    assert make("uniform[m=5,n=3,letters=1]").truth["entropy"] == 0


def test_the_entropy_is_that_of_the_entries():
    """Against the frequencies of letters in the true blocks, which the table itself tells."""
    instance = make("same_mean[m=400,n=100]")
    outer = np.isin(instance.data["table"], (0, 3))
    rows = outer[:, 0] ^ outer[0, 0]
    columns = outer[0] ^ outer[0, 0]
    np.testing.assert_array_equal(outer, ~(rows[:, None] ^ columns[None]) ^ (not outer[0, 0]))
    for block in (instance.data["table"][outer], instance.data["table"][~outer]):
        shares = np.bincount(block) / len(block)
        shares = shares[shares > 0]
        assert -(shares * np.log2(shares)).sum() == pytest.approx(1, abs=0.001)


@pytest.mark.parametrize("turned", [False, True])
def test_the_entropy_weighs_classes_by_those_that_were_drawn(turned, rng):
    """Lines of zeros alone and lines of four letters: the table shows which are which."""
    laws = np.array([[[0.25] * 4], [[1.0, 0, 0, 0]]])
    m, n = (60, 11) if turned else (11, 60)
    case = make_case(NAME, PROBLEM, f"uniform[m={m},n={n}]")
    table, entropy = _families._drawn(case, laws.swapaxes(0, 1) if turned else laws, rng)
    random_lines = table.any(axis=0 if turned else 1)
    assert 0 < random_lines.mean() < 1
    assert random_lines.mean() != 0.5
    assert entropy == pytest.approx(2 * random_lines.mean())


@pytest.mark.parametrize("letters", [2, 4, 10])
def test_letters_follow_their_laws(letters):
    """One class each: the frequencies of letters are the law, whose entropy is the truth."""
    instance = make(f"dirichlet[m=500,n=400,letters={letters},row_classes=1,column_classes=1]")
    shares = np.bincount(instance.data["table"].ravel()) / 200_000
    shares = shares[shares > 0]
    entropy = -(shares * np.log2(shares)).sum()
    assert entropy == pytest.approx(instance.truth["entropy"], abs=0.01)


def test_shuffles_keep_what_they_say():
    plain, lines, columns, cells = (
        make(f"digits[m=1797,shuffle={shuffle}]").data["table"]
        for shuffle in ("none", "lines", "columns", "cells")
    )
    assert plain.max() == 16
    assert not any(np.array_equal(plain, other) for other in (lines, columns, cells))

    def sorted_rows(table):
        return sorted(map(tuple, np.sort(table, axis=1)))

    assert sorted_rows(lines) == sorted_rows(plain)
    np.testing.assert_array_equal(np.sort(columns, axis=0), np.sort(plain, axis=0))
    assert sorted_rows(columns) != sorted_rows(plain)
    np.testing.assert_array_equal(np.sort(cells, axis=None), np.sort(plain, axis=None))
    assert not np.array_equal(np.sort(cells, axis=0), np.sort(plain, axis=0))


def test_words_are_counted():
    """Against plain counting, stretch by stretch."""
    from bench_text._corpus import english

    found = english().decode().lower().split()
    counts = {word: found.count(word) for word in ("the", "alice", "and")}
    table = make("words[m=7,n=3,most=255]").data["table"].astype(int)
    assert sorted(counts, key=counts.get)[-2:] == ["and", "the"]
    ends = [-(-len(found) * part // 7) for part in range(8)]
    for row, (start, end) in zip(table, pairwise(ends), strict=True):
        assert row[0] == min(255, found[start:end].count("the"))
        assert row[1] == min(255, found[start:end].count("and"))
    assert make("words[m=7,n=3,most=2]").data["table"].max() == 2


def test_bins_hold_about_as_many_rows():
    table = make("binned[data=diabetes,bins=4]").data["table"]
    counts = np.bincount(table[:, 0], minlength=4)
    assert table.shape == (442, 10)
    assert counts.min() > 90


def test_repeated_rows_are_repeated():
    table = make("repeated_rows[m=300,n=20,different=5,changed=0.0]").data["table"]
    assert len(np.unique(table, axis=0)) == 5


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("dirichlet[m=0]", "m is 0, expected a whole number 1 to"),
        ("dirichlet[n=0]", "n is 0, expected a whole number 1 to"),
        ("dirichlet[letters=0]", "letters is 0, expected a whole number 1 to 65536"),
        ("dirichlet[concentration=0.0]", "concentration is 0.0, expected 0.001 to 1e6"),
        ("dirichlet[letters=60000,row_classes=100]", "laws of 60000 letters are too many"),
        ("dirichlet[m=100000,n=100000]", "m n is 10000000000, expected at most 268435456"),
        ("two_laws[e=1.5]", "e is 1.5, expected a probability between 0 and 1"),
        ("repeated_rows[m=1,n=1000,different=1000000]", "different rows of 1000 letters are too"),
        ("words[m=0]", "m is 0, expected a whole number 1 to"),
        ("words[n=100000]", "n is 100000, expected a whole number 1 to"),
        ("words[most=256]", "most is 256, expected a whole number 1 to 255"),
        ("repeated_rows[changed=2.0]", "changed is 2.0, expected a share 0 to 1"),
        ("digits[m=2000]", "m is 2000, expected a whole number 1 to 1797"),
        ("digits[shuffle=well]", "there is no shuffle 'well'; choose one of none, lines"),
        ("binned[data=titanic]", "there are no data 'titanic'; choose one of breast_cancer"),
        ("binned[bins=0]", "bins is 0, expected a whole number 1 to 256"),
        ("file", "the family 'file' needs a table: write file[path=my.npy]"),
        ("file[path=nowhere.npy]", "there is no file nowhere.npy"),
    ],
)
def test_refused_cases(text, sentence):
    with pytest.raises(InvalidCase) as caught:
        make(text)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (np.zeros(3, int), "the table has shape (3,), expected rows and columns"),
        (np.zeros((0, 3), int), "the table has shape (0, 3), expected rows and columns"),
        (np.array([[0.0, np.nan]]), "make what is missing a category of its own"),
        (np.array([[0, 1], [-1, 0]]), "the table holds -1 in row 1, column 0"),
        (np.array([[0, 65536]]), "the table holds 65536 in row 0, column 1"),
    ],
)
def test_refused_files(table, sentence, tmp_path):
    np.save(tmp_path / "table.npy", table)
    with pytest.raises(InvalidCase) as caught:
        make(f"file[path={tmp_path / 'table.npy'}]")
    assert sentence in str(caught.value)


def test_files_that_are_no_arrays(tmp_path):
    (tmp_path / "text.npy").write_text("no array")
    np.savez(tmp_path / "many.npz", a=np.zeros((2, 2), int))
    for name, sentence in (("text.npy", "cannot be read as an array"), ("many.npz", "an archive")):
        with pytest.raises(InvalidCase, match=sentence):
            make(f"file[path={tmp_path / name}]")


def test_a_file_of_the_user(tmp_path):
    table = np.array([[True, False], [False, False]])
    np.save(tmp_path / "table.npy", table)
    instance = make(f"file[path={tmp_path / 'table.npy'}]")
    np.testing.assert_array_equal(instance.data["table"], table)
    assert instance.data["letters"] == 2


def test_suites_name_cases_once():
    named = [t for s in ("smoke", "standard", "large", "tuning") for t in PROBLEM.suites[s]]
    assert len(named) == len(set(named))
