"""References for those who cite what a page shows: BibTeX, and CSL-JSON for other programs."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import harness

# Kind -> (BibTeX, CSL).
_KINDS = {
    "article": ("article", "article-journal"),
    "paper": ("misc", "article"),
    "software": ("misc", "software"),
    "dataset": ("misc", "dataset"),
}
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{letter: f"\\{letter}" for letter in "#$%&_"},
}
_HARMLESS = {ord("{"): "%7B", ord("}"): "%7D", ord("\\"): "%5C", ord(" "): "%20"}
_HOME = "https://pypi.org/project/{name}/"


@dataclass(frozen=True)
class Entry:
    """Something that can be cited.

    Attributes:
        key: by which it is cited; other characters than letters, digits, `-`, `:` become `-`.
        title: as it is written.
        kind: "article", "paper", "software" or "dataset"; another is taken for a paper.
        note: anything more, such as a version. url, year: where and when.
    """

    key: str
    title: str
    kind: str
    note: str = ""
    url: str = ""
    year: str = ""


def own() -> Entry:
    """The harness itself, in the version that is at work."""
    version = harness.__version__
    return Entry("bench-harness", "bench-harness", "software", f"Version {version}")


def software(versions: Mapping[str, str]) -> list[Entry]:
    """Packages of the Python Package Index: name -> version."""
    return [
        Entry(name, name, "software", f"Version {version}", _HOME.format(name=name))
        for name, version in sorted(versions.items())
    ]


def bibtex(entries: Sequence[Entry]) -> str:
    """The entries as BibTeX, each with a key of its own; texts are escaped."""
    return "\n".join(_bibtex(key, one) for key, one in _keyed(entries))


def csl(entries: Sequence[Entry]) -> str:
    """The entries as CSL-JSON."""
    found = []
    for key, one in _keyed(entries):
        item: dict[str, object] = {
            "id": key,
            "type": _KINDS.get(one.kind, _KINDS["paper"])[1],
            "title": _line(one.title),
        }
        if one.note:
            item["note"] = _line(one.note)
        if one.url:
            item["URL"] = one.url
        if re.fullmatch(r"\d{4}", one.year, re.ASCII):
            item["issued"] = {"date-parts": [[int(one.year)]]}
        found.append(item)
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _bibtex(key: str, one: Entry) -> str:
    kind = _KINDS.get(one.kind, _KINDS["paper"])[0]
    fields = {"title": _protected(one.title), "year": _latex(one.year)}
    fields["note"] = _latex(one.note)
    # Inside \url only what would end it, or begin a comment, is of harm.
    address = one.url.translate(_HARMLESS)
    fields["howpublished" if kind == "misc" else "url"] = (
        f"\\url{{{_line(address)}}}" if address else ""
    )
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key},", *lines, "}", ""])


def _protected(text: str) -> str:
    """Words with capitals in braces, so that a style does not write them small.

    The first letter of a title is left large by every style.
    """
    words = _line(text).split(" ")
    kept = [
        any(letter.isupper() for letter in (word[1:] if place == 0 else word))
        for place, word in enumerate(words)
    ]
    return " ".join(
        f"{{{_latex(word)}}}" if keep else _latex(word)
        for word, keep in zip(words, kept, strict=True)
    )


def _latex(text: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in _line(text))


def _line(text: str) -> str:
    """On one line, without control characters."""
    kept = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in text)
    return " ".join(kept.split())


def _keyed(entries: Sequence[Entry]) -> list[tuple[str, Entry]]:
    """Each entry with a key of its own; one that stands there twice is named once."""
    found: list[tuple[str, Entry]] = []
    taken: set[str] = set()
    for one in dict.fromkeys(entries):
        plain = unicodedata.normalize("NFKD", one.key)
        wanted = re.sub(r"[^A-Za-z0-9:-]+", "-", plain).strip("-") or "unnamed"
        key, turn = wanted, 2
        while key.lower() in taken:  # BibTeX does not tell capitals apart
            key, turn = f"{wanted}-{turn}", turn + 1
        taken.add(key.lower())
        found.append((key, one))
    return found
