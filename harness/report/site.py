"""Writing the site: its pages, its data, its style sheets and its scripts.

It needs no network, nor a server. Pages forbid inline scripts, inline styles and `eval`: data lies
in scripts of their own, Vega's expressions are interpreted, and names are escaped wherever they
stand. One problem is worked out and written at a time, so that memory does not grow with them.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import harness
from harness.catalogue import Catalogue
from harness.report.addresses import links_of, problems_of
from harness.report.files import csv_text, write
from harness.report.links import Links, tuned_key
from harness.report.plain import TEXT, plain
from harness.store import Results

if TYPE_CHECKING:
    import jinja2
    import pandas as pd

    from harness.claims import Judged
    from harness.papers import Paper
    from harness.report.card import Card
    from harness.report.claims_page import Claims
    from harness.report.page import Page, Sources
    from harness.report.rulesets import Rulesets
    from harness.report.solver_page import SolverPage
    from harness.report.subjects import SolverFacts

_HERE = Path(__file__).parent


def write_site(
    results: Results,
    frame: pd.DataFrame,
    catalogue: Catalogue,
    folder: Path,
    papers: Sequence[Paper] = (),
    *,
    measured: pd.DataFrame | None = None,
    claims: Sequence[Judged] = (),
    figures: Path | None = None,
) -> list[Path]:
    """Write the site; pages that are there already are replaced.

    Args:
        results: what the store holds; its run headers say how the records came about.
        frame: the records that count, as `harness.tables.current` returns them.
        catalogue: what is installed, for the descriptions of problems and solvers.
        folder: where to write; made if need be.
        papers: the list of papers.
        measured: all records of the machine, as `harness.tables.of_machine` returns them, where
            tuned settings are to be shown.
        claims: what papers claim, with verdicts.
        figures: where every chart is written once more, as SVG, PDF, PNG and CSV.

    Returns:
        the pages written, the index first.

    Raises:
        OSError: where the folder can't be written.
    """
    from harness.report.claims_page import Claims
    from harness.report.page import Sources
    from harness.report.plain import harmless
    from harness.statistics.shelf import statistics_of

    statistics, complaints = statistics_of(catalogue)
    sources = Sources(
        results=results,
        frame=harmless(frame),
        catalogue=catalogue,
        titles={paper.key: paper.title for paper in papers},
        statistics=statistics,
        measured=None if measured is None else harmless(measured),
    )
    site = _Site(folder, sources, Claims.of(claims), papers, figures)
    return site.write([*results.complaints, *complaints])


class _Site:
    """A site while it is written."""

    def __init__(
        self,
        folder: Path,
        sources: Sources,
        claims: Claims,
        papers: Sequence[Paper],
        figures: Path | None,
    ) -> None:
        self._folder, self._sources, self._claims, self._papers = folder, sources, claims, papers
        self._figures = figures
        self._names = problems_of(sources.results, sources.frame)
        self._links = links_of(self._names, sources, claims, papers)
        self._environment = _environment()
        self._environment.globals.update(links=self._links, titles=sources.titles)
        self._shared = {
            "version": harness.__version__,
            "written": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        }
        self._written: list[Path] = []
        self._cards: list[Card] = []
        self._solvers: list[tuple[str, str, str]] = []  # name, title of the problem, summary
        self._usable: dict[str, bool] = {}
        self._compared: list[dict[str, str]] = []
        self._charted = False

    def write(self, complaints: list[str]) -> list[Path]:
        """Write all of it."""
        for name in self._names:
            self._problem(name)
        self._about_papers()
        self._about_statistics()
        self._about_claims()
        self._about_environments()
        self._comparison()
        self._page("index.html", "index.html", cards=self._cards, complaints=complaints)
        self._static()
        self._written.insert(0, self._written.pop())
        return self._written

    def _page(self, template: str, href: str, **facts: Any) -> None:
        root = "../" * href.count("/")
        text = self._environment.get_template(template).render(
            root=root, here=href, **self._shared, **facts
        )
        write(self._folder / href, text)
        self._written.append(self._folder / href)

    def _problem(self, name: str) -> None:
        """The page of a problem, those of its solvers, and its data."""
        from harness.report import compare_page
        from harness.report.card import card
        from harness.report.claims_page import counted
        from harness.report.page import problem_page
        from harness.report.rulesets import tuned_pages
        from harness.report.solver_page import solver_pages
        from harness.report.subjects import unrun_facts

        place = self._links.problems[name]
        rulesets = tuned_pages(name, self._sources)
        page = problem_page(
            name, place, self._sources, self._claims.of_problem(name), rulesets.trials
        )
        known = {one.name for one in page.solvers.values()}
        entries = [e for e in self._sources.catalogue.solvers_of(name) if e.name not in known]
        unrun = list(unrun_facts(entries, self._sources.titles).values())
        stems = {one.name.removeprefix(f"{name}/") for one in [*page.solvers.values(), *unrun]}
        claims = {stem: self._claims.of_solver(name, stem) for stem in stems}
        self._board(page, unrun, counted(page.claims))
        if rulesets.trials:
            self._tuned(name, rulesets)
        for one in solver_pages(page, self._sources.catalogue, unrun, claims):
            self._solver(one)
        self._cards.append(card(page))
        if page.board is not None:
            # Boards are large: what other pages need of this one is taken now.
            compared = compare_page.write_data(self._folder, page.board, place)
            self._compared += [compared] if compared else []

    def _board(self, page: Page, unrun: Sequence[SolverFacts], counts: Sequence[Any]) -> None:
        """The page of one board, its data, its badge and what it cites."""
        from harness.report.card import said
        from harness.report.takeaway import write_badge, write_citations

        told = said(page)
        self._page(
            "problem.html",
            self._links.problem(page.key),
            page=page,
            unrun=unrun,
            counts=counts,
            badge=f"{page.facts.title}: {told}",
        )
        self._data(page)
        write_badge(page, told, self._folder, self._links)
        write_citations(page, self._folder, self._links)

    def _tuned(self, name: str, rulesets: Rulesets) -> None:
        """The same board with tuned settings."""
        from dataclasses import replace

        from harness.report.page import problem_page

        place = self._links.problems[tuned_key(name)]
        sources = replace(self._sources, frame=rulesets.records)
        self._board(problem_page(name, place, sources, [], rulesets.trials, "tuned"), [], [])

    def _solver(self, one: SolverPage) -> None:
        from harness.machine import missing

        href = self._links.solver(one.name)
        if not href:
            return
        self._page("solver.html", href, page=one)
        if one.source is not None:
            write(self._folder / self._links.source(one.name), one.source.text)
        self._solvers.append((one.name, one.problem.title, one.facts.summary or one.facts.missing))
        self._usable[one.name] = not one.facts.missing and not missing(one.facts.requires)

    def _data(self, page: Page) -> None:
        """The data of a problem's charts, and its tables as CSV."""
        from harness.report.figures import write_data, write_figures

        drawn = [*page.charts, *page.findings.charts]
        write_data(drawn, self._folder)
        self._charted |= bool(drawn)
        if self._figures is not None:
            write_figures({self._links.problems[page.key]: drawn}, self._figures)
        tables = {one.name: one.table for one in page.findings.found if one.total}
        if page.rows:
            tables["leaderboard"] = _csv(page.leaderboard)
            tables["cases"] = _csv(page.table.drop(columns=["flags", "is_best", "is_good"]))
        for what, text in tables.items():
            write(self._folder / self._links.data(page.key, what), text)

    def _about_papers(self) -> None:
        from harness.report.paper_page import paper_pages

        sources = self._sources
        pages = paper_pages(
            self._papers, sources.catalogue, sources.statistics, self._claims, self._usable
        )
        self._page(
            "papers.html",
            "papers.html",
            pages=sorted(pages, key=lambda page: not page.works),
            working=sum(page.works for page in pages),
            statuses=_counts(page.status for page in pages),
            kinds=_counts(page.paper.kind for page in pages),
            families=_counts(page.paper.family for page in pages),
        )
        for page in pages:
            self._page("paper.html", self._links.paper(page.paper.key), page=page)
        self._paper_pages = pages

    def _about_statistics(self) -> None:
        from harness.report.about import explained

        shown = {
            name: [card.facts.name for card in self._cards if name in card.statistics]
            for name in self._sources.statistics
        }
        names = {card.facts.name: card.facts.title for card in self._cards}
        groups = explained(self._sources.statistics, shown)
        self._page("statistics.html", "statistics.html", groups=groups, names=names)

    def _about_claims(self) -> None:
        from harness.report.claims_page import counted
        from harness.report.takeaway import write_claim_badge

        views = self._claims.views
        for view in views:
            write_claim_badge(view, self._folder, self._links)
        self._page(
            "claims.html",
            "claims.html",
            views=sorted(views, key=lambda view: view.claim.verdict is None),
            counts=counted(views),
            chosen=[(verdict, many) for verdict, _, many in counted(views)],
            problems=_counts(view.claim.problem for view in views),
        )

    def _about_environments(self) -> None:
        from harness.report.environment_page import environments_of, runs_of

        results, frame = self._sources.results, self._sources.frame
        found = environments_of(results, frame, runs_of(results, frame))
        self._page("environments.html", "environments.html", environments=found)

    def _comparison(self) -> None:
        """The page on which any two solvers stand side by side."""
        from harness.report import compare_page

        shared = {**self._shared, "here": "compare.html"}
        self._written.append(
            compare_page.write(self._environment, self._folder, self._compared, shared)
        )

    def _static(self) -> None:
        """Style sheets and scripts, and what the search box looks through."""
        from harness.report.search import entries

        static = self._folder / "static"
        _write_static(static, self._charted)
        rows = entries(
            self._cards,
            self._solvers,
            self._paper_pages,
            self._claims,
            self._sources.statistics,
            self._links,
        )
        write(static / "search-data.js", f"window.benchSearch = {script_json(rows)};\n")


def _counts(values: Iterable[str]) -> list[tuple[str, int]]:
    """Each value with how often it occurs; what is empty is no value."""
    return sorted(Counter(value for value in values if value).items())


def _csv(table: pd.DataFrame) -> str:
    return csv_text(list(table.columns), table.itertuples(index=False, name=None))


def _write_static(folder: Path, with_charts: bool) -> None:
    from harness.report.palette import style_sheet

    for source in sorted((_HERE / "static").iterdir()):
        write(folder / source.name, source.read_bytes())
    write(folder / "colours.css", style_sheet())
    if with_charts:
        write(folder / "vega.js", _vega())


@functools.cache
def _vega() -> str:
    """Vega with its embedder and expression interpreter, as one script."""
    import vl_convert

    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))


def _environment() -> jinja2.Environment:
    import jinja2

    from harness.report import formats
    from harness.report.board import MEANING
    from harness.report.palette import SHAPES
    from harness.report.prose import inline

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_bounded,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["script_json"] = script_json
    environment.filters["count"] = formats.count
    environment.filters["thousands"] = formats.thousands
    environment.filters["inline"] = inline
    environment.globals.update(MEANING=MEANING, SHAPES=SHAPES, NONE=formats.NONE)
    environment.globals.update(here="", links=Links(), titles={})
    return environment


def _bounded(value: Any) -> Any:
    """What a template puts into a page: no text of others without end, or with control codes."""
    # Of half a million values of a site nearly all are texts, and not yet marked up.
    if type(value) is str or (isinstance(value, str) and not hasattr(value, "__html__")):
        return plain(value, TEXT, lines=True)
    return value


def script_json(value: Any) -> Any:
    """JSON that is safe inside a script element, where `</script>` and `<!--` would end it."""
    from markupsafe import Markup

    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)
