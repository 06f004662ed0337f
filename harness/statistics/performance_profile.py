"""Performance profile: how often a solver is within a factor of the fastest.

r[p,s] = t[p,s] / min over s' of t[p,s'] is the ratio of a solver's time to the fastest on case p,
infinite where it failed. The profile rho_s(f) is the share of cases on which r[p,s] <= f: at the
left, how often it is (nearly) the fastest; at the right, how many cases it solves at all. A case
that nobody solves stays in. The area under it, over log10 of the factor up to 100 and divided by
its width, is the mean over cases of max(0, 2 - log10 r) / 2.

Which time: where a problem ranks by time, pyperf's median of a whole solve. Where it ranks by cost,
a whole solve says nothing (a random answer is there first), so that the time is that until an
answer was within a target, on the solver's own clock; each target is a view. A solver's time on a
case is then the median over seeds, infinite where half of them never reach the target.

The order of two solvers may hang on who else takes part, as the ratios are to the fastest of all:
with the times (1, 1, 3), (1, 3, 2), (1, 4, 2) of three solvers on three cases, the third is within
a factor of 2 more often than the second, and without the first it is the other way round. So two
solvers are held against each other in the matrix of pairs, where no third one counts: on what share
of the cases the one is faster than the other. Times that differ by less than noise, and cases that
neither solves, count half there.

Two equal solvers whose times scatter by 5 % are "the fastest" on half of the cases each, and within
1.12x on 95 %. That is why the table tells the share within 1.1x (of pyperf's medians) or 1.25x (of
times in traces, which are single runs and scatter more), not the share of first places.

Bands are Wilson's, for each factor by itself. A whole curve lies within +-sqrt(ln(40) / 2N) of the
profile drawn, at all factors at once (Dvoretzky, Kiefer and Wolfowitz): .43 with 10 cases, .14 with
100. The area's interval is Student's t over cases. All speak of further cases like these, with the
same solvers taking part.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from harness.findings import Axis, Column, Finding, Plot, Statistic
from harness.formats import listed, percent
from harness.intervals import Interval
from harness.statistics._runtimes import (
    LEAST_TIMED,
    LEVEL,
    mean_band,
    medians,
    pool,
    pool_notes,
    reached,
    target_note,
    wilson,
    within,
)

REACH = 2.0  # decades of the area: a factor of 100
NEAR_TIMED, NEAR_TRACED = 1.1, 1.25  # factors that noise may make
_MOST_PAIRS = 40  # solvers in the matrix of pairs


def ratios(times: np.ndarray) -> np.ndarray:
    """To the fastest on each case; infinite for failures, also where nobody solved the case.

    Args:
        times: float[solvers, cases], positive, infinite for failures.
    """
    fastest = times.min(axis=0, initial=np.inf)
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(times), times / fastest, np.inf)


def profile(row: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """The share of cases within each factor, float[factors]."""
    ordered = np.sort(row)
    within_factor: np.ndarray = np.searchsorted(ordered, factors, side="right") / len(row)
    return within_factor


def areas(table: np.ndarray, reach: float = REACH) -> np.ndarray:
    """What each case gives to the area under a profile over log10 of the factor, up to 10**reach.

    float[solvers, cases]; the mean over cases is the area.
    """
    parts: np.ndarray = np.maximum(0.0, reach - np.log10(table))
    return parts


def faster(times: np.ndarray, noise: float) -> np.ndarray:
    """float[solvers, solvers]: on what share of the cases the row is faster than the column.

    A case counts half where the two differ by no more than the factor `noise`, or both failed.
    """
    cases = times.shape[1]
    share = np.empty((len(times), len(times)))
    for i, row in enumerate(times):
        wins = (row * noise < times).sum(axis=1)
        losses = (times * noise < row).sum(axis=1)
        share[i] = 0.5 + (wins - losses) / (2 * cases)
    return share


def simultaneous(cases: int) -> float:
    """How far the whole curve may be off, at all factors at once, with a certainty of 95 %."""
    return math.sqrt(math.log(2 / (1 - LEVEL)) / (2 * cases))


class PerformanceProfile(Statistic):
    """Dolan and Moré's profile: of pyperf's times, or of the times to the targets."""

    title = "Performance profile"
    group = "time"
    source = (
        "Dolan and Moré, Benchmarking optimization software with performance profiles, "
        "Mathematical Programming 91 (2002)"
    )
    leading = True

    def compute(self, board: Any) -> Finding:
        timed = board.rules.rank_by == "time"
        if timed:
            views, tried = {"": np.maximum(board.times, LEAST_TIMED)}, ~np.isnan(board.times)
        else:
            when = reached(board)
            views = dict(zip(when.targets, medians(when.times), strict=True))
            tried = when.tried
        solvers, cases = pool(tried, least=2)
        chosen = np.ix_(solvers, cases)
        views = {
            view: np.where(tried[chosen], times[chosen], np.inf) for view, times in views.items()
        }
        labels = [board.labels[i] for i in solvers]
        noise = NEAR_TIMED if timed else NEAR_TRACED
        shown = next(iter(views))
        rows = _rows({view: ratios(times) for view, times in views.items()}, labels, noise)
        order = [labels.index(row["label"]) for row in rows]
        picker = "" if timed else "target"
        notes = [] if timed else [target_note(board)]
        notes += pool_notes(board, tried, solvers, cases)
        return Finding(
            _summary(rows, views[shown], order, noise, shown),
            _columns(views, noise),
            rows,
            (
                _curves({view: ratios(times) for view, times in views.items()}, labels, picker),
                _pairs(views, labels, order[:_MOST_PAIRS], noise, picker),
            ),
            tuple(notes + _against(views[shown], labels, order, noise)),
        )


def _rows(tables: dict[str, np.ndarray], labels: list[str], noise: float) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{"label": label} for label in labels]
    for place, (view, table) in enumerate(tables.items()):
        parts = areas(table) / REACH
        low, high = mean_band(parts, 0.0, 1.0)
        name = "area" if place == 0 else f"area {view}"
        for i, row in enumerate(rows):
            row |= {name: float(parts[i].mean())}
            row |= {f"{name} low": float(low[i]), f"{name} high": float(high[i])}
        if place:
            continue
        for row, mine in zip(rows, table, strict=True):
            for key, most in (("near", noise), ("solved", np.finfo(float).max)):
                share = wilson(int((mine <= most).sum()), len(mine))
                row |= {key: share.value, f"{key} low": share.low, f"{key} high": share.high}
    return sorted(rows, key=lambda row: -row["area"])


def _columns(views: dict[str, np.ndarray], noise: float) -> tuple[Column, ...]:
    first, *others = views
    to = f", {first}" if first else ""
    area = "mean over cases of 1 - log10(time / fastest) / 2, at least 0"
    columns = [
        Column("label", "Solver", "solver"),
        Column("area", f"Area{to}", "share", "area low", "area high", area, "high"),
        Column(
            "near",
            f"Within {noise:g}×{to}",
            "share",
            "near low",
            "near high",
            f"share of the cases on which its time is at most {noise:g} times the fastest",
            "high",
        ),
        Column(
            "solved",
            f"{'Reached' if first else 'Solved'}{to}",
            "share",
            "solved low",
            "solved high",
            "share of the cases on which it has a time at all",
            "high",
        ),
    ]
    for view in others:
        name = f"area {view}"
        title = f"Area, {view}"
        columns.append(Column(name, title, "share", f"{name} low", f"{name} high", area, "high"))
    return tuple(columns)


def _curves(tables: dict[str, np.ndarray], labels: list[str], picker: str) -> Plot:
    columns: dict[str, list[Any]] = {name: [] for name in ("label", "x", "y", "low", "high")}
    seen: list[str] = []
    cases = next(iter(tables.values())).shape[1]
    bands = [wilson(k, cases) for k in range(cases + 1)]
    for view, table in tables.items():
        finite = table[np.isfinite(table)]
        most = max(10.0, float(finite.max(initial=1.0)) * 1.05)
        for label, row in zip(labels, table, strict=True):
            steps = np.unique(np.r_[1.0, row[np.isfinite(row)], most])
            share = profile(row, steps)
            band: list[Interval] = [bands[round(y * cases)] for y in share.tolist()]
            columns["label"] += [label] * len(steps)
            columns["x"] += steps.tolist()
            columns["y"] += share.tolist()
            columns["low"] += [one.low for one in band]
            columns["high"] += [one.high for one in band]
            seen += [view] * len(steps)
    return Plot(
        "lines",
        "profile",
        "Performance profile",
        Axis("time / fastest on the case", "factor", log=True, low=1.0),
        Axis("share of cases", "share", low=0.0, high=1.0),
        columns | ({"view": seen} if picker else {}),
        note="Bands are 95 % intervals (Wilson) for each factor by itself; a whole curve is known "
        f"to within ±{percent(simultaneous(cases))} of the cases, at all factors at once.",
        picker=picker,
        step=True,
    )


def _pairs(
    views: dict[str, np.ndarray], labels: list[str], order: list[int], noise: float, picker: str
) -> Plot:
    columns: dict[str, list[Any]] = {name: [] for name in ("row", "column", "value")}
    seen: list[str] = []
    names = [labels[i] for i in order]
    apart = ~np.eye(len(names), dtype=bool)
    first, second = np.nonzero(apart)
    for view, times in views.items():
        columns["row"] += [names[i] for i in first]
        columns["column"] += [names[i] for i in second]
        columns["value"] += faster(times[order], noise)[apart].tolist()
        seen += [view] * len(first)
    fewer = f" The {len(names)} of the largest area." if len(names) < len(labels) else ""
    return Plot(
        "matrix",
        "pairs",
        "Faster than whom",
        Axis("share of cases on which the row is faster than the column", "share"),
        Axis("", "text"),
        columns | ({"view": seen} if picker else {}),
        note=f"No third solver counts here. Cases on which the two are within {noise:g}× of each "
        f"other, or neither has a time, count half.{fewer}",
        picker=picker,
        middle=0.5,
    )


def _summary(
    rows: list[dict[str, Any]], times: np.ndarray, order: list[int], noise: float, view: str
) -> str:
    best, cases = rows[0], times.shape[1]
    what = (
        f"To {'reach' if view == 'best known' else 'come within'} {within(view)}, " if view else ""
    )
    near = f"{percent(best['near'])} (95 %: {percent(best['near low'])} to "
    said = (
        f"{what}{best['label']} has the largest area under its profile, {percent(best['area'])}: "
        f"its time is within {noise:g}× of the fastest on {near}{percent(best['near high'])}) of "
        f"{cases} cases."
    )
    one, other = times[order[0]], times[order[1]]
    wins, losses = int((one * noise < other).sum()), int((other * noise < one).sum())
    return (
        f"{said} Against {rows[1]['label']}, next by area, it is clearly faster on {wins} cases "
        f"and clearly slower on {losses}."
    )


def _against(times: np.ndarray, labels: list[str], order: list[int], noise: float) -> list[str]:
    """Who beats the one with the largest area, held against it alone."""
    best = order[0]
    share = faster(times, noise)[best]
    beaten = [labels[i] for i in order[1:] if share[i] < 0.5]
    if not beaten:
        return []
    return [
        f"Held against {labels[best]} alone, {listed(beaten)} "
        f"{'is' if len(beaten) == 1 else 'are'} faster on more of the cases than slower: the area "
        "also tells how far behind a solver is, and hangs on who else takes part."
    ]
