"""The site of one machine, as `report` and `publish` write it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.common import warn
from harness.report.plain import plain

if TYPE_CHECKING:
    import pandas as pd

    from harness.catalogue import Catalogue
    from harness.claims import Judged
    from harness.store import Results


def write_pages(
    loaded: Results,
    records: pd.DataFrame,
    machine: str | None,
    problems: Sequence[str],
    catalogue: Catalogue,
    folder: Path,
    figures: Path | None = None,
) -> list[Path]:
    """Write the pages of one machine's results, with the verdicts on claims.

    Args:
        loaded: the results, and `records` the frame of all of them.
        machine: whose; the latest by default.
        problems: which; all by default.
        catalogue: what is installed.
        folder: where to write. figures: where every chart is written once more.

    Raises:
        Misuse: for a machine or a problem without results.
    """
    from harness import tables
    from harness.papers import load_papers
    from harness.report import write_site
    from harness.results import TUNING

    measured = tables.of_machine(records, machine)
    frame = tables.select(tables.latest(measured, ""), problems)
    return write_site(
        loaded,
        frame,
        catalogue,
        folder,
        load_papers(),
        # Without trials there is nothing tuned to show, and no second frame to keep.
        measured=measured if (measured["purpose"] == TUNING).any() else None,
        claims=_verdicts(catalogue, loaded, measured, problems),
        figures=figures,
    )


def _verdicts(
    catalogue: Catalogue, loaded: Results, measured: pd.DataFrame, problems: Sequence[str]
) -> list[Judged]:
    from harness.claims import judged, stated
    from harness.loading import PluginError
    from harness.selectors import Misuse

    claims, complaints = stated(catalogue)
    for complaint in complaints:
        warn(plain(complaint))
    found: list[Judged] = []
    for problem in dict.fromkeys(claim.problem for claim in claims):
        if problems and problem not in problems:
            continue
        mine = [claim for claim in claims if claim.problem == problem]
        try:
            found += judged(catalogue, measured, claims=mine, runs=loaded.runs)
        except (PluginError, Misuse) as error:  # a problem that is broken costs only its claims
            warn(plain(f"the claims of {problem} can't be judged: {error}"))
    return found
