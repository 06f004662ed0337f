"""The lottery of settings: what a solver reaches with all settings with which it was run.

One tuned figure hides how much luck it took. Here every setting of a solver is a ticket. Of each
setting the median over its seeds is taken on each case, and the median over the cases; shown are
the best, the quartiles and the worst of the settings. The distance of the quartiles says how much
the solver depends on its parameters.

Winning tickets are the runs (settings x seeds x cases) that end within 5 % of the reference. Their
share has an interval from settings drawn with replacement, then seeds within each: runs of one
setting are alike, so that Wilson's interval over all runs would be too narrow. Where all or none
win, redrawing shows nothing, and it is Wilson's over the settings. It speaks of settings like those
tried, on these very cases.

"Tuned" is honest: the setting is chosen on one half of the seeds and scored on the other, and the
other way round; the mean of both stands. What the choice itself looked like, on the seeds it was
made on, stands beside it: the best of many noisy scores is too good (of 36 settings with a spread
of .1 and a noise of .2 the chosen one seemed .47 better than the mean and was .09 better, measured
by simulation).

Solvers with larger grids win more often by their best ticket; the expected best of k settings (see
the score at a tuning budget) has that taken out. A parameter that sets the budget is no ticket.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bench_statistics._settings import common_cases, scores, settings_of
from harness.api import Axis, Column, Finding, NotApplicable, Plot, Statistic, intervals

WITHIN = 0.05
_DRAWS = 1000
_THRESHOLDS = np.r_[0.0, np.geomspace(0.001, 1.0, 25)]
_EXACT = 1e-9  # what rounding may hide


def quantiles(values: np.ndarray) -> tuple[float, float, float, float, float]:
    """Smallest, quartiles and largest, by linear interpolation between finite neighbours.

    Args:
        values: float[settings]; infinite for failures.
    """
    ordered = np.sort(values)
    found = []
    for part in (0.0, 0.25, 0.5, 0.75, 1.0):
        place = part * (len(ordered) - 1)
        below, above = ordered[int(np.floor(place))], ordered[int(np.ceil(place))]
        share = place - np.floor(place)
        found.append(float(below if below == above else below + share * (above - below)))
    return found[0], found[1], found[2], found[3], found[4]


def tickets(
    wins: list[list[np.ndarray]], rng: np.random.Generator, draws: int = _DRAWS
) -> tuple[float, float, float]:
    """The share of winning runs with its interval; every setting and case weighs the same.

    Args:
        wins: setting x case -> bool[seeds].
        rng: of the bootstrap: settings with replacement, then seeds within each of their cases.
    """
    shares = np.array([[cell.mean() for cell in row] for row in wins])
    settings, cases = shares.shape
    middle = float(shares.mean())
    if middle in (0.0, 1.0):
        sure = intervals.share(round(middle * settings), settings)
        return middle, sure.low, sure.high
    picks = rng.integers(settings, size=(draws, settings))
    total = np.zeros(draws)
    for j in range(cases):
        counts = np.array([len(row[j]) for row in wins])[picks]
        total += (rng.binomial(counts, shares[picks, j]) / counts).mean(axis=1)
    low, high = intervals.percentiles(total / cases)
    return middle, float(low), float(high)


def tuned(cells: list[list[np.ndarray]]) -> tuple[float, float]:
    """The score of a chosen setting on seeds that did not choose it, and on those that did.

    Args:
        cells: setting x case -> float[seeds]; the first and the second half of the seeds in turn
            choose, by the mean over cases.

    Returns:
        NaN both where a cell has less than two seeds.
    """
    if min((len(cell) for row in cells for cell in row), default=0) < 2:
        return np.nan, np.nan
    halves = np.array(
        [
            [[cell[: len(cell) // 2].mean(), cell[len(cell) // 2 :].mean()] for cell in row]
            for row in cells
        ]
    ).mean(axis=1)
    chosen = halves.argmin(axis=0)
    other = float(np.mean([halves[chosen[0], 1], halves[chosen[1], 0]]))
    own = float(np.mean([halves[chosen[0], 0], halves[chosen[1], 1]]))
    return other, own


class HyperparameterLottery(Statistic):
    """The distribution of what a solver reaches over its settings."""

    title = "Lottery of settings"
    group = "tuning"
    source = (
        "Krishnan et al., ArchGym: An Open-Source Gymnasium for Machine Learning Assisted "
        "Architecture Design, ISCA 2023"
    )
    papers = ("archgym",)

    def compute(self, board: Any) -> Finding:
        several = settings_of(board)
        cells = scores(board)
        rng = board.rng("hyperparameter_lottery")
        cases = common_cases(cells, [i for rows in several.values() for i in rows])
        if not cases:
            raise NotApplicable("No case was tried with all settings of the solvers that have any.")
        rows = []
        curves: dict[str, list[Any]] = {name: [] for name in ("label", "x", "y")}
        for solver, mine in several.items():
            own = [[cells[i][j] for j in cases] for i in mine]
            rows.append(_row(solver, own, rng))
            for threshold in _THRESHOLDS:
                share = np.mean([[(c <= threshold + _EXACT).mean() for c in row] for row in own])
                for name, value in zip(
                    curves, (solver, float(threshold), float(share)), strict=True
                ):
                    curves[name].append(value)
        rows.sort(key=lambda row: (-row["tickets"], row["middle"]))
        return Finding(
            _summary(rows), _COLUMNS, rows, _plots(rows, curves), _notes(board, several, cases)
        )


def _row(solver: str, cells: list[list[np.ndarray]], rng: np.random.Generator) -> dict[str, Any]:
    medians = np.array([np.median([np.median(cell) for cell in row]) for row in cells])
    least, first, middle, third, most = quantiles(medians)
    share, low, high = tickets([[c <= WITHIN + _EXACT for c in row] for row in cells], rng)
    other, own = tuned(cells)
    return {
        "label": solver,
        "settings": len(cells),
        "best": least,
        "first": first,
        "middle": middle,
        "third": third,
        "worst": most,
        "spread": third - first if np.isfinite(first) else np.nan,
        "tickets": share,
        "tickets_low": low,
        "tickets_high": high,
        "tuned": other,
        "seemed": own,
    }


_COLUMNS = (
    Column("label", "Solver", "solver"),
    Column("settings", "Settings", "count"),
    Column(
        "tickets",
        "Winning tickets",
        "share",
        "tickets_low",
        "tickets_high",
        note="share of the runs, over all settings, that end within 5 % of the reference",
        better="high",
    ),
    Column("best", "Best", "gap", note="setting; cost above the reference", better="low"),
    Column("first", "First quartile", "gap", note="of the settings", better="low"),
    Column("middle", "Median", "gap", note="of the settings", better="low"),
    Column("third", "Third quartile", "gap", note="of the settings", better="low"),
    Column("worst", "Worst", "gap", note="setting", better="low"),
    Column("spread", "Quartile distance", "gap", note="how much settings matter", better="low"),
    Column(
        "tuned",
        "Tuned",
        "gap",
        note="mean cost of the setting chosen on half of the seeds, on the other half",
        better="low",
    ),
    Column(
        "seemed", "As it seemed", "gap", note="the same on the seeds that chose it", better="low"
    ),
)


def _plots(rows: list[dict[str, Any]], curves: dict[str, list[Any]]) -> tuple[Plot, ...]:
    shown = [row for row in rows if np.isfinite(row["third"])]
    boxes = Plot(
        "intervals",
        "settings",
        "Settings: median and quartiles",
        Axis("cost above the reference", "gap"),
        Axis("", "solver"),
        {
            "label": [row["label"] for row in shown],
            "x": [row["middle"] for row in shown],
            "low": [row["first"] for row in shown],
            "high": [row["third"] for row in shown],
        },
        note=(
            "Half of a solver's settings lie within its bar, which is no interval of the median. "
            "Solvers of which a quarter of the settings failed are not drawn."
        ),
    )
    winning = Plot(
        "lines",
        "winning-tickets",
        "Share of winning tickets",
        Axis("what wins: cost above the reference", "gap"),
        Axis("share of runs", "share", low=0.0, high=1.0),
        curves,
        note="Of all runs with all settings, those that end so near to the reference.",
        step=True,
    )
    return (boxes, winning) if shown else (winning,)


def _summary(rows: list[dict[str, Any]]) -> str:
    first = rows[0]
    if first["tickets"] == 0:
        return "No run of any of these solvers ends within 5 % of the reference, in any setting."
    return (
        f"{first['label']} wins most often, whatever its setting: {first['tickets']:.0%} of its "
        f"runs with {first['settings']} settings end within 5 % of the reference (95 % interval "
        f"{first['tickets_low']:.0%} to {first['tickets_high']:.0%})."
    )


def _notes(board: Any, several: dict[str, list[int]], cases: list[int]) -> tuple[str, ...]:
    said = [
        f"{len(cases)} of {len(board.cases)} cases were tried with every setting and count; the "
        "interval is for these cases."
    ]
    if not board.relative:
        said.append(
            "Costs are compared as differences: they are told in units of what the first answers "
            "are above the reference."
        )
    single = sorted(set(board.solvers.values()) - set(several))
    if single:
        said.append(f"One ticket only, and so left out: {', '.join(single)}.")
    few = [solver for solver, rows in several.items() if len(rows) < 5]
    if few:
        said.append(f"With less than 5 settings quartiles say little: {', '.join(few)}.")
    return tuple(said)
