"""Normalised usage: time and memory of a solver as multiples of a baseline's.

On each case that both solve, r = T / T0 is the solver's time over that of the baseline (the
canonical solution). The figure that leads is the geometric mean exp(mean ln r): held against each
other the other way round, two solvers give its reciprocal. Beside it stand the two figures under
which the literature reports "normalised execution time": `net_mean`, the mean of r, and
`net_total`, the ratio of the sums of T and T0. One case with r = 45 moves the first by 45 / N, and
the slowest cases rule the second; with the roles swapped, the mean of r does not turn into its
reciprocal. They may even order two solvers differently.

Only right answers have a time. Where costs differ, what is right hangs on a target, and the
baseline is the one that is right on most cases. Survivors look fast: a solver that fails all hard
cases is averaged over the easy ones. So the share of the baseline's cases that it solves stands
beside it, and "failures at limit" counts each failure as a solve that takes its whole time limit,
which is the least that it may have needed.

Memory is what a run takes beyond what was there at its start, so that the interpreter, which would
draw all ratios to 1, is not in it; less than 64 KiB counts as 64 KiB.

Intervals: Student's t on ln r over cases (for 50 cases with log-normal ratios it covers .94,
measured by simulation); those of the mean and of the ratio of sums are bootstrap percentiles over
cases, which covered .88 and .84 there. The share of cases beyond a factor of 5 has Wilson's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bench_statistics._correct import main_view, meaning, right_times
from harness.api import Axis, Column, Finding, NotApplicable, Plot, Statistic, intervals

FAR = 5.0  # "far slower" is strictly more than this
_LEAST_MEMORY = 65_536  # bytes; what a run takes less of can't be told from nothing
_DRAWS = 1000


def figures(used: np.ndarray, canonical: np.ndarray) -> dict[str, float]:
    """The figures of one solver over cases that both solved.

    Args:
        used, canonical: float[cases], positive and finite: seconds, or bytes.

    Returns:
        geometric (with geometric_low, geometric_high), net_mean, net_total, middle (the median),
        most, far (share beyond `FAR`).
    """
    ratios = used / canonical
    leading = intervals.mean(np.log(ratios)).map(lambda end: float(np.exp(end)))
    return {
        "geometric": leading.value,
        "geometric_low": leading.low,
        "geometric_high": leading.high,
        "net_mean": float(ratios.mean()),
        "net_total": float(used.sum() / canonical.sum()),
        "middle": float(np.median(ratios)),
        "most": float(ratios.max()),
        "far": float((ratios > FAR).mean()),
    }


def resampled(
    used: np.ndarray, canonical: np.ndarray, rng: np.random.Generator
) -> dict[str, float]:
    """The ends of the intervals of `net_mean` and `net_total`: cases drawn with replacement."""
    if len(used) < 2:
        return dict.fromkeys(
            ("net_mean_low", "net_mean_high", "net_total_low", "net_total_high"), np.nan
        )
    picks = rng.integers(len(used), size=(_DRAWS, len(used)))
    drawn, base = used[picks], canonical[picks]
    ends = {}
    for name, values in (
        ("net_mean", (drawn / base).mean(axis=1)),
        ("net_total", drawn.sum(axis=1) / base.sum(axis=1)),
    ):
        low, high = intervals.percentiles(values)
        ends[f"{name}_low"], ends[f"{name}_high"] = float(low), float(high)
    return ends


class NormalisedUsage(Statistic):
    """Time and memory against a canonical solver's, over right answers."""

    title = "Normalised time and memory"
    group = "time"
    source = "Huang et al., EffiBench: Benchmarking the Efficiency of Generated Code (2024)"
    papers = ("effibench",)

    def compute(self, board: Any) -> Finding:
        rng = board.rng("normalised_usage")
        views = right_times(board)
        shown = main_view(views)
        memory, limits = _memory(board), _limits(board)
        columns: dict[str, list[Any]] = {name: [] for name in ("label", "x", "low", "high", "view")}
        rows: list[dict[str, Any]] = []
        canonical = ""
        for view, times in views.items():
            base = _canonical(board, times)
            if base is None:
                continue
            for i, label in enumerate(board.labels):
                row = _row(label, times[i], times[base], limits[i])
                if row is None:
                    continue
                if view == shown:
                    both = np.isfinite(times[i]) & np.isfinite(times[base])
                    row |= resampled(times[i][both], times[base][both], rng)
                    row |= _memory_figures(memory[i][both], memory[base][both])
                    rows.append(row)
                    canonical = board.labels[base]
                if np.isfinite(row["geometric"]):
                    ends = [row["geometric_low"], row["geometric_high"]]
                    if not np.isfinite(ends).all():
                        ends = [row["geometric"]] * 2
                    for name, value in zip(
                        columns, (label, row["geometric"], *ends, view), strict=True
                    ):
                        columns[name].append(value)
        if not rows:
            raise NotApplicable(
                "No baseline is right and timed on any case, so that there is nothing to take "
                "ratios to."
            )
        rows.sort(key=_order)
        return Finding(
            _summary(rows, canonical),
            _COLUMNS,
            rows,
            (_plot(columns),) if columns["label"] else (),
            _notes(board, meaning(shown), rows, canonical),
        )


def _canonical(board: Any, times: np.ndarray) -> int | None:
    """The baseline that is right and timed on most cases; the board's own among equals."""
    solved = np.isfinite(times).sum(axis=1)
    known = [
        (-int(solved[i]), label != board.canonical, label, i)
        for i, label in enumerate(board.labels)
        if board.roles.get(label) == "baseline" and solved[i]
    ]
    return min(known)[-1] if known else None


def _order(row: dict[str, Any]) -> tuple[float, float]:
    """Failures counted, so that who is fast on one easy case does not lead."""
    first, second = (
        row[name] if np.isfinite(row[name]) else np.inf for name in ("limited", "geometric")
    )
    return first, second


def _row(
    label: str, used: np.ndarray, base: np.ndarray, limits: np.ndarray
) -> dict[str, Any] | None:
    """A solver's figures; None where nothing of it can be held against the baseline."""
    known = np.isfinite(base) & ~np.isnan(used)
    if not known.any():
        return None
    both = known & np.isfinite(used)
    solved = intervals.share(int(both.sum()), int(known.sum()))
    row: dict[str, Any] = {
        "label": label,
        "cases": int(both.sum()),
        "solved": solved.value,
        "solved_low": solved.low,
        "solved_high": solved.high,
        "limited": limited(used[known], base[known], limits[known]),
    }
    if both.any():
        found = figures(used[both], base[both])
        far = intervals.share(round(found["far"] * both.sum()), int(both.sum()))
        return row | found | {"far_low": far.low, "far_high": far.high}
    nothing = ("geometric", "geometric_low", "geometric_high", "net_mean", "net_total")
    return row | dict.fromkeys((*nothing, "middle", "most", "far", "far_low", "far_high"), np.nan)


def limited(used: np.ndarray, canonical: np.ndarray, limits: np.ndarray) -> float:
    """The geometric mean of used / canonical where a failure counts as its limit.

    Args:
        used, canonical: float[cases], seconds; `used` is infinite for a failure.
        limits: float[cases], seconds that the solver was given; NaN where it had no limit.

    Returns:
        NaN where a failure had no limit: it may have gone on for ever.
    """
    counted = np.where(np.isfinite(used), used, limits)
    return float(np.exp(np.log(counted / canonical).mean()))


def _limits(board: Any) -> np.ndarray:
    """float[solvers, cases]: seconds that a solver was given at most; NaN without limit."""
    given = [
        min(
            (
                float(limit)
                for name in ("seconds", "timeout")
                if isinstance(limit := budget.get(name), int | float) and limit > 0
            ),
            default=np.nan,
        )
        for budget in board.traces["budget"]
    ]
    return _per_cell(board, board.traces.assign(_limit=given), "_limit")


def _per_cell(board: Any, traces: Any, column: str) -> np.ndarray:
    """float[solvers, cases]: the median over traced runs; NaN where there is none."""
    table = traces.groupby(["label", "case"])[column].median().unstack("case")
    known = table.reindex(index=list(board.labels), columns=list(board.cases))
    return np.asarray(known.to_numpy(float))


def _memory(board: Any) -> np.ndarray:
    """float[solvers, cases]: bytes; NaN where not measured."""
    return np.maximum(_per_cell(board, board.traces, "memory"), _LEAST_MEMORY)


def _memory_figures(used: np.ndarray, base: np.ndarray) -> dict[str, float]:
    both = ~np.isnan(used) & ~np.isnan(base)
    found = intervals.mean(np.log(used[both] / base[both])).map(lambda end: float(np.exp(end)))
    return {"memory": found.value, "memory_low": found.low, "memory_high": found.high}


_COLUMNS = (
    Column("label", "Solver", "solver"),
    Column(
        "geometric",
        "Time",
        "factor",
        "geometric_low",
        "geometric_high",
        note="geometric mean of time / the baseline's, over the cases that both solve",
        better="low",
    ),
    Column(
        "net_mean",
        "Mean ratio",
        "factor",
        "net_mean_low",
        "net_mean_high",
        note="mean of time / the baseline's; ruled by the worst cases",
        better="low",
    ),
    Column(
        "net_total",
        "Ratio of totals",
        "factor",
        "net_total_low",
        "net_total_high",
        note="sum of times / sum of the baseline's; ruled by the slowest cases",
        better="low",
    ),
    Column("middle", "Median", "factor", better="low"),
    Column("most", "Largest", "factor", better="low"),
    Column("far", "Beyond 5×", "share", "far_low", "far_high", better="low"),
    Column(
        "memory",
        "Memory",
        "factor",
        "memory_low",
        "memory_high",
        note="geometric mean of memory / the baseline's, over the same cases",
        better="low",
    ),
    Column(
        "solved",
        "Solved",
        "share",
        "solved_low",
        "solved_high",
        note="of the cases that the baseline solves",
        better="high",
    ),
    Column(
        "limited",
        "Failures at limit",
        "factor",
        note="as time, where a case not solved counts as its whole time limit",
        better="low",
    ),
)


def _plot(columns: dict[str, list[Any]]) -> Plot:
    return Plot(
        "intervals",
        "normalised-time",
        "Time against the baseline",
        Axis("time / the baseline's", "factor", log=True),
        Axis("", "solver"),
        columns,
        note=(
            "Geometric means over the cases that both solve, with 95 % intervals over cases "
            "(Student's t on logarithms); none is drawn for a single case."
        ),
        picker="target",
    )


def _summary(rows: list[dict[str, Any]], canonical: str) -> str:
    first = next((row for row in rows if row["label"] != canonical and row["cases"]), None)
    if first is None:
        return f"Only {canonical}, the baseline, is right and timed: it is 1 by definition."
    sure = (
        f" (95 % interval {first['geometric_low']:.3g} to {first['geometric_high']:.3g})"
        if np.isfinite(first["geometric_low"])
        else ""
    )
    cases = f"{first['cases']} cases" if first["cases"] > 1 else "one case"
    return (
        f"{first['label']} takes {first['geometric']:.3g} times as long as {canonical}{sure} on "
        f"the {cases} that both solve, which is {first['solved']:.0%} of what the baseline solves."
    )


def _notes(board: Any, meant: str, rows: list[dict[str, Any]], canonical: str) -> tuple[str, ...]:
    said = [f"The baseline of the table is {canonical}. {meant}"]
    partly = [row["label"] for row in rows if row["solved"] < 1]
    if partly:
        said.append(
            "Averaged over fewer cases than the baseline solves, and so perhaps over the easier "
            f"ones: {', '.join(partly)}."
        )
    told = {row["label"] for row in rows}
    gone = [label for label in board.labels if label not in told]
    if gone:
        said.append(f"Left out, as they were not timed where the baseline is: {', '.join(gone)}.")
    return tuple(said)
