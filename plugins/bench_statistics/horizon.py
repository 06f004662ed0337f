"""Horizon: how large an instance a solver still solves half of the time.

A run solves its case if it reached the target within one budget of time, the same for all. The
chance to solve is fitted per solver as a logistic curve of the difficulty x,

    P(solved) = 1 / (1 + exp(-(a + b x))),    x = log2 of the difficulty,

minimising the weighted cross-entropy plus (lambda / 2) b^2. The 50 % horizon is 2^(-a / b); the
80 % horizon is where the curve is at 0.8. Difficulty is the size of the instance, or the time that
the reference solver takes for it (in which the horizon says: what takes the reference that long).
A run weighs 1 / (runs of its case * sqrt(cases of its family)), scaled to sum to 1, so that a large
family of alike cases does not decide alone; a family is what stands before the bracket of a case.

Trust a horizon only between the least and the greatest difficulty that was run: beyond, it is shown
as "above" or "below" without a number. It means nothing where success does not fall with
difficulty, which is said as well: sizes of unlike kinds of instances often are no measure of it,
and a scale with which success does not surely fall for half of the solvers is not used at all. A
solver that never varies solves everything up to a size and nothing above: the curve then is as
steep as the penalty allows, and the horizon lies between the two sizes. The 80 % horizon depends on
the steepness, and so on the penalty, more than the 50 % horizon does. The target is the one at
which most solvers solve some cases and miss others.

The interval draws families with replacement, and cases within each drawn family: by simulation it
covers 0.95, where drawing runs alone covers 0.83. A draw in which a solver solves all counts as
infinite, none as zero, and one where success rises with difficulty is left out; where more than one
in twenty is, no interval is given.

Departs from the paper: its lambda of 0.1 on a mean does not vanish as runs are added, and pulls
slopes towards 0 and 80 % horizons down; here lambda is 1 / (runs of the solver). It drops the draws
that are infinite or zero, which makes intervals look better than they are, and draws runs within
cases, which counts their noise twice. Its trend over the years is no matter of one board.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench_statistics._logistic import fit, horizon
from bench_statistics._targets import meaning, times_to
from harness.api import Axis, Column, Finding, NotApplicable, Plot, Statistic

DRAWS = 500
_SEVERAL = 3  # difficulties, for a curve
_LOST = 0.05  # of draws may be without a horizon
_GRID = 41  # points of a curve that is drawn


def case_weights(families: list[str]) -> np.ndarray:
    """float[cases], summing to 1: in proportion to 1 / sqrt(cases of the family); runs share it."""
    sizes = np.array([families.count(name) for name in families], float)
    return (1 / np.sqrt(sizes)) / (1 / np.sqrt(sizes)).sum()


def family(case: str) -> str:
    """What stands before the bracket of a case: `roads[n=1000]` is of the family `roads`."""
    return case.partition("[")[0]


def redraw(families: list[str], rng: np.random.Generator, draws: int = DRAWS) -> np.ndarray:
    """How often each case is drawn, int[draws, cases]: families first, then cases within each."""
    names = list(dict.fromkeys(families))
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    counts = np.zeros((draws, len(families)), int)
    for name, drawn in zip(names, times.T, strict=True):
        members = [j for j, other in enumerate(families) if other == name]
        share = np.full(len(members), 1 / len(members))
        counts[:, members] = rng.multinomial(drawn * len(members), share)
    return counts


@dataclass(frozen=True)
class _Scale:
    """A measure of difficulty: its name, title, form of numbers, and value for each case."""

    name: str
    title: str
    form: str
    values: np.ndarray


class Horizon(Statistic):
    """The difficulty that each solver masters half of the time."""

    title = "Horizon"
    group = "growth"
    source = "Kwa et al., Measuring AI ability to complete long tasks (2025)"
    papers = ("measuring-ai-ability-complete-long",)

    def compute(self, board: Any) -> Finding:
        scales = [scale for scale in _scales(board) if len(_differing(scale.values)) >= _SEVERAL]
        if not scales:
            raise NotApplicable("The cases differ too little in size and in time for a horizon.")
        limit = _budget(board)
        shares = {name: _shares(cells, limit) for name, cells in times_to(board).items()}
        mixed = {name: _mixed(table) for name, table in shares.items()}
        target = max(mixed, key=lambda name: mixed[name])
        if not mixed[target]:
            raise NotApplicable(
                "At no target does any solver solve some cases and miss others, so that there is "
                "no horizon between them."
            )
        judged = [
            _judge(board, scale, shares[target], board.rng(f"horizon {scale.name}"))
            for scale in scales
        ]
        useful = [k for k, found in enumerate(judged) if _measures(found)]
        if not useful:
            raise NotApplicable(
                f"For most solvers success does not surely fall with "
                f"{' or with '.join(scale.title for scale in scales)}: these cases differ in kind "
                "more than in difficulty, so that a horizon says nothing."
            )
        scales, judged = [scales[k] for k in useful], [judged[k] for k in useful]
        rows = []
        for i, label in enumerate(board.labels):
            known = shares[target][i][~np.isnan(shares[target][i])]
            row: dict[str, Any] = {"label": label, "solved": float(known.mean())}
            for scale, found in zip(scales, judged, strict=True):
                row |= {f"{scale.name}_{key}": value for key, value in found[i].items()}
            rows.append(row)
        rows.sort(key=lambda row: _order(row, scales[0].name))
        return Finding(
            _summary(board, rows, scales[0], target, limit),
            (
                Column("label", "Solver", "solver"),
                *(column for scale in scales for column in _columns(scale)),
                Column("solved", "Solved", "share", note="mean over cases", better="high"),
            ),
            rows,
            (_plot(board, scales, judged),),
            _notes(rows, scales[0], shares[target], limit),
        )


def _scales(board: Any) -> list[_Scale]:
    sizes = [board.sizes(case).get(board.size, math.nan) for case in board.cases]
    found = [_Scale("size", board.size, "number", np.array(sizes, float))]
    if board.canonical:
        times = board.times[board.labels.index(board.canonical)]
        found.append(_Scale("time", f"time of {board.canonical}", "time", times))
    return found


def _differing(values: np.ndarray) -> np.ndarray:
    return np.unique(values[np.isfinite(values) & (values > 0)])


def _budget(board: Any) -> float:
    """Seconds: the least that any run was allowed, and so the most that counts for all."""
    allowed = [
        budget[name]
        for budget in board.traces["budget"]
        if isinstance(budget, dict)
        for name in ("seconds", "timeout")
        if budget.get(name) is not None
    ]
    return float(min(allowed, default=math.inf))


def _shares(cells: Any, limit: float) -> np.ndarray:
    """float[solvers, cases]: the share of runs within the budget; NaN where not tried."""
    most = min(limit, sys.float_info.max)  # a run that never was within the target has not solved
    table = [
        [np.count_nonzero(cell <= most) / len(cell) if len(cell) else np.nan for cell in row]
        for row in cells
    ]
    return np.array(table, float)


def _mixed(table: np.ndarray) -> int:
    """How many solvers solve some and miss some."""
    most, least = np.nanmax(table, axis=1), np.nanmin(table, axis=1)
    return int(((most > 0) & (least < 1)).sum())


def _judge(
    board: Any, scale: _Scale, table: np.ndarray, rng: np.random.Generator
) -> list[dict[str, Any]]:
    usable = np.isfinite(scale.values) & (scale.values > 0)
    found = []
    drawn: dict[tuple[int, ...], tuple[np.ndarray, ...]] = {}  # most solvers share their cases
    for i in range(len(table)):
        cases = np.flatnonzero(usable & ~np.isnan(table[i]))
        runs = sum(len(board.above[i][j]) for j in cases)
        levels, place = np.unique(np.log2(scale.values[cases]), return_inverse=True)
        if len(levels) < _SEVERAL:
            found.append(_empty("too few sizes"))
            continue
        key = tuple(cases)
        if key not in drawn:
            families = [family(board.cases[j]) for j in cases]
            draws = np.vstack([np.ones(len(cases), int), redraw(families, rng)])
            counts, at = draws * case_weights(families), np.eye(len(levels))[place]
            drawn[key] = counts, at, counts @ at
        counts, at, heavy = drawn[key]
        solved = (counts * table[i, cases]) @ at
        found.append(_horizon_of(levels, heavy, solved, 1.0 / runs))
    return found


def _measures(found: list[dict[str, Any]]) -> bool:
    """Whether a scale measures difficulty: success falls with it for half of those who vary."""
    varied = [one for one in found if math.isfinite(one["b"])]
    falling = [one for one in varied if not math.isnan(one["low"])]
    return 2 * len(falling) >= len(varied) > 0


def _empty(said: str) -> dict[str, Any]:
    none = dict.fromkeys(("horizon", "low", "high", "most", "a", "b"), math.nan)
    return {**none, "said": said}


def _horizon_of(
    levels: np.ndarray, weight: np.ndarray, solved: np.ndarray, ridge: float
) -> dict[str, Any]:
    """The horizon of the first row, with the interval that the other rows, its draws, make."""
    share = solved.sum(axis=1) / weight.sum(axis=1)
    values = np.where(share < 0.5, -np.inf, np.inf)
    some = (share > 1e-12) & (share < 1 - 1e-12)
    curves = np.full((len(weight), 2), np.nan)
    if not some[0]:
        return _empty("solves all" if share[0] > 0.5 else "solves none") | {
            "horizon": math.inf if share[0] > 0.5 else 0.0
        }
    curves[:1] = fit(levels, weight[:1], solved[:1], ridge)
    curves[some] = fit(levels, weight[some], solved[some], ridge, start=curves[0])
    values[some] = horizon(curves[some])
    point, draws = values[0], values[1:]
    found = _empty("") | {"a": float(curves[0, 0]), "b": float(curves[0, 1])}
    if math.isnan(point):
        return found | {"said": "does not fall"}
    from harness.api import intervals

    low, high = (float(end) for end in intervals.percentiles(draws))
    if np.isnan(draws).mean() > _LOST:
        low = high = math.nan
    edges = levels[0], levels[-1]
    most = float(horizon(curves[:1], 0.8)[0])
    said = "above" if point > edges[1] else "below" if point < edges[0] else ""
    return found | {
        "horizon": math.inf if said == "above" else 0.0 if said == "below" else float(2.0**point),
        "low": _bounded(low, edges),
        "high": _bounded(high, edges),
        "most": _bounded(most, edges),
        "said": said or ("hardly falls" if math.isnan(low) else ""),
    }


def _bounded(level: float, edges: tuple[float, float]) -> float:
    """The difficulty, if it is within what was run; beyond, 0 or infinite."""
    if math.isnan(level):
        return math.nan
    return math.inf if level > edges[1] else 0.0 if level < edges[0] else 2.0**level


def _order(row: dict[str, Any], scale: str) -> tuple[bool, float, float]:
    value = row[f"{scale}_horizon"]
    return math.isnan(value), -value if value == value else 0.0, -row["solved"]


def _summary(
    board: Any, rows: list[dict[str, Any]], scale: _Scale, target: str, limit: float
) -> str:
    inside = [row for row in rows if 0 < row[f"{scale.name}_horizon"] < math.inf]
    above = sum(row[f"{scale.name}_horizon"] == math.inf for row in rows)
    least = sum(math.isnan(row[f"{scale.name}_horizon"]) for row in rows)
    aim = meaning(board, target)
    if math.isfinite(limit):
        aim += f" within {limit:g} s"
    said = f"For {aim}: of {len(rows)} solvers, {above} have a horizon above all that was run"
    said += f", and for {least} success does not fall with {scale.title}" if least else ""
    if not inside:
        return f"{said}; none has one in between."
    top = inside[0]
    value, low, high = (top[f"{scale.name}_{end}"] for end in ("horizon", "low", "high"))
    sure = f" (95 %: {low:.4g} to {high:.4g})" if low == low else ""
    return f"{said}. The highest that can be told is that of {top['label']}: {value:.4g}{sure}."


def _columns(scale: _Scale) -> tuple[Column, ...]:
    key = scale.name
    return (
        Column(
            f"{key}_horizon",
            f"Horizon, {scale.title}",
            scale.form,
            f"{key}_low",
            f"{key}_high",
            note="half of the runs solve it; infinite or 0: beyond what was run",
            better="high",
        ),
        Column(
            f"{key}_most",
            "80 %",
            scale.form,
            note="four of five runs solve it",
            better="high",
        ),
        Column(f"{key}_said", "Note", "text"),
    )


def _plot(board: Any, scales: list[_Scale], judged: list[list[dict[str, Any]]]) -> Plot:
    drawn: dict[str, list[Any]] = {key: [] for key in ("view", "label", "x", "y")}
    for scale, found in zip(scales, judged, strict=True):
        levels = np.log2(_differing(scale.values))
        grid = np.linspace(levels[0], levels[-1], _GRID)
        for label, one in zip(board.labels, found, strict=True):
            if not math.isfinite(one["a"]):
                continue
            chance = 0.5 * (1.0 + np.tanh((one["a"] + one["b"] * grid) / 2))
            drawn["view"] += [scale.title] * _GRID
            drawn["label"] += [label] * _GRID
            drawn["x"] += [float(value) for value in 2.0**grid]
            drawn["y"] += [float(value) for value in chance]
    return Plot(
        "lines",
        "curves",
        "Chance to solve by difficulty",
        Axis("difficulty", "number", log=True),
        Axis("chance to solve", "share", low=0.0, high=1.0),
        drawn,
        note="Fitted logistic curves; the horizon is where one crosses a half.",
        picker="difficulty",
    )


def _notes(
    rows: list[dict[str, Any]], scale: _Scale, table: np.ndarray, limit: float
) -> tuple[str, ...]:
    said = []
    hard = [row["label"] for row in rows if row[f"{scale.name}_said"] == "hardly falls"]
    if hard:
        said.append(
            "In more than one of twenty bootstrap draws success does not fall with "
            f"{scale.title}, so that there is no interval: {', '.join(hard)}."
        )
    if math.isinf(limit):
        said.append("The runs had no budget of time; success is what they reached in the end.")
    if np.isin(table[~np.isnan(table)], (0.0, 1.0)).all():
        said.append("No case is solved by some runs and missed by others of one solver.")
    return tuple(said)
