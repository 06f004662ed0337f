"""Tuned settings: which of the trials of `bench tune` a solver runs with, and the board of these.

Every solver that declares a space has the same number of trials: its defaults, and quasi-random
settings. They run on the problem's tuning cases, which no board has. The setting that a leaderboard
of all trials ranks first counts: the smallest share of failed runs, then the best score, against
the best that anybody reached on each case.

Nothing is stored of a choice: it follows from the records of the trials.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from harness import spaces
from harness.catalogue import Catalogue
from harness.results import TUNED, TUNING, Results
from harness.selectors import show
from harness.statistics.leaderboard import Rules, leaderboard
from harness.tables import latest, of_kind, of_machine
from harness.tables import records as all_records

_DRAWS = 2  # the choice needs no intervals of ranks


@dataclass(frozen=True)
class Trial:
    """One setting of a solver on the tuning cases.

    Attributes:
        label: as boards name it; the solver's bare name where it is the defaults'.
        parameters: all of them.
        score: of a leaderboard of all trials of all solvers; NaN where no run ended well.
        runs, failed: how many runs there are, and how many of them failed.
        seconds, calls: of all its runs.
    """

    label: str
    parameters: Mapping[str, Any]
    score: float
    runs: int
    failed: int
    seconds: float
    calls: float


@dataclass(frozen=True)
class Tuned:
    """The trials of one solver, the best first.

    Attributes:
        solver: its name on the board.
        cases, seeds: what they ran on.
    """

    solver: str
    trials: Sequence[Trial]
    cases: Sequence[str]
    seeds: int

    @property
    def chosen(self) -> Trial:
        return self.trials[0]

    @property
    def default(self) -> Trial | None:
        """The trial of the solver's own defaults."""
        return next((trial for trial in self.trials if trial.label == self.solver), None)

    @property
    def setting(self) -> str:
        """What was chosen: `learning_rate=0.003`, or nothing where the defaults were best."""
        return self.chosen.label.removeprefix(self.solver).strip("[]").replace(",", ", ")

    @property
    def seconds(self) -> float:
        """What the tuning took of the solver's own time."""
        return sum(trial.seconds for trial in self.trials)

    @property
    def calls(self) -> float:
        return sum(trial.calls for trial in self.trials)


def selectors(stem: str, space: spaces.Space, trials: int) -> list[str]:
    """The trials of a solver as users would type them, the defaults first."""
    return [show(stem, setting) for setting in spaces.settings(space, trials)]


def tuned(frame: pd.DataFrame, catalogue: Catalogue, problem: str, compare: str) -> list[Tuned]:
    """The solvers that were tuned, by name.

    Args:
        frame: all records of one machine, as `tables.of_machine` returns them.
        catalogue: knows the spaces; trials of settings that are none of a space any more don't
            count, but for solvers that are not installed.
        problem: whose solvers.
        compare: how its costs are compared: "ratio" or "difference".
    """
    trials = of_kind(latest(frame, TUNING), "trace", problem)
    trials = trials[trials["status"] != "skipped"]
    if trials.empty:
        return []
    known = {entry.stem: entry.space for entry in catalogue.solvers_of(problem)}
    numbers = trials.groupby("solver")["label"].nunique()
    drawn = {
        stem: spaces.settings(space, int(numbers.get(stem, 0)))
        for stem, space in known.items()
        if space
    }
    fits = [
        stem not in known or (stem in drawn and (label == stem or _is_of(drawn[stem], parameters)))
        for stem, label, parameters in zip(
            trials["solver"], trials["label"], trials["parameters"], strict=True
        )
    ]
    trials = trials[fits]
    board = leaderboard(trials, problem, Rules(compare), draws=_DRAWS)
    spent = trials.groupby("label")[["seconds", "calls"]].sum()
    first = trials.drop_duplicates("label").set_index("label")
    found: dict[str, list[Trial]] = {}
    for label, stem, score, runs, ok in zip(
        board["label"], board["solver"], board["score"], board["runs"], board["ok"], strict=True
    ):
        found.setdefault(stem, []).append(
            Trial(
                label,
                first["parameters"][label],
                float(score),
                int(runs),
                int(runs - ok),
                float(spent["seconds"][label]),
                float(spent["calls"][label]),
            )
        )
    cases = [str(case) for case in dict.fromkeys(trials["case"])]
    seeds = int(trials["seed"].nunique())
    return [Tuned(stem, found[stem], cases, seeds) for stem in sorted(found)]


def tuned_board(
    frame: pd.DataFrame, catalogue: Catalogue, problem: str, chosen: Sequence[Tuned]
) -> pd.DataFrame:
    """The records of a board on which every solver runs with its tuned setting.

    Solvers that have nothing to tune stand there with their defaults. A solver goes by its bare
    name; its parameters say how it ran. Cases that it was tuned on are left out.

    Args:
        frame: all records of one machine, as `tables.of_machine` returns them.
        catalogue, problem: as for `tuned`, and `chosen` is what that returned.
    """
    mine = latest(frame[frame["problem"] == problem], TUNED)
    setting = {one.solver: one.chosen.label for one in chosen}
    mine = mine[mine["label"] == mine["solver"].map(setting)]
    used = {case for one in chosen for case in one.cases}
    mine = mine[~mine["case"].isin(used)]
    if mine.empty:
        return mine
    plain = latest(frame[frame["problem"] == problem], "")
    fixed = {entry.stem for entry in catalogue.solvers_of(problem) if not entry.space}
    plain = plain[plain["solver"].isin(fixed) & (plain["label"] == plain["solver"])]
    plain = plain[plain["case"].isin(set(mine["case"]))]
    whole = pd.concat([mine, plain], ignore_index=True) if len(plain) else mine
    return whole.assign(label=whole["solver"]).reset_index(drop=True)


def tuned_boards(
    loaded: Results, frame: pd.DataFrame, catalogue: Catalogue, problems: Iterable[str] = ()
) -> pd.DataFrame:
    """The records of the tuned boards of several problems; `frame` is as for `tuned`."""
    boards = [frame.iloc[:0]]
    for problem in problems or dict.fromkeys(frame["problem"]):
        chosen = tuned(frame, catalogue, problem, loaded.problem(problem).get("compare", "ratio"))
        board = tuned_board(frame, catalogue, problem, chosen)
        if len(board):
            boards.append(board)
    return boards[-1] if len(boards) < 3 else pd.concat(boards[1:], ignore_index=True)


def board_records(
    loaded: Results, machine: str | None, ruleset: str, catalogue: Catalogue
) -> pd.DataFrame:
    """The records that the boards of a ruleset ("default" or "tuned") show, of one machine.

    Raises:
        Misuse: where there is no such machine.
    """
    records = of_machine(all_records(loaded), machine)
    return tuned_boards(loaded, records, catalogue) if ruleset == "tuned" else latest(records, "")


def _is_of(settings: Sequence[Mapping[str, Any]], parameters: Mapping[str, Any]) -> bool:
    """Whether a run had one of the settings."""
    return any(
        setting and all(parameters.get(name) == value for name, value in setting.items())
        for setting in settings
    )
