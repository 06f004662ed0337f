"""Papers: which work here and why the others don't, and what of each stands in the site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.catalogue import Catalogue, SolverEntry
from harness.findings import Statistic
from harness.machine import missing
from harness.papers import Paper, solvers_by_paper
from harness.report.claims_page import Claims, ClaimView

WORKS, BROKEN, OPEN = "works", "can't run here", "open"
# What the class of a paper says of what it brings.
KINDS = {
    "algorithm": "brings an algorithm",
    "core": "has an algorithm at its core, in the midst of something larger",
    "problem": "poses a problem, on which algorithms can be compared",
    "analysis": "analyses or measures; it brings no algorithm of its own",
    "none": "has no algorithm that could be run by itself",
}


@dataclass(frozen=True)
class PaperPage:
    """A paper in the site; `why` tells its status in a sentence."""

    paper: Paper
    status: str
    why: str
    solvers: tuple[SolverEntry, ...]
    statistics: tuple[tuple[str, str], ...]
    claims: tuple[ClaimView, ...]

    @property
    def works(self) -> bool:
        return self.status == WORKS

    @property
    def kind(self) -> str:
        """What its class means."""
        return KINDS.get(self.paper.kind, "")


def paper_pages(
    papers: Sequence[Paper],
    catalogue: Catalogue,
    statistics: Mapping[str, Statistic],
    claims: Claims,
    usable: Mapping[str, bool],
) -> list[PaperPage]:
    """All papers, in the order of the list; those that plugins name beyond it come last.

    Args:
        papers: the list.
        catalogue: what is installed.
        statistics: name -> statistic.
        claims: that were judged.
        usable: name -> whether its file can be used, for solvers that were asked already.
    """
    known = {paper.key for paper in papers}
    named: dict[str, list[SolverEntry]] = {}
    for entry in catalogue.solvers.values():
        for key in entry.papers:
            named.setdefault(key, []).append(entry)
    judged: dict[str, list[tuple[str, str]]] = {}
    for name, statistic in statistics.items():
        for key in statistic.papers:
            judged.setdefault(key, []).append((name, statistic.title))
    more = [key for key in dict.fromkeys([*named, *judged]) if key not in known]
    everything = [*papers, *(Paper(key, key, "", "") for key in more)]
    asked = {key for key, found in named.items() if any(e.name not in usable for e in found)}
    working = solvers_by_paper(catalogue, asked)
    found = []
    for paper in everything:
        solvers, shown = named.get(paper.key, []), judged.get(paper.key, [])
        fine = [e for e in solvers if e.role == "paper" and usable.get(e.name)]
        works = bool(fine or shown or working.get(paper.key))
        status, why = _status(paper, solvers, works)
        views = claims.of_paper(paper.key)
        found.append(PaperPage(paper, status, why, tuple(solvers), tuple(shown), tuple(views)))
    return found


def _status(
    paper: Paper,
    solvers: list[SolverEntry],
    works: bool,
) -> tuple[str, str]:
    if works:
        return WORKS, "What it brings is installed and can be run."
    own = [entry for entry in solvers if entry.role == "paper"]
    if own:
        absent = sorted({name for entry in own for name in missing(entry.requires)})
        if absent:
            return BROKEN, f"It needs what is not installed: pip install {' '.join(absent)}."
        return BROKEN, "The files of its solvers can't be used here; their pages say why."
    if solvers:
        return OPEN, "Solvers name it as their background, but none says that it implements it."
    kind = KINDS.get(paper.kind, "")
    return OPEN, "No installed solver or statistic names it." + (f" It {kind}." if kind else "")
