"""What a reader takes along from a site: badges for other pages, and citations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from harness.report.badges import badge
from harness.report.citations import Entry, bibtex, csl, own, software
from harness.report.claims_page import ClaimView
from harness.report.files import write
from harness.report.links import Links
from harness.report.page import Page

_PACKAGE = re.compile(r"[A-Za-z0-9._-]+")  # the name in a requirement


def write_badge(page: Page, said: str, folder: Path, links: Links) -> None:
    """The badge of a problem: its title, and who leads or how many solvers there are."""
    tone = "good" if any(row.ok for row in page.rows) else "unknown"
    write(folder / links.badge(page.key), badge(page.facts.title, said, tone))


def write_claim_badge(view: ClaimView, folder: Path, links: Links) -> None:
    """The badge of a claim: its name, and the verdict."""
    name = view.claim.key.rpartition("/")[2]
    write(folder / links.claim_badge(view.claim.key), badge(name, view.verdict, view.tone))


def write_citations(page: Page, folder: Path, links: Links) -> None:
    """What a problem's page rests on: this bench, the papers of its solvers, and their packages."""
    versions: Mapping[str, str] = {
        name: version for one in reversed(page.environments) for name, version in one.libraries
    }
    names = [
        found[0]
        for one in page.solvers.values()
        for text in one.requires
        if (found := _PACKAGE.match(text))
    ]
    known = {name: versions[name] for name in names if name in versions}
    entries = [
        own(),
        *(Entry(key, title or key, "paper") for key, title in page.papers),
        *software(known),
        *(Entry(name, name, "software") for name in dict.fromkeys(names) if name not in known),
    ]
    write(folder / links.citations(page.key, "bib"), bibtex(entries))
    write(folder / links.citations(page.key, "json"), csl(entries))
