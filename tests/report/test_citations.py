"""References: escaped, with keys of their own, read by others."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import harness
from harness.report.citations import Entry, bibtex, csl, own, software

ENTRY = Entry(
    "a-paper", "Fast k-medoids with PAM & R", "article", "p. 5", "https://a.b/c_d", "2021"
)


def test_an_entry_as_bibtex():
    assert bibtex([ENTRY]) == (
        "@article{a-paper,\n"
        "  title = {Fast k-medoids with {PAM} \\& {R}},\n"
        "  year = {2021},\n"
        "  note = {p. 5},\n"
        "  url = {\\url{https://a.b/c_d}},\n"
        "}\n"
    )


def test_an_entry_as_csl():
    assert json.loads(csl([ENTRY])) == [
        {
            "id": "a-paper",
            "type": "article-journal",
            "title": "Fast k-medoids with PAM & R",
            "note": "p. 5",
            "URL": "https://a.b/c_d",
            "issued": {"date-parts": [[2021]]},
        }
    ]


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("100% of $5 #1 a_b", r"100\% of \$5 \#1 a\_b"),
        ("a~b^c", r"a\textasciitilde{}b\textasciicircum{}c"),
        ("x {y} \\z", r"x \{y\} \textbackslash{}z"),
        ("The ADAM-like Optimiser", "The {ADAM-like} {Optimiser}"),
        ("two\nlines\x00 here", "two lines here"),
        ("On Möbius and Émile", "On {Möbius} and {Émile}"),
        ("PAM", "{PAM}"),
        ("A", "A"),
    ],
)
def test_what_latex_would_take_for_commands_is_escaped(title, written):
    assert f"title = {{{written}}}" in bibtex([Entry("k", title, "paper")])


def test_keys_are_different_and_plain():
    entries = [
        Entry(key, f"t{i}", "paper") for i, key in enumerate(["a b", "a-b", "A-B", "é,{", ""])
    ]
    keys = re.findall(r"@misc\{(.*),", bibtex(entries))
    assert keys == ["a-b", "a-b-2", "A-B-3", "e", "unnamed"]
    assert [one["id"] for one in json.loads(csl(entries))] == keys


def test_the_same_entry_twice_stands_there_once():
    assert bibtex([ENTRY, ENTRY]) == bibtex([ENTRY])


def test_software_has_its_version():
    (entry,) = software({"kmedoids": "0.5.5"})
    assert entry.kind == "software"
    text = bibtex([entry])
    assert "note = {Version 0.5.5}" in text
    assert "howpublished = {\\url{https://pypi.org/project/kmedoids/}}" in text
    assert json.loads(csl([entry]))[0]["type"] == "software"
    assert harness.__version__ in bibtex([own()])


def test_nothing_is_an_empty_list():
    assert bibtex([]) == ""
    assert json.loads(csl([])) == []


TEXTS = st.text(max_size=40)


@given(st.lists(st.builds(Entry, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS), max_size=4))
def test_braces_match_whatever_is_written(entries):
    text = bibtex(entries)
    depth = 0
    for brace in re.findall(r"(?<!\\)(?:\\\\)*([{}])", text):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert text.count("\n@") + text.startswith("@") == len(dict.fromkeys(entries))
    json.loads(csl(entries))


def test_the_repository_says_how_to_cite_it():
    text = (Path(__file__).parents[2] / "CITATION.cff").read_text()
    assert text.startswith("cff-version: 1.2.0\n")
    assert f"\nversion: {harness.__version__}\n" in text
