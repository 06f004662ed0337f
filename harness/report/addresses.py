"""Where every page of a site will stand, told before the first is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.report.links import Links, file_names, tuned_key
from harness.store import Results

if TYPE_CHECKING:
    import pandas as pd

    from harness.papers import Paper
    from harness.report.claims_page import Claims
    from harness.report.page import Sources


def problems_of(results: Results, frame: pd.DataFrame) -> list[str]:
    """The problems with records, and those that a run was to measure."""
    names = list(frame["problem"].unique()) if len(frame) else []
    for header in results.runs.values():
        noted = header.get("problems")
        names += list(noted) if isinstance(noted, dict) else []
    return sorted({str(name) for name in names})


def links_of(
    problems: list[str], sources: Sources, claims: Claims, papers: Sequence[Paper]
) -> Links:
    """Where everything will stand."""
    catalogue, frame = sources.catalogue, sources.frame
    files = file_names(problems, "problem")
    tuned = file_names([*files.values(), *(f"{file}-tuned" for file in files.values())])
    both = {**files, **{tuned_key(name): tuned[f"{file}-tuned"] for name, file in files.items()}}
    known = frame[["problem", "solver"]].drop_duplicates() if len(frame) else frame
    solvers: dict[str, str] = {}
    for problem, file in files.items():
        stems = [str(stem) for stem in known["solver"][known["problem"] == problem]]
        stems += [entry.stem for entry in catalogue.solvers_of(problem)]
        found = file_names(dict.fromkeys(stems), "solver")
        solvers |= {f"{problem}/{stem}": f"{file}/{name}" for stem, name in found.items()}
    keys = [paper.key for paper in papers]
    keys += [key for entry in catalogue.solvers.values() for key in entry.papers]
    keys += [key for statistic in sources.statistics.values() for key in statistic.papers]
    headers = sources.results.runs.values()
    told = [known for one in headers if isinstance(known := one.get("environments"), dict)]
    environments = [str(name) for known in told for name in known]
    environments += [str(name) for name in frame["environment"].unique() if name]
    return Links(
        problems=both,
        solvers=solvers,
        papers=file_names(dict.fromkeys(keys), "paper"),
        statistics={name: f"statistic-{name}" for name in sources.statistics},
        environments=_anchors("environment", environments),
        claims=_anchors("claim", [view.claim.key for view in claims.views]),
        compare=True,
    )


def _anchors(prefix: str, names: list[str]) -> dict[str, str]:
    return {name: f"{prefix}-{file}" for name, file in file_names(dict.fromkeys(names)).items()}
