"""What `bench run --ruleset tuned` runs: every solver with the setting that its trials chose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from harness import machine
from harness.catalogue import Catalogue
from harness.cli.common import warn
from harness.plan import Plan
from harness.results import TUNING
from harness.selectors import Misuse, nearest, split
from harness.store import load_if_any


def tuned_selectors(
    catalogue: Catalogue, problems: Sequence[str], names: Sequence[str], results: Path
) -> dict[str, list[str]]:
    """Problem -> its solvers with their tuned settings, as they were found on this machine.

    Solvers that declare no space are left out: their runs with defaults stand on both boards.

    Args:
        catalogue: what is installed.
        problems: whose solvers. names: of solvers; all by default.
        results: the folder with the trials.

    Raises:
        Misuse: for a name with parameters, a solver that is unknown or was not tuned.
    """
    from harness import tables
    from harness.tuning import tuned

    loaded = load_if_any(results)
    frame = tables.with_reference(tables.records(loaded))
    frame = frame[frame["machine"] == machine.machine_identity(machine.facts(()))]
    wanted = [name for text in names for name in split(text)]
    found = {}
    for problem in problems:
        compare = loaded.problem(problem).get("compare", "ratio")
        labels = {one.solver: one.chosen.label for one in tuned(frame, catalogue, problem, compare)}
        spaces = {entry.stem: entry.space for entry in catalogue.solvers_of(problem)}
        for name in wanted:
            _check(name, problem, spaces)
        asked = wanted or [stem for stem, space in spaces.items() if space]
        untuned = [stem for stem in asked if stem not in labels]
        if untuned and (wanted or not labels):
            raise Misuse(
                f"no trials of {', '.join(untuned) or problem} are recorded here: "
                f"bench tune {problem}"
            )
        if untuned:
            warn(f"not tuned, and left out: {', '.join(untuned)} (bench tune {problem})")
        found[problem] = [labels[stem] for stem in asked if stem in labels]
    return found


def _check(name: str, problem: str, spaces: Mapping[str, object]) -> None:
    if "[" in name:
        raise Misuse(f"{name}: tuned settings come from trials; name the solver alone")
    if name not in spaces:
        hint = nearest(name, spaces) or f"`bench show {problem}` names them all"
        raise Misuse(f"there is no solver {name!r} for {problem}; {hint}")
    if not spaces[name]:
        raise Misuse(f"{name} has nothing to tune; its runs with defaults stand on both boards")


def refuse_tuning_cases(plans: Sequence[Plan], results: Path) -> None:
    """A board is not to have cases on which settings were chosen.

    Raises:
        Misuse: names the cases.
    """
    loaded = load_if_any(results)
    tuning = {run for run, purpose in loaded.aside().items() if purpose == TUNING}
    used = {(row["problem"], row["case"]) for row in loaded.records if row["run"] in tuning}
    for plan in plans:
        shared = [str(case) for case in plan.cases if (plan.name, str(case)) in used]
        if shared:
            raise Misuse(
                f"settings were chosen on {', '.join(shared)}, so that a tuned board can't have "
                "them; leave them out"
            )
