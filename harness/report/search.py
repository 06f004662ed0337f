"""What the search box looks through: one short row for everything that has a place in the site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from harness.findings import Statistic
from harness.report.card import Card
from harness.report.claims_page import Claims
from harness.report.links import Links
from harness.report.paper_page import PaperPage
from harness.report.plain import plain

_WORDS = 160  # characters of what stands below a result
MOST_CASES = 400  # of a problem

Entry = tuple[str, str, str, str]  # kind, title, words below it, link from the root


def entries(
    cards: Iterable[Card],
    solvers: Iterable[tuple[str, str, str]],
    papers: Sequence[PaperPage],
    claims: Claims,
    statistics: Mapping[str, Statistic],
    links: Links,
) -> list[Entry]:
    """All rows; `solvers` are (name, title of the problem, summary)."""
    cards = list(cards)
    found: list[Entry] = [
        ("problem", card.facts.title, card.facts.summary, links.problem(card.facts.name))
        for card in cards
    ]
    found += [
        ("solver", name.rpartition("/")[2], f"{title}: {summary}", links.solver(name))
        for name, title, summary in solvers
    ]
    found += [
        ("statistic", one.title, one.source, links.statistic(name))
        for name, one in statistics.items()
    ]
    found += [
        ("claim", view.claim.statement, f"{view.verdict}: {view.claim.figure}", link)
        for view in claims.views
        if (link := links.claim(view.claim.key))
    ]
    for card in cards:
        home = links.problem(card.facts.name)
        found += [
            ("case", case, card.facts.title, f"{home}?case-summary={quote(case, safe='')}#cases")
            for case in card.cases[:MOST_CASES]
        ]
    found += [
        ("paper", one.paper.title, f"{one.status} · {one.paper.family}", links.paper(one.paper.key))
        for one in papers
    ]
    return [
        (kind, plain(title, _WORDS), plain(words, _WORDS), link)
        for kind, title, words, link in found
        if link
    ]
