"""The two boards of a problem: solvers with their own defaults, and with tuned settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.tuning import Tuned, tuned, tuned_board

if TYPE_CHECKING:
    import pandas as pd

    from harness.report.page import Sources


@dataclass(frozen=True)
class Rulesets:
    """Of one problem: the trials of each solver, and the records of the tuned board."""

    trials: Sequence[Tuned]
    records: pd.DataFrame


def tuned_pages(name: str, sources: Sources) -> Rulesets:
    """What a problem's pages show of tuned settings."""
    from harness.report.subjects import problem_facts

    measured = sources.measured
    if measured is None:
        return Rulesets((), sources.frame.iloc[:0])
    compare = problem_facts(name, sources.catalogue, sources.results).compare
    trials = tuned(measured, sources.catalogue, name, compare)
    if not trials:
        return Rulesets((), measured.iloc[:0])
    return Rulesets(trials, tuned_board(measured, sources.catalogue, name, trials))
