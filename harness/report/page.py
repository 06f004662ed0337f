"""Everything that a problem's page shows, worked out from the frames; templates only lay it out."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from harness.catalogue import Catalogue
from harness.report import formats
from harness.report.board import (
    BoardRow,
    CaseRow,
    Failure,
    board_rows,
    case_rows,
    failures,
    verdict,
)
from harness.report.charts import Chart, Drawer, charts
from harness.report.flagged import Warned, badges, warned
from harness.report.palette import SHAPES, Look, looks
from harness.report.subjects import (
    ProblemFacts,
    SolverFacts,
    anchor,
    environments,
    problem_facts,
    solver_facts,
)
from harness.statistics.leaderboard import Rules, leaderboard
from harness.store import Results
from harness.tables import of_kind

# What a page holds at most, so that no results make it too large to open.
MOST_SOLVERS = 200
MOST_CASES = 200  # in the charts
MOST_CASE_ROWS = 4000
MOST_FAILURES = 200  # rows of the table of failures
MOST_WARNINGS = 200
MOST_RUNS = 50
_FACTS = (
    ("processor", "Processor"),
    ("architecture", "Architecture"),
    ("cores", "Cores"),
    ("memory_bytes", "Memory"),
    ("system", "System"),
    ("distribution", "Distribution"),
    ("python", "Python"),
    ("compiler", "Compiler at hand"),
    ("governor", "Frequency governor"),
    ("harness", "Harness"),
    ("commit", "Commit"),
)


@dataclass(frozen=True)
class Run:
    """A run of the bench, and how to repeat it."""

    name: str
    command: str
    started: str
    ended: str
    records: int


@dataclass(frozen=True)
class Section:
    """A section that a pack adds; its HTML is shown as it is."""

    title: str
    anchor: str
    html: Markup


@dataclass(frozen=True)
class Dot:
    """A solver in the small picture of a card, which is 320 wide and 132 high."""

    label: str
    look: Look
    x: float
    y: float
    hollow: bool


def _across(row: BoardRow) -> float:
    return round(22 + 2.78 * (row.time.whisker.middle if row.time.whisker else 0), 1)


def _down(row: BoardRow) -> float:
    return round(108 - 0.84 * (row.score.whisker.middle if row.score.whisker else 0), 1)


@dataclass(frozen=True)
class Page:
    """A problem's page."""

    facts: ProblemFacts
    href: str
    rows: list[BoardRow]
    looks: dict[str, Look]
    cases: list[str]
    seeds: int
    runs_counted: int
    papers: int
    verdict: str
    notices: list[str]
    charts: list[Chart]
    charts_absent: list[str]
    case_rows: list[CaseRow]
    case_rows_more: int
    solvers: list[SolverFacts]
    failures: list[Failure]
    failures_more: int
    warned: list[Warned]
    warned_more: int
    environments: list[tuple[str, list[tuple[str, str]]]]
    runs: list[Run]
    runs_more: int
    sections: list[Section]
    has_times: bool
    has: dict[str, bool]

    @property
    def leaders(self) -> list[BoardRow]:
        return [row for row in self.rows if row.rank == "1"]

    @property
    def sketch(self) -> list[Dot]:
        """Cost against time as a small picture; empty where fewer than two have both."""
        dots = [
            Dot(row.facts.label, row.look, _across(row), _down(row), row.ok < row.runs)
            for row in self.rows
            if self.facts.rank_by == "cost" and row.score.whisker and row.time.whisker
        ]
        return dots if len(dots) > 1 else []

    @property
    def keys(self) -> dict[str, Any]:
        """What the page's script knows of each solver."""
        return {
            "labels": list(self.looks),
            "colours": [look.colour for look in self.looks.values()],
            "shapes": [SHAPES[look.shape] for look in self.looks.values()],
        }


def problem_page(
    name: str,
    href: str,
    results: Results,
    frame: pd.DataFrame,
    catalogue: Catalogue,
    papers: Mapping[str, str],
) -> Page:
    """Work out the page of one problem; `frame` is as `tables.current` returns it."""
    facts = problem_facts(name, catalogue, results)
    mine = frame[frame["problem"] == name]
    traces, timings = of_kind(mine, "trace"), of_kind(mine, "timing")
    board = leaderboard(mine, name, Rules(facts.compare, facts.rank_by))
    total, board = len(board), board.head(MOST_SOLVERS)
    labels = [str(label) for label in board["label"]]
    if total > len(board):
        mine = mine[mine["label"].isin(labels)]
        traces = traces[traces["label"].isin(labels)]
    timings = timings[timings["label"].isin(labels)]
    styles = looks(labels)
    solvers = solver_facts(traces, name, catalogue, papers)
    warnings = warned(mine, name, solvers, styles)
    rows = board_rows(board, facts, solvers, styles, badges(warnings))
    cases = [str(case) for case in dict.fromkeys(traces["case"])]
    few, drawn = _few(traces, cases), _few(timings, cases)
    made, absent = (
        charts(Drawer(styles, facts), facts, (board, few, drawn), labels)
        if any(row.ok for row in rows)
        else ([], ["There are no charts, as no run gave a valid answer."] if rows else [])
    )
    failed = failures(mine, solvers, styles)
    known_runs = _runs(results, mine, name)
    every_case = case_rows(mine, facts, solvers, styles) if rows else []
    return Page(
        facts=facts,
        href=href,
        rows=rows,
        looks=styles,
        cases=cases,
        seeds=int(traces["seed"].nunique()),
        runs_counted=len(traces),
        papers=len({key for one in solvers.values() for key, _ in one.papers}),
        verdict=verdict(rows, facts) if rows else "",
        notices=[
            *_notices(facts, results, traces, timings, rows, known_runs),
            *_left_out(total, len(cases)),
        ],
        charts=made,
        charts_absent=absent,
        case_rows=every_case[:MOST_CASE_ROWS],
        case_rows_more=max(0, len(every_case) - MOST_CASE_ROWS),
        solvers=[solvers[label] for label in labels],
        failures=failed[:MOST_FAILURES],
        failures_more=max(0, len(failed) - MOST_FAILURES),
        warned=warnings[:MOST_WARNINGS],
        warned_more=max(0, len(warnings) - MOST_WARNINGS),
        environments=_environments(results, mine, [run.name for run in known_runs]),
        runs=known_runs[-MOST_RUNS:],
        runs_more=max(0, len(known_runs) - MOST_RUNS),
        sections=_sections(catalogue, name, mine),
        has_times=bool((timings["status"] == "ok").any()),
        has={
            "precision": bool(timings["precision"].notna().any() or timings["why"].ne("").any()),
            "instructions": bool(traces["instructions"].notna().any()),
        },
    )


def _few(frame: pd.DataFrame, cases: list[str]) -> pd.DataFrame:
    """The rows of as many cases as the charts hold."""
    return frame if len(cases) <= MOST_CASES else frame[frame["case"].isin(cases[:MOST_CASES])]


def _left_out(solvers: int, cases: int) -> list[str]:
    """What does not stand on the page, as there is too much of it."""
    said = []
    if solvers > MOST_SOLVERS:
        said.append(
            f"The page shows the first {MOST_SOLVERS} of {formats.count(solvers, 'solver')}; "
            "`bench table` lists all."
        )
    if cases > MOST_CASES:
        said.append(f"The charts show the first {MOST_CASES} of {formats.count(cases, 'case')}.")
    return said


def _runs(results: Results, mine: pd.DataFrame, name: str) -> list[Run]:
    counts = mine["run"].value_counts()
    found = []
    for run, header in sorted(results.runs.items()):
        problems = header.get("problems")
        if run in counts.index or (isinstance(problems, dict) and name in problems):
            found.append(
                Run(
                    name=run,
                    command=_text(header.get("command")),
                    started=_text(header.get("started"))[:16].replace("T", " "),
                    ended=_text(header.get("ended")) or "was cut off",
                    records=int(counts.get(run, 0)),
                )
            )
    return found


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


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
    measured = {record["run"] for record in results.records if record["problem"] == facts.name}
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
        "No timings were taken: times on this page are missing, or of traced runs.": not (
            timings["status"] == "ok"
        ).any(),
        f"Not every case was tried by {listed(partial)}.": partial,
        f"No longer installed: {listed(gone)}.": gone,
        f"{formats.count(len(cut), 'run')} did not reach the end ({listed(cut, 2)}).": cut,
        f"The results also hold runs of {formats.count(len(others), 'other machine')}; "
        "machines are never mixed, and this page shows one.": others,
    }
    return [sentence for sentence, holds in said.items() if holds]


def _environments(
    results: Results, mine: pd.DataFrame, runs: list[str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Id -> (name, value) of each environment of the records, the latest first."""
    known = environments(results, runs)
    used = [str(name) for name in dict.fromkeys(reversed(mine["environment"].tolist())) if name]
    found = []
    for name in used or list(known):
        facts = known.get(name, {})
        shown = [
            (heading, _fact(key, facts[key]))
            for key, heading in _FACTS
            if facts.get(key) not in (None, "")
        ]
        libraries = facts.get("libraries")
        if isinstance(libraries, dict):
            versions = ", ".join(f"{key} {value}" for key, value in libraries.items())
            shown.append(("Libraries", versions))
        found.append((name, shown))
    return found


def _fact(key: str, value: object) -> str:
    if key == "memory_bytes" and isinstance(value, int | float):
        return formats.size(value)
    return str(value)


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
