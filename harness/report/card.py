"""What the index and the other pages of the site keep of a problem's page."""

from __future__ import annotations

from dataclasses import dataclass

from harness.report import formats
from harness.report.board import BoardRow
from harness.report.claims_page import counted
from harness.report.page import Page
from harness.report.palette import Look
from harness.report.subjects import ProblemFacts


@dataclass(frozen=True)
class Dot:
    """A solver in the small picture of a card, which is 320 wide and 132 high."""

    label: str
    look: Look
    x: float
    y: float
    hollow: bool


@dataclass(frozen=True)
class Card:
    """A problem on the index."""

    facts: ProblemFacts
    verdict: str
    leaders: tuple[Look, ...]
    solvers: int
    papers: int
    cases: tuple[str, ...]
    seeds: int
    runs: int
    claims: tuple[tuple[str, str, int], ...]
    sketch: tuple[Dot, ...]
    statistics: tuple[str, ...]


def card(page: Page) -> Card:
    """The card of a problem's page."""
    leaders = [row for row in page.rows if row.rank == "1"]
    return Card(
        facts=page.facts,
        verdict=page.verdict,
        leaders=tuple(row.look for row in leaders[:3]),
        solvers=len(page.rows),
        papers=len(page.papers),
        cases=tuple(page.cases),
        seeds=page.seeds,
        runs=page.runs_counted,
        claims=tuple(counted(page.claims)),
        sketch=_sketch(page),
        statistics=tuple(one.name for one in page.findings.found),
    )


def said(page: Page) -> str:
    """What a problem's badge says of it: the leader, where one leads beyond doubt."""
    good = [row for row in page.rows if row.ok]
    if len(good) > 1 and not good[0].tied:
        return good[0].facts.label
    return formats.count(len(page.rows), "solver")


def _sketch(page: Page) -> tuple[Dot, ...]:
    """A small picture: cost against time, or rank where time ranks.

    Empty where fewer than two have both.
    """
    by_cost = page.facts.rank_by == "cost"
    rows = [row for row in page.rows if row.time.whisker and (row.score.whisker or not by_cost)]
    step = 100 / max(1, len(rows) - 1)
    dots = [
        Dot(
            row.facts.label,
            row.look,
            _across(row),
            _down(row) if by_cost else round(10 + step * place, 1),
            row.ok < row.runs,
        )
        for place, row in enumerate(rows)
    ]
    return tuple(dots) if len(dots) > 1 else ()


def _across(row: BoardRow) -> float:
    return round(22 + 2.78 * (row.time.whisker.middle if row.time.whisker else 0), 1)


def _down(row: BoardRow) -> float:
    return round(108 - 0.84 * (row.score.whisker.middle if row.score.whisker else 0), 1)
