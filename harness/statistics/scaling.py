"""Growth: the exponent with which time and memory grow with the size of an instance.

Within a family of cases that differ in one size only, ln t = a + b ln n is fitted by least squares
to the median t at each size n; b is the exponent, and its interval is Student's t with m - 2
degrees of freedom for m sizes. Beside it stands the estimate of Theil and Sen, the median of the
slopes of all pairs of sizes, which one odd size can't move, and the slope between the last two
sizes. Where a solver states what its theory says, that exponent stands beside the measured one.

The interval knows the scatter about the line only, not that growth may be no power at all. n log n,
a fixed cost or a cache that overflows bend the line, and the fitted exponent is then an average
over the sizes that happened to be run. So where a parabola fits significantly better than the line
(5 %), or the slopes between neighbours rise, or fall, all the way over five sizes or more (which
noise alone makes them do in 4 % at most), the exponent is marked as drifting, unless the slope
changes by less than 0.02; the last slope then says more about larger sizes. With fewer than 4 sizes
or 1.5 decades (a factor of 32) no exponent should be believed, and it is marked as resting on too
few.

Times are pyperf's where the solver was timed, else those of traced runs that finished of
themselves, for a run that was cut off by its budget takes as long as the budget. Below 10
microseconds a time is mostly the cost of a call and is left out. A solver that gives worse answers
may well grow more slowly: compare exponents among solvers of the same quality.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.findings import Axis, Column, Finding, NotApplicable, Plot, Statistic
from harness.intervals import LEVEL, Interval
from harness.statistics._families import families

_SIZES = 4
_DECADES = 1.5
_OVERHEAD = 1e-5  # seconds
_ROUNDING = 1e-9  # of logarithms
_NOTICED = 0.02  # change of the slope; n log n over a decade makes about 0.03
_UNITS = {"time": ("time of a solve", "time"), "memory": ("peak memory", "size")}


@dataclass(frozen=True)
class Fit:
    """A line through logarithms.

    Attributes:
        exponent: its slope; the ends are NaN for two sizes.
        theil_sen: the median of the slopes of all pairs, with its interval.
        local: float[sizes - 1], slopes between neighbours.
        drifts: whether a parabola fits significantly better, or the local slopes go one way.
    """

    exponent: Interval
    theil_sen: Interval
    local: np.ndarray
    drifts: bool


def fit(sizes: np.ndarray, values: np.ndarray) -> Fit:
    """Fit a power to positive values at different sizes, of which there are at least two."""
    from scipy.stats import t, theilslopes

    order = np.argsort(sizes)
    x, y = np.log(np.asarray(sizes, float)[order]), np.log(np.asarray(values, float)[order])
    local = np.diff(y) / np.diff(x)
    left = x - x.mean()
    slope = float(left @ (y - y.mean()) / (left @ left))
    rest, drifts, reach = len(x) - 2, False, math.nan
    if rest > 0:
        residuals = y - y.mean() - slope * left
        error = math.sqrt(float(residuals @ residuals) / rest / float(left @ left))
        reach = float(t.ppf(0.5 + LEVEL / 2, rest)) * error
        drifts = rest > 1 and abs(local[-1] - local[0]) >= _NOTICED and _bends(x, y)
    robust = theilslopes(y, x, LEVEL)
    return Fit(
        Interval(slope, slope - reach, slope + reach),
        Interval(float(robust.slope), float(robust.low_slope), float(robust.high_slope)),
        local,
        drifts,
    )


def _bends(x: np.ndarray, y: np.ndarray) -> bool:
    """Whether the slopes go one way all along, or a parabola's quadratic part is significant."""
    from scipy.stats import t

    turns = np.diff(np.diff(y) / np.diff(x))
    if len(x) > _SIZES and ((turns > _ROUNDING).all() or (turns < -_ROUNDING).all()):
        return True
    basis, _ = np.linalg.qr(np.stack([np.ones(len(x)), x - x.mean(), (x - x.mean()) ** 2], axis=1))
    parts = basis.T @ y
    residuals = y - basis @ parts
    rest = len(x) - 3
    # What rounding leaves of an exact power is no scatter to hold anything against.
    spread = max(math.sqrt(float(residuals @ residuals) / rest), _ROUNDING)
    return bool(abs(parts[2]) > t.ppf(0.5 + LEVEL / 2, rest) * spread)


def said(sizes: np.ndarray, found: Fit) -> str:
    """What a reader must know of a fit; empty where there is nothing to say."""
    words = []
    if len(sizes) < _SIZES:
        words.append(f"too few: {len(sizes)} sizes")
    if math.log10(sizes.max() / sizes.min()) < _DECADES - 1e-9:
        words.append(f"too few: a factor of {sizes.max() / sizes.min():.3g} in size")
    if found.drifts:
        words.append(f"drifts from {found.local[0]:.2f} to {found.local[-1]:.2f}")
    return "; ".join(words)


class Scaling(Statistic):
    """Measured exponents beside those of the theory."""

    title = "Growth of time and memory"
    group = "growth"
    source = (
        "Theil, A rank-invariant method of linear and polynomial regression analysis, 1950; Sen, "
        "Estimates of the regression coefficient based on Kendall's tau, JASA 63 (1968); least "
        "squares on logarithms"
    )
    leading = True

    def compute(self, board: Any) -> Finding:
        cases = {case: board.sizes(case) for case in board.cases}
        names = dict.fromkeys([board.size, *(name for sizes in cases.values() for name in sizes)])
        rows: list[dict[str, Any]] = []
        columns: dict[str, dict[str, list[Any]]] = {}
        for name in names:
            grown = families(cases, name)
            for measure, table in _measures(board).items():
                for family, members in grown.items():
                    for label, x, y in _points(board, table, members):
                        rows.append(_row(board, measure, (name, family), label, x, y))
                        shown = columns.setdefault(
                            measure, {key: [] for key in ("label", "x", "y", "view")}
                        )
                        for size, value in zip(x.tolist(), y.tolist(), strict=True):
                            view = f"{name}: {family}"
                            for key, one in zip(shown, (label, size, value, view), strict=True):
                                shown[key].append(one)
        if not rows:
            raise NotApplicable(
                "No solver was measured on three cases that differ in one size alone."
            )
        order = {"time": 0, "memory": 1}
        rows.sort(key=lambda row: order[row["what"]])
        return Finding(
            _summary(rows, board.size),
            (
                Column("label", "Solver", "solver"),
                Column("what", "Of", "text"),
                Column("by", "In", "text", note="the size that differs"),
                Column("family", "Cases", "text", note="that differ in that size alone"),
                Column("exponent", "Exponent", "number", "low", "high", better="low"),
                Column("theory", "Stated", "number", note="by the solver, of its theory"),
                Column(
                    "theil_sen",
                    "Theil-Sen",
                    "number",
                    "theil_low",
                    "theil_high",
                    note="the median of the slopes of all pairs of sizes",
                ),
                Column("last", "Last slope", "number", note="between the two largest sizes"),
                Column("sizes", "Sizes", "count"),
                Column("first_size", "From", "number"),
                Column("last_size", "To", "number"),
                Column("said", "Note", "text"),
            ),
            rows,
            tuple(_plot(measure, data) for measure, data in columns.items()),
            _notes(board, rows),
        )


def _measures(board: Any) -> dict[str, np.ndarray]:
    """Measure -> float[solvers, cases], NaN where it was not measured or says nothing."""
    at = {label: i for i, label in enumerate(board.labels)}
    place = {case: j for j, case in enumerate(board.cases)}
    good = board.traces[~board.traces["failed"]]
    timed = np.array(board.times, float)
    timed[~np.isfinite(timed)] = np.nan
    finished = good[good["why"] == "finished"]
    found = {}
    for measure, column, rows in (("time", "seconds", finished), ("memory", "memory", good)):
        table = np.full(board.shape, np.nan)
        for (label, case), value in rows.groupby(["label", "case"])[column].median().items():
            table[at[str(label)], place[str(case)]] = value
        found[measure] = table
    has = ~np.isnan(timed).all(axis=1, keepdims=True)
    found["time"] = np.where(has, timed, found["time"])
    found["time"][found["time"] < _OVERHEAD] = np.nan
    found["memory"][found["memory"] <= 0] = np.nan
    return found


def _points(
    board: Any, table: np.ndarray, members: Mapping[str, float]
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Of each solver with three sizes or more: its name, the sizes, and the median at each."""
    chosen = [j for j, case in enumerate(board.cases) if case in members]
    sizes = np.array([members[board.cases[j]] for j in chosen])
    for label, row in zip(board.labels, table[:, chosen], strict=True):
        known = ~np.isnan(row)
        different = np.unique(sizes[known])
        if len(different) > 2:
            medians = [np.median(row[known & (sizes == size)]) for size in different]
            yield label, different, np.array(medians)


def _row(
    board: Any, measure: str, by: tuple[str, str], label: str, x: np.ndarray, y: np.ndarray
) -> dict[str, Any]:
    found = fit(x, y)
    size, family = by
    theory = board.growth.get(label, {}).get(measure, {}).get(size)
    return {
        "label": label,
        "what": measure,
        "by": size,
        "family": family,
        "exponent": found.exponent.value,
        "low": found.exponent.low,
        "high": found.exponent.high,
        "theory": None if theory is None else float(theory),
        "theil_sen": found.theil_sen.value,
        "theil_low": found.theil_sen.low,
        "theil_high": found.theil_sen.high,
        "last": float(found.local[-1]),
        "sizes": len(x),
        "first_size": float(x[0]),
        "last_size": float(x[-1]),
        "said": said(x, found),
    }


def _summary(rows: list[dict[str, Any]], size: str) -> str:
    sound = [row for row in rows if "too few" not in row["said"]]
    if not sound:
        return (
            f"None of {len(rows)} exponents rests on {_SIZES} sizes over {_DECADES} decades: they "
            "are hints, no more."
        )
    of = [row for row in sound if (row["what"], row["by"]) == ("time", size)] or sound
    what, by = of[0]["what"], of[0]["by"]
    of = [row for row in of if (row["what"], row["by"]) == (what, by)]
    low = min(of, key=lambda row: row["exponent"])
    high = max(of, key=lambda row: row["exponent"])
    text = f"The {what} grows with {by} by exponents from {_shown(low)}"
    text = f"{text} to {_shown(high)}." if low is not high else f"{text}."
    stated = [row for row in of if row["theory"] is not None]
    faster = sum(row["low"] > row["theory"] for row in stated)
    if stated:
        text += f" {faster} of {len(stated)} measured ones are above what the solver states."
    return text


def _shown(row: dict[str, Any]) -> str:
    return f"{row['exponent']:.2f} ({row['low']:.2f} to {row['high']:.2f}, {row['label']})"


def _plot(measure: str, columns: Mapping[str, list[Any]]) -> Plot:
    title, form = _UNITS[measure]
    return Plot(
        "lines",
        measure,
        f"{title.capitalize()} against the size of the instance",
        Axis("size", "number", log=True),
        Axis(title, form, log=True),
        columns,
        note="Medians per size of cases that differ in nothing but that size; both axes are "
        "logarithmic, so that a straight line is a power and its slope the exponent.",
        picker="family",
    )


def _notes(board: Any, rows: list[dict[str, Any]]) -> tuple[str, ...]:
    told = []
    few = sum("too few" in row["said"] for row in rows)
    if few:
        told.append(
            f"{few} of {len(rows)} exponents rest on fewer than {_SIZES} sizes or {_DECADES} "
            "decades."
        )
    drifting = sum("drifts" in row["said"] for row in rows)
    if drifting:
        told.append(f"{drifting} of {len(rows)} drift: growth is no plain power there.")
    traced = board.traces
    cut = (~traced["failed"]) & (traced["why"] != "finished")
    if cut.any():
        told.append(
            f"The times of {int(cut.sum())} traced runs that did not finish of themselves are "
            "left out."
        )
    return tuple(told)
