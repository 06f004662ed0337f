"""Everything that a problem's page shows, worked out from the frames; templates only lay it out."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from harness.catalogue import Catalogue
from harness.findings import Statistic
from harness.report import formats
from harness.report.board import BoardRow, board_rows, verdict
from harness.report.cases import CaseRow, CaseSummary, case_rows, case_summaries, case_table
from harness.report.charts import Chart, Drawer, charts
from harness.report.claims_page import ClaimView
from harness.report.environment_page import MOST_RUNS, Environment, Run, environments_of, runs_of
from harness.report.failed import Failure, failures
from harness.report.flagged import Warned, badges, warned
from harness.report.found import Findings, findings
from harness.report.links import tuned_key
from harness.report.palette import Look, looks
from harness.report.subjects import (
    ProblemFacts,
    SolverFacts,
    anchor,
    problem_facts,
    solver_facts,
)
from harness.statistics.board import Board
from harness.statistics.leaderboard import Rules, leaderboard
from harness.store import Results
from harness.tables import mixed_limits, of_kind
from harness.tuning import Tuned

# What a page holds at most, so that no results make it too large to open.
MOST_SOLVERS = 200
MOST_CASES = 200  # in the charts and in the table of cases
MOST_CASE_ROWS = 150  # of solvers on cases; each solver's page has its own
MOST_FAILURES = 100  # rows of the table of failures
MOST_WARNINGS = 100


@dataclass(frozen=True)
class Section:
    """A section that a pack adds; its HTML is shown as it is."""

    title: str
    anchor: str
    html: Markup


@dataclass(frozen=True)
class Page:
    """A problem's page, and what the pages of its solvers take from it.

    Attributes:
        records: that count, of the solvers shown. board: of these; None without a traced run.
        leaderboard, table: the leaderboard and the table of cases as frames, whole.
        rows: of the leaderboard. solvers, looks: by label. others: of the rest see the templates.
        rulesets: the keys of the pages with default and with tuned settings; none where there is
            one page only.
    """

    facts: ProblemFacts
    records: pd.DataFrame
    board: Board | None
    leaderboard: pd.DataFrame
    table: pd.DataFrame
    rows: list[BoardRow]
    looks: dict[str, Look]
    solvers: dict[str, SolverFacts]
    cases: list[str]
    seeds: int
    runs_counted: int
    papers: list[tuple[str, str]]
    verdict: str
    notices: list[str]
    charts: list[Chart]
    charts_absent: list[str]
    findings: Findings
    case_summaries: list[CaseSummary]
    case_rows: list[CaseRow]
    case_rows_more: int
    claims: list[ClaimView]
    failures: list[Failure]
    failures_more: int
    warnings: list[Warned]
    environments: list[Environment]
    runs: list[Run]
    runs_more: int
    sections: list[Section]
    has_times: bool
    has: dict[str, bool]
    ruleset: str = "default"
    rulesets: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Under which links know the page: that of tuned settings is a page of its own."""
        return tuned_key(self.facts.name) if self.ruleset == "tuned" else self.facts.name

    @property
    def warned(self) -> list[Warned]:
        """The warnings that the page shows."""
        return self.warnings[:MOST_WARNINGS]

    @property
    def warned_more(self) -> int:
        return len(self.warnings) - len(self.warned)

    @property
    def warned_labels(self) -> set[str]:
        """The solvers whose warnings the page shows."""
        return {one.facts.label for one in self.warned}

    @property
    def stems(self) -> list[list[BoardRow]]:
        """The rows of one solver's file together, in the order of the board."""
        found: dict[str, list[BoardRow]] = {}
        for row in self.rows:
            found.setdefault(row.facts.name, []).append(row)
        return list(found.values())


@dataclass(frozen=True)
class Sources:
    """What pages are made from.

    Attributes:
        results: what the store holds. frame: the records that count, made harmless.
        catalogue: what is installed. titles: key -> title of papers.
        statistics: name -> statistic.
        measured: all records of the machine; None where tuned settings are not to be shown.
    """

    results: Results
    frame: pd.DataFrame
    catalogue: Catalogue
    titles: Mapping[str, str]
    statistics: Mapping[str, Statistic]
    measured: pd.DataFrame | None = None


def problem_page(
    name: str,
    place: str,
    sources: Sources,
    claims: list[ClaimView],
    tuned: Sequence[Tuned] = (),
    ruleset: str = "default",
) -> Page:
    """Work out the page of one problem; `place` names the folder of its data.

    Args:
        tuned: the trials of its solvers. ruleset: "default", or "tuned" where the records are of
            runs with tuned settings.
    """
    results, catalogue = sources.results, sources.catalogue
    facts = problem_facts(name, catalogue, results)
    mine = sources.frame[sources.frame["problem"] == name]
    whole = leaderboard(mine, name, Rules(facts.compare, facts.rank_by))
    board = whole.head(MOST_SOLVERS)
    labels = [str(label) for label in board["label"]]
    known_runs = runs_of(results, mine, name)
    environments = environments_of(results, mine, known_runs, False)
    if len(whole) > len(board):
        mine = mine[mine["label"].isin(labels)]
    traces, timings = of_kind(mine, "trace"), of_kind(mine, "timing")
    timings = timings[timings["label"].isin(labels)]
    styles = looks(labels)
    solvers = solver_facts(traces, name, catalogue, sources.titles)
    warnings = warned(mine, name, solvers, styles)
    rows = board_rows(board, facts, solvers, styles, badges(warnings))
    cases = [str(case) for case in dict.fromkeys(traces["case"])]
    drawer = Drawer(styles, facts, place)
    made, absent = _charts(drawer, facts, (board, traces, timings), cases, rows)
    table = case_table(mine, facts, labels)
    failed, failed_more = failures(mine, solvers, styles, MOST_FAILURES)
    judged = Board.of(mine, name, facts, board, catalogue, tuned) if rows else None
    found = findings(judged, sources.statistics, drawer, styles) if judged else Findings()
    return Page(
        facts=facts,
        records=mine,
        board=judged,
        leaderboard=whole,
        table=table,
        rows=rows,
        looks=styles,
        solvers=solvers,
        cases=cases,
        seeds=int(traces["seed"].nunique()),
        runs_counted=len(traces),
        papers=list(dict.fromkeys(pair for one in solvers.values() for pair in one.papers)),
        verdict=verdict(rows, facts) if rows else "",
        notices=[
            *_notices(facts, results, traces, timings, rows, known_runs),
            *_left_out(len(whole), len(cases)),
            *_of_ruleset(ruleset, name, rows, tuned),
        ],
        ruleset=ruleset,
        rulesets=(name, tuned_key(name)) if tuned else (),
        charts=made,
        charts_absent=absent,
        findings=found,
        case_summaries=case_summaries(table, traces, facts, MOST_CASES) if rows else [],
        case_rows=case_rows(table, facts, solvers, styles, MOST_CASE_ROWS) if rows else [],
        case_rows_more=max(0, len(table) - MOST_CASE_ROWS),
        claims=claims,
        failures=failed,
        failures_more=failed_more,
        warnings=warnings,
        environments=environments,
        runs=known_runs[-MOST_RUNS:],
        runs_more=max(0, len(known_runs) - MOST_RUNS),
        sections=_sections(catalogue, name, mine),
        has_times=bool((timings["status"] == "ok").any()),
        has={
            "precision": bool(timings["precision"].notna().any() or timings["why"].ne("").any()),
            "instructions": bool(traces["instructions"].notna().any()),
        },
    )


def _charts(
    drawer: Drawer,
    facts: ProblemFacts,
    frames: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
    cases: list[str],
    rows: list[BoardRow],
) -> tuple[list[Chart], list[str]]:
    """The charts of the records themselves, and a sentence for each that is not there."""
    if not any(row.ok for row in rows):
        return [], ["There are no charts, as no run gave a valid answer."] if rows else []
    board, traces, timings = frames
    labels = [row.facts.label for row in rows]
    return charts(drawer, facts, (board, _few(traces, cases), _few(timings, cases)), labels)


def _few(frame: pd.DataFrame, cases: list[str]) -> pd.DataFrame:
    """The rows of as many cases as the charts hold."""
    return frame if len(cases) <= MOST_CASES else frame[frame["case"].isin(cases[:MOST_CASES])]


def _left_out(solvers: int, cases: int) -> list[str]:
    """What does not stand on the page, as there is too much of it."""
    said = []
    if solvers > MOST_SOLVERS:
        said.append(
            f"The page shows the first {MOST_SOLVERS} of {formats.count(solvers, 'solver')}, and "
            "its statistics are of these; the CSV of the leaderboard lists all."
        )
    if cases > MOST_CASES:
        said.append(
            f"The charts, and the table of cases, show the first {MOST_CASES} of "
            f"{formats.count(cases, 'case')}."
        )
    return said


def _notices(
    facts: ProblemFacts,
    results: Results,
    traces: pd.DataFrame,
    timings: pd.DataFrame,
    rows: list[BoardRow],
    runs: list[Run],
) -> list[str]:
    """What a reader must know before trusting the numbers."""
    missing = f"{facts.missing}; what is said of it was noted when it ran."
    if not rows:
        return [missing] * bool(facts.missing) + ["There are no results of this problem yet."]
    cases, listed = traces["case"].nunique(), formats.listed
    partial = [row.facts.label for row in rows if row.cases < cases]
    gone = [row.facts.label for row in rows if row.facts.missing and not row.facts.module]
    cut = [run.name for run in runs if run.ended != "finished"]
    measured = results.runs_of(facts.name)
    others = {str(results.runs[run].get("machine")) for run in measured} - set(traces["machine"])
    said = {
        missing: facts.missing,
        "Every run failed, so there is nothing to compare; the messages are below.": not any(
            row.ok for row in rows
        ),
        "There is only one case, so the intervals speak of its seeds only.": cases == 1,
        "There is only one seed, so the intervals know nothing of chance in a solver.": (
            traces["seed"].nunique() == 1
        ),
        "No timings were taken: times on this page are missing, or of traced runs.": (
            facts.timed and not (timings["status"] == "ok").any()
        ),
        f"Not every case was tried by {listed(partial)}.": partial,
        f"No longer installed: {listed(gone)}.": gone,
        f"{formats.count(len(cut), 'run')} did not reach the end ({listed(cut, 2)}).": cut,
        f"The results also hold runs of {formats.count(len(others), 'other machine')}; "
        "machines are never mixed, and this page shows one.": others,
    }
    held = [sentence for sentence, holds in said.items() if holds]
    return held + mixed_limits(traces, facts.name)


def _of_ruleset(ruleset: str, name: str, rows: list[BoardRow], tuned: Sequence[Tuned]) -> list[str]:
    """What a reader of a page with tuned settings must know."""
    if ruleset != "tuned":
        return []
    if not rows:
        return [
            "Settings were tried, but not yet run on the cases of the board: "
            f"bench run {name} --suite standard --ruleset tuned."
        ]
    told = {one.solver for one in tuned}
    fixed = [row.facts.label for row in rows if row.facts.label not in told]
    if not fixed:
        return []
    return [f"With nothing to tune, these stand here with their defaults: {formats.listed(fixed)}."]


def _sections(catalogue: Catalogue, name: str, mine: pd.DataFrame) -> list[Section]:
    """What the packs add; one that fails says so and costs only itself."""
    hooks = catalogue.hooks
    taken: set[str] = set()
    found = []
    for plugin in hooks.get_plugins():
        others = [other for other in hooks.get_plugins() if other is not plugin]
        call = hooks.subset_hook_caller("bench_report_sections", others)
        try:
            for sections in call(problem=name, records=mine.copy()):
                for title, html in sections:
                    link = anchor("section", str(title), taken)
                    found.append(Section(str(title), link, Markup(html)))
        except Exception as error:
            said = "".join(traceback.format_exception_only(error)).strip()
            title = f"A section of {hooks.get_name(plugin) or 'a pack'}"
            text = Markup("<p>It could not be made: {}</p>").format(said)
            found.append(Section(title, anchor("section", title, taken), text))
    return found
