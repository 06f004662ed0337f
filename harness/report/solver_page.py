"""A solver's page: all its results, what it is and from which papers, its source, how to use it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import decode_source
from pathlib import Path
from typing import Any

from harness.catalogue import Catalogue, SolverEntry
from harness.report.board import BoardRow
from harness.report.cases import CaseRow, case_rows
from harness.report.claims_page import ClaimView
from harness.report.failed import Failure, failures
from harness.report.flagged import Warned
from harness.report.page import Page
from harness.report.plain import plain
from harness.report.snippet import snippet
from harness.report.subjects import ProblemFacts, SolverFacts
from harness.tables import of_kind

MOST_CASE_ROWS = 300
MOST_FAILURES = 100
MOST_LINES = 600  # of the source on the page
MOST_BYTES = 200_000  # of the source in its file


@dataclass(frozen=True)
class Source:
    """The text of a solver's file: what is shown, what is linked, and how much is left out."""

    lines: tuple[str, ...]
    more: int
    text: str


@dataclass(frozen=True)
class SolverPage:
    """A solver's page; `rows` are its labels on the board, best first.

    `facts` are those of the label that differs least from the defaults, `leader` and `rival` the
    labels of the board's first and of whom to compare with.
    """

    problem: ProblemFacts
    name: str
    stem: str
    facts: SolverFacts
    rows: list[BoardRow]
    case_rows: list[CaseRow]
    case_rows_more: int
    cases: int
    failures: list[Failure]
    failures_more: int
    warned: list[Warned]
    claims: list[ClaimView]
    source: Source | None
    snippet: str
    siblings: tuple[str, ...]
    rival: str
    has_times: bool
    has: dict[str, bool]
    warned_more: int = 0

    @property
    def warned_labels(self) -> set[str]:
        """The labels whose warnings the page shows."""
        return {one.facts.label for one in self.warned}


def solver_pages(
    page: Page,
    catalogue: Catalogue,
    unrun: Sequence[SolverFacts],
    claims: dict[str, list[ClaimView]],
) -> list[SolverPage]:
    """The pages of all solvers of a problem: of the board, then of those that were not run.

    Args:
        page: of the problem.
        catalogue: what is installed.
        unrun: installed solvers without results.
        claims: stem -> claims that concern it.
    """
    table = page.table.assign(
        stem=page.table["label"].map({label: one.name for label, one in page.solvers.items()})
    )
    tables = dict(list(table.groupby("stem", sort=False)))
    records = page.records.assign(
        stem=page.records["label"].map({label: one.name for label, one in page.solvers.items()})
    )
    by_stem = dict(list(records.groupby("stem", sort=False)))
    entire = [row.facts.label for row in page.rows]
    found = []
    for rows in page.stems:
        facts = min((row.facts for row in rows), key=lambda one: (len(one.label), one.label))
        mine = by_stem[facts.name]
        cases = tables.get(facts.name, page.table.iloc[:0])
        failed, more = failures(mine, page.solvers, page.looks, MOST_FAILURES)
        traces, timings = of_kind(mine, "trace"), of_kind(mine, "timing")
        labels = {row.facts.label for row in rows}
        found.append(
            SolverPage(
                **_common(facts, catalogue, page, claims),
                rows=rows,
                case_rows=case_rows(cases, page.facts, page.solvers, page.looks, MOST_CASE_ROWS),
                case_rows_more=max(0, len(cases) - MOST_CASE_ROWS),
                cases=int(traces["case"].nunique()),
                failures=failed,
                failures_more=more,
                warned=[one for one in page.warnings if one.facts.label in labels],
                rival=next((label for label in entire if label not in labels), ""),
                has_times=bool((timings["status"] == "ok").any()),
                has={
                    "precision": bool(timings["precision"].notna().any()),
                    "instructions": bool(traces["instructions"].notna().any()),
                },
            )
        )
    return found + [_unrun(page, facts, catalogue, claims) for facts in unrun]


def _unrun(
    page: Page, facts: SolverFacts, catalogue: Catalogue, claims: dict[str, list[ClaimView]]
) -> SolverPage:
    return SolverPage(
        **_common(facts, catalogue, page, claims),
        rows=[],
        case_rows=[],
        case_rows_more=0,
        cases=0,
        failures=[],
        failures_more=0,
        warned=[],
        rival="",
        has_times=False,
        has={"precision": False, "instructions": False},
    )


def _common(
    facts: SolverFacts, catalogue: Catalogue, page: Page, claims: dict[str, list[ClaimView]]
) -> dict[str, Any]:
    """What the page of a solver says whether or not it was run."""
    problem = page.facts
    entry = catalogue.solvers.get(facts.name)
    return {
        "problem": problem,
        "name": facts.name,
        "stem": facts.stem,
        "facts": facts,
        "claims": claims.get(facts.stem, []),
        "source": source(entry) if entry is not None else None,
        "snippet": _snippet(entry, problem, facts, page),
        "siblings": tuple(
            name
            for name, other in catalogue.solvers.items()
            if other.stem == facts.stem and name != facts.name
        ),
    }


def _snippet(
    entry: SolverEntry | None, problem: ProblemFacts, facts: SolverFacts, page: Page
) -> str:
    """Lines that use the solver; none where its file or its problem can't be used, or no case is
    known."""
    usable = entry is not None and not facts.missing and not problem.missing
    solved = [row.case for row in page.case_rows if row.ok]
    case = next((row.case for row in page.case_rows if row.ok and row.facts.name == facts.name), "")
    case = case or next(iter(solved), "")
    return snippet(entry, problem, case, {}) if usable and entry is not None and case else ""


def source(entry: SolverEntry) -> Source | None:
    """The text of a solver's file, made harmless; None where it can't be read."""
    try:
        with Path(entry.source.file).open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        text = decode_source(content[:MOST_BYTES])
    except (OSError, SyntaxError, ValueError, LookupError):
        return None
    if len(content) > MOST_BYTES:
        text += "\n… (cut off)\n"
    text = plain(text, len(text), lines=True)
    lines = text.rstrip("\n").split("\n")
    return Source(tuple(lines[:MOST_LINES]), max(0, len(lines) - MOST_LINES), text)
