"""eff@k: the efficiency to expect of the best of k runs, each with its own seed.

The efficiency e of a run is 0 if it never reached the target, else it falls with the logarithm of
its time t to the target, from 1 at t* to 0 at 100 t*:

    e = max(0, 1 - log10(t / t*) / 2)

t* is the fastest solver's median time on that case; a run faster than that has e > 1. With
e(1) <= ... <= e(n) the sorted values of the n runs of a case,

    eff@k = sum over r = k..n of C(r-1, k-1) / C(n, k) e(r)

is the mean of the best over all k-subsets of the runs, without bias. It is averaged over cases.
pass@k is the same with 1 for a run that reached the target and 0 for one that did not.

It tells steady solvers (eff@k barely rises) from those that are brilliant at times. k runs cost k
times the work of one: eff@k speaks of k runs side by side. Differences between solvers that reach
the target do not depend on t*, since it shifts all of them alike; misses do, as they count like
100 t*. For a solver that makes no use of its seed the rise from 1 to k is the noise of the clock;
a note names those that look so. Where a solver has fewer than k runs on a case there is no value.
Times are those of single traced runs, without warming up.

The interval is a bootstrap over cases (by simulation it covers about 0.92 with 30 of them). Seeds
are not redrawn: duplicates among them would make the best of k look worse than it is.

Departs from the paper: its e is linear in time, so that being ten times as slow as a 1 ms
reference costs nothing where the limit is 2 s; and it has levels of hardness where this has cases.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bench_statistics._cases import bar, common, left_out, redrawn
from bench_statistics._targets import lead, meaning, medians, times_to, unmoved
from harness.api import Axis, Column, Finding, NotApplicable, Plot, Statistic

_REACH = 2.0  # decades of time from efficiency 1 to 0
_KS = (1, 2, 3, 5, 10, 20, 50, 100)


def weights(n: int, k: int) -> np.ndarray:
    """Of the sorted values, smallest first: C(r-1, k-1) / C(n, k) for r = 1..n; sums to 1.

    By a recursion from the largest down, which neither overflows nor cancels.
    """
    found = np.zeros(n)
    found[n - 1] = k / n
    for r in range(n - 1, k - 1, -1):
        found[r - 1] = found[r] * (1 - (k - 1) / r)
    return found


def best_of(values: np.ndarray, k: int) -> np.ndarray:
    """The expected largest of k of the values, drawn without replacement; NaN for fewer than k.

    Args:
        values: float[..., values].

    Returns:
        float[...].
    """
    count = values.shape[-1]
    if count < k:
        return np.full(values.shape[:-1], np.nan)
    # As a sum, not a product of matrices: what a cell gives hangs on nothing but the cell.
    return np.asarray((np.sort(values, axis=-1) * weights(count, k)).sum(axis=-1))


def efficiency(times: np.ndarray, reference: np.ndarray | float) -> np.ndarray:
    """1 at the reference time, 0 at 100 times it and for infinite ones; above 1 for faster runs.

    Args:
        times: float[..., runs], seconds, infinite where the target was missed.
        reference: seconds, t*, of a shape that can be broadcast to it.
    """
    with np.errstate(divide="ignore"):
        return np.maximum(0.0, 1.0 - np.log10(times / reference) / _REACH)


class EffAtK(Statistic):
    """The expected efficiency of the best of k seeds."""

    title = "Best of k runs (eff@k)"
    group = "target"
    source = (
        "Qiu et al., How efficient is LLM-generated code? A rigorous and high-standard benchmark "
        "(ENAMEL, 2024)"
    )
    papers = ("efficient-llm-generated-code-rigorous",)

    def compute(self, board: Any) -> Finding:
        still = unmoved(board)
        if len(still) == len(board.labels):
            raise NotApplicable(
                "No solver's cost depends on its seed here, so that more runs bring nothing new."
            )
        cells = times_to(board)
        leading = lead(cells)
        if not leading:
            raise NotApplicable("No run reached any target.")
        times = cells[leading]
        solvers, cases = common(np.array([[len(cell) > 0 for cell in row] for row in times]))
        if not len(solvers) or not len(cases):
            raise NotApplicable("No case was tried by all of the solvers that it would compare.")
        runs = np.array([min(len(times[i][j]) for j in cases) for i in solvers])
        if runs.max() < 2:
            raise NotApplicable("No solver was run twice on every case: there is no best of two.")
        ks = [k for k in _KS if k <= runs.max()]
        references = _references(times, cases)
        found = _tables(times, solvers, cases, references, ks)
        names = [board.labels[i] for i in solvers]
        drawn = redrawn(board.rng("eff_at_k"), len(cases))
        judged = {
            k: (_judge(eff, drawn), _judge(passed, drawn)) for k, (eff, passed) in found.items()
        }
        rows = [_row(names[i], i, judged, int(runs[i])) for i in range(len(names))]
        last = max(ks)
        common_k = max(k for k in ks if k <= runs.min())
        rows.sort(key=lambda row: -row["eff1"])
        return Finding(
            _summary(rows, common_k, f"the time to {meaning(board, leading)}", len(cases)),
            _columns(ks, leading),
            rows,
            (_plot(names, judged),),
            (
                *_notes(names, still, runs, last, references),
                *left_out(board.labels, solvers, len(cases), len(board.cases)),
            ),
        )


def _references(times: Any, cases: np.ndarray) -> np.ndarray:
    """float[cases]: t*, the least median over all solvers, else the least time; NaN for none."""
    middle = medians(times)[:, cases]
    least = np.fmin.reduce(middle, axis=0)
    for place, j in enumerate(cases):
        if not np.isfinite(least[place]):
            least[place] = min(cell.min(initial=np.inf) for cell in (row[j] for row in times))
    return np.where(np.isfinite(least), np.maximum(least, 1e-9), np.nan)


def _tables(
    times: Any, solvers: np.ndarray, cases: np.ndarray, references: np.ndarray, ks: list[int]
) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """k -> eff@k and pass@k, each float[solvers, cases]; NaN where there are fewer than k runs."""
    cells = [times[i][j] for i in solvers for j in cases]
    lengths = np.array([len(cell) for cell in cells])
    best = np.tile(references, len(solvers))
    found = {k: (np.full(len(cells), np.nan), np.full(len(cells), np.nan)) for k in ks}
    for n in set(lengths.tolist()):  # all cells of as many runs at once
        alike = np.flatnonzero(lengths == n)
        runs = np.array([cells[place] for place in alike])
        reference = best[alike, None]
        value = np.where(np.isnan(reference), 0.0, efficiency(runs, reference))
        for k, (eff, passed) in found.items():
            eff[alike] = best_of(value, k)
            passed[alike] = best_of(np.isfinite(runs).astype(float), k)
    shape = len(solvers), len(cases)
    return {k: (eff.reshape(shape), passed.reshape(shape)) for k, (eff, passed) in found.items()}


def _judge(table: np.ndarray, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from harness.api import intervals

    if table.shape[1] < 2:
        none = np.full(len(table), np.nan)
        return table.mean(axis=1), none, none
    return table.mean(axis=1), *intervals.percentiles(drawn @ table.T)


def _row(label: str, i: int, judged: Any, runs: int) -> dict[str, Any]:
    row: dict[str, Any] = {"label": label, "runs": runs}
    for k, (eff, passed) in judged.items():
        for name, values in (("eff", eff), ("pass", passed)):
            for end, value in zip(("", "low", "high"), values, strict=True):
                row[f"{name}{k}{end}"] = float(value[i])
    return row


def _summary(rows: list[dict[str, Any]], k: int, aim: str, cases: int) -> str:
    top = rows[0]
    said = f"By {aim}, {top['label']} is the most efficient in one run: {top['eff1']:.2f}"
    if cases > 1:
        said += f" (95 %: {top['eff1low']:.2f} to {top['eff1high']:.2f})"
    if k == 1:
        return said + "."
    best = max(rows, key=lambda row: row[f"eff{k}"])
    rise = max(rows, key=lambda row: row[f"eff{k}"] - row["eff1"])
    return (
        f"{said}; of the best of {k} runs {best['label']}: {best[f'eff{k}']:.2f}. "
        f"{rise['label']} gains most from {k} runs, "
        f"{rise[f'eff{k}'] - rise['eff1']:.2f}."
    )


def _columns(ks: list[int], leading: str) -> tuple[Column, ...]:
    return (
        Column("label", "Solver", "solver"),
        Column("runs", "Runs", "count", note="of a case, at least"),
        *(
            Column(
                f"eff{k}",
                f"eff@{k}",
                "ratio",
                f"eff{k}low",
                f"eff{k}high",
                note=f"target {leading}; 1: as fast as the fastest solver, 0: 100 times as slow",
                better="high",
            )
            for k in ks
        ),
        *(
            Column(
                f"pass{k}",
                f"pass@{k}",
                "share",
                f"pass{k}low",
                f"pass{k}high",
                note=f"chance that any of {k} runs reaches the target {leading}",
                better="high",
            )
            for k in ks
        ),
    )


def _plot(names: list[str], judged: Any) -> Plot:
    drawn: dict[str, list[Any]] = {key: [] for key in ("view", "label", "x", "y", "low", "high")}
    for place, view in enumerate(("efficiency", "share of cases reached")):
        for i, label in enumerate(names):
            for k, both in judged.items():
                ends = bar(*(values[i] for values in both[place]))
                if math.isnan(ends[0]):
                    continue
                for key, value in zip(drawn, (view, label, k, *ends), strict=True):
                    drawn[key].append(value)
    return Plot(
        "lines",
        "best-of-k",
        "Expected best of k runs",
        Axis("runs, k", "count", log=True),
        Axis("mean over cases", "ratio", low=0.0),
        drawn,
        note="Bands: 95 % of bootstrap draws of cases.",
        picker="of",
    )


def _notes(
    names: list[str], still: list[str], runs: np.ndarray, last: int, references: np.ndarray
) -> list[str]:
    said = []
    shown = [label for label in still if label in names]
    if shown:
        said.append(
            f"The same cost with every seed on every case: {', '.join(shown)}. What these gain "
            "from more runs is the noise of the clock."
        )
    if runs.min() < last:
        few = [label for label, count in zip(names, runs, strict=True) if count < last]
        said.append(
            f"Fewer than {last} runs on some case, and so no value there: {', '.join(few)}."
        )
    nobody = int(np.isnan(references).sum())
    if nobody:
        said.append(f"Cases on which nobody reached the target, which give 0 to all: {nobody}.")
    return said
