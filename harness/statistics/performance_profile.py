"""Performance profile: how often a solver is within a factor of the fastest.

r[p,s] = t[p,s] / min over s' of t[p,s'] is the ratio of a solver's time to the fastest on case p,
infinite where it failed. The profile rho_s(f) is the share of cases on which r[p,s] <= f: at the
left, how often it is (nearly) the fastest; at the right, how many cases it solves at all. The area
under it, up to a factor of 100, is the mean over cases of (2 - log10 r) where that is positive.

Bands are Wilson's, for each factor by itself. Read two profiles against each other with care: the
ratios are to the fastest of all who take part, so that removing a third solver can turn the order
of two; the table of pairs does not have this flaw. Times within some percent of each other differ
by noise, so that the share at a factor of 1.1 says more than the one at 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.findings import Axis, Column, Finding, NotApplicable, Plot, Statistic
from harness.intervals import share

_REACH = 2.0  # decades of the area: a factor of 100
_NEAR = 1.1


def ratios(times: np.ndarray) -> np.ndarray:
    """To the fastest on each case; infinite for failures, also where nobody solved the case.

    Args:
        times: float[solvers, cases], infinite for failures.
    """
    fastest = times.min(axis=0, initial=np.inf)
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(times), times / fastest, np.inf)


def profile(row: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """The share of cases within each factor, float[factors]."""
    within: np.ndarray = (row[:, None] <= factors).mean(axis=0)
    return within


def area(row: np.ndarray, reach: float = _REACH) -> float:
    """The area under a profile over log10 of the factor, up to 10**reach."""
    with np.errstate(divide="ignore"):
        return float(np.maximum(0.0, reach - np.log10(row)).mean())


class PerformanceProfile(Statistic):
    """Dolan and Moré's profile over the timed cases."""

    title = "Performance profile"
    group = "time"
    source = (
        "Dolan and Moré, Benchmarking optimization software with performance profiles, "
        "Mathematical Programming 91 (2002)"
    )
    leading = True

    def compute(self, board: Any) -> Finding:
        timed = ~np.isnan(board.times)
        whole = np.flatnonzero(timed.any(axis=1))
        cases: np.ndarray = np.flatnonzero(timed[whole].all(axis=0))
        if len(whole) < 2 or not len(cases):
            raise NotApplicable("No two solvers were timed on the same cases.")
        table = ratios(board.times[np.ix_(whole, cases)])
        finite = table[np.isfinite(table)]
        most = max(10.0, float(finite.max()) * 1.05) if len(finite) else 10.0
        rows: list[dict[str, Any]] = []
        columns: dict[str, list[Any]] = {name: [] for name in ("label", "x", "y", "low", "high")}
        for index, row in zip(whole, table, strict=True):
            label = board.labels[index]
            steps = np.unique(np.r_[1.0, row[np.isfinite(row)], most])
            for x, y in zip(steps, profile(row, steps), strict=True):
                band = share(round(y * len(row)), len(row))
                for name, value in zip(columns, (label, x, y, band.low, band.high), strict=True):
                    columns[name].append(value)
            near = share(int((row <= _NEAR).sum()), len(row))
            rows.append(
                {
                    "label": label,
                    "fastest": float((row <= 1).mean()),
                    "near": near.value,
                    "near_low": near.low,
                    "near_high": near.high,
                    "solved": float(np.isfinite(row).mean()),
                    "area": area(row) / _REACH,
                }
            )
        rows.sort(key=lambda one: -one["area"])
        return Finding(
            f"{rows[0]['label']} has the largest area under its profile over "
            f"{len(cases)} cases: it is fastest on {rows[0]['fastest']:.0%} of them.",
            (
                Column("label", "Solver", "solver"),
                Column(
                    "area",
                    "Area",
                    "share",
                    note="under the profile, up to a factor of 100",
                    better="high",
                ),
                Column("fastest", "Fastest", "share", better="high"),
                Column("near", "Within 1.1×", "share", "near_low", "near_high", better="high"),
                Column("solved", "Solved", "share", better="high"),
            ),
            rows,
            (
                Plot(
                    "lines",
                    "profile",
                    "Performance profile",
                    Axis("time / fastest on the case", "factor", log=True, low=1.0),
                    Axis("share of cases", "share", low=0.0, high=1.0),
                    columns,
                    note="Bands are 95 % intervals (Wilson) for each factor by itself.",
                    step=True,
                ),
            ),
            self._notes(board, whole, cases),
        )

    def _notes(self, board: Any, whole: np.ndarray, cases: Any) -> tuple[str, ...]:
        said = []
        if len(whole) < len(board.labels):
            gone = [label for i, label in enumerate(board.labels) if i not in whole]
            said.append(f"Left out, as they were not timed: {', '.join(gone)}.")
        if len(cases) < len(board.cases):
            said.append(
                f"{len(board.cases) - len(cases)} of {len(board.cases)} cases are left out, as not "
                "every solver was timed on them."
            )
        if len(cases) < 10:
            said.append(f"With {len(cases)} cases the bands are wide, and rightly so.")
        return tuple(said)
