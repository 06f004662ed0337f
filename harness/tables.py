"""Store -> tidy pandas frames: the one place that builds them.

Suboptimality is always against one reference per instance: the exact optimum where it is known,
else the best cost that anybody reached, over all that is loaded. Machines are never mixed: a frame
holds the records of one machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from harness.record import FLAGS, STATUSES
from harness.selectors import Misuse, nearest
from harness.store import Results

COLUMNS = (
    "run",
    "machine",
    "environment",
    "kind",
    "problem",
    "solver",
    "label",
    "role",
    "case",
    "instance",
    "seed",
    "status",
    "message",
    "cost",
    "optimum",
    "seconds",
    "cpu",
    "wall",
    "memory",
    "threads",
    "calls",
    "answers",
    "why",
    "precision",
    "instructions",
    "waited",
    "drift",
    "verified",
    "flags",
    "started",
    "key",
    "parameters",
    "sizes",
    "scores",
    "budget",
    "trace",
    "values",
    "processes",
)
_NUMBERS = (
    *("cost", "optimum", "seconds", "cpu", "wall", "memory", "threads", "calls", "answers"),
    *("precision", "instructions", "waited", "drift", "processes"),
)
# What makes two records repetitions of the same run; the later one counts.
_SAME = ["machine", "kind", "problem", "label", "case", "seed"]


def records(results: Results) -> pd.DataFrame:
    """All records, one row each; columns `COLUMNS`. A counter that a record lacks is NaN."""
    rows = []
    for record in results.records:
        header = results.runs.get(record["run"], {})
        rows.append({**record, "machine": header.get("machine", "unknown")})
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    for name in _NUMBERS:
        frame[name] = pd.to_numeric(frame[name], errors="coerce").astype(float)
    told = [said if isinstance(said, list) else [] for said in frame["flags"]]
    frame["flags"] = pd.Series(told, index=frame.index, dtype=object)
    return frame


def machines(frame: pd.DataFrame) -> list[str]:
    """Machine ids in the frame, that of the latest run first."""
    latest = frame.groupby("machine")["run"].max().sort_values(ascending=False)
    return [str(name) for name in latest.index]


def current(frame: pd.DataFrame, machine: str | None = None) -> pd.DataFrame:
    """The records that count: of one machine (by default the latest), the last of each repetition.

    Which is the last is told by the name of the run and the place of the record in it; clocks are
    set back at times. Adds `best` (the reference cost of the instance), `failed`, `ratio` (cost /
    best) and `gap` (cost - best), which an invalid run has not.

    Raises:
        Misuse: where there is no such machine.
    """
    if frame.empty:
        return with_reference(frame)
    known = machines(frame)
    if machine is not None and machine not in known:
        hint = nearest(machine, known) or f"there are {', '.join(known)}"
        raise Misuse(f"no results of machine {machine!r}; {hint}")
    frame = with_reference(frame)
    frame = frame[frame["machine"] == (machine or known[0])]
    frame = frame.sort_values("run", kind="stable")
    return frame.drop_duplicates(_SAME, keep="last").reset_index(drop=True)


def with_reference(frame: pd.DataFrame) -> pd.DataFrame:
    """Add `best`, `failed`, `ratio` and `gap`; the reference is over all rows given."""
    frame = frame.copy()
    frame["failed"] = frame["status"] != "ok"
    valid = frame["cost"].where(~frame["status"].isin(["invalid"]))
    keys = [frame["problem"], frame["instance"]]
    reached = valid.groupby(keys).transform("min")
    known = frame["optimum"].groupby(keys).transform("min")
    frame["best"] = known.where(known.notna(), reached)
    frame["ratio"] = _ratio(valid, frame["best"])
    frame["gap"] = valid - frame["best"]
    return frame


def _ratio(cost: pd.Series[float], best: pd.Series[float]) -> pd.Series[float]:
    """cost / best; 1 where both are zero, infinite where only best is, NaN for negative ones."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (cost / best).where((best >= 0) & (cost >= 0))
    return ratio.mask((cost == 0) & (best == 0), 1.0)


def of_kind(frame: pd.DataFrame, kind: str, problem: str | None = None) -> pd.DataFrame:
    """The rows of kind "trace" or "timing", of one problem or all."""
    chosen = frame["kind"] == kind
    if problem is not None:
        chosen &= frame["problem"] == problem
    return frame[chosen]


def status_counts(traces: pd.DataFrame) -> pd.DataFrame:
    """Label x status -> number of runs; every status has a column."""
    counts = pd.crosstab(traces["label"], traces["status"])
    return counts.reindex(columns=list(STATUSES), fill_value=0)


def trace_points(traces: pd.DataFrame) -> pd.DataFrame:
    """One row per trace point: problem, label, case, seed, seconds, calls, cost, ratio, gap."""
    rows: list[tuple[Any, ...]] = []
    for row in traces.itertuples():
        for seconds, calls, cost in row.trace:
            rows.append(
                (row.problem, row.label, row.case, row.seed, seconds, calls, cost, row.best)
            )
    names = ["problem", "label", "case", "seed", "seconds", "calls", "cost", "best"]
    frame = pd.DataFrame(rows, columns=names)
    frame["ratio"] = _ratio(frame["cost"], frame["best"])
    frame["gap"] = frame["cost"] - frame["best"]
    return frame.drop(columns="best")


def timing_values(timings: pd.DataFrame) -> pd.DataFrame:
    """One row per pyperf value: problem, label, case, seconds."""
    frame = timings[["problem", "label", "case", "values"]].explode("values")
    frame = frame.rename(columns={"values": "seconds"}).dropna(subset="seconds")
    return frame.astype({"seconds": float}).reset_index(drop=True)


def size_of(traces: pd.DataFrame, name: str) -> pd.Series[float]:
    """The named size of each row's instance; NaN where it has none."""
    return traces["sizes"].map(lambda sizes: sizes.get(name, np.nan)).astype(float)


def flag(said: str) -> tuple[str, str]:
    """The name and the sentence of a record's flag "name: sentence"."""
    name, _, sentence = said.partition(": ")
    return name, sentence or FLAGS.get(name, "")


def flag_counts(rows: Iterable[list[str]]) -> list[dict[str, Any]]:
    """What rows are flagged with, one dict each: flag, rows (how many), example (a sentence).

    Flags come in the order of `FLAGS`; names that this version does not know come last.
    """
    found: dict[str, dict[str, Any]] = {}
    for told in rows:
        for name, sentence in dict(map(flag, told)).items():
            one = found.setdefault(name, {"flag": name, "rows": 0, "example": ""})
            one["rows"] += 1
            one["example"] = one["example"] or sentence
    known = list(FLAGS)
    return sorted(
        found.values(),
        key=lambda one: known.index(one["flag"]) if one["flag"] in FLAGS else len(known),
    )


def flags(frame: pd.DataFrame, problem: str) -> pd.DataFrame:
    """One row per solver and flag: what a reader is warned of.

    Columns: label, flag, rows (flagged), of (all rows of these kinds that the solver has), kind
    ("trace" or "timing"; empty where both are flagged), example (one row's sentence).
    """
    mine = frame[frame["problem"] == problem]
    flagged = mine[mine["flags"].map(len) > 0]
    rows = []
    for label, group in flagged.groupby("label", sort=False):
        kinds = mine.loc[mine["label"] == label, "kind"].value_counts()
        for one in flag_counts(group["flags"]):
            has_it = [one["flag"] in dict(map(flag, told)) for told in group["flags"]]
            among = sorted(set(group["kind"][has_it]))
            kind = among[0] if len(among) == 1 else ""
            rows.append({"label": label, **one, "of": int(kinds[among].sum()), "kind": kind})
    return pd.DataFrame(rows, columns=["label", "flag", "rows", "of", "kind", "example"])


def cases(frame: pd.DataFrame, problem: str) -> pd.DataFrame:
    """One row per case and solver, over seeds.

    Columns: case, label, role, runs, ok, best, cost_mean, cost_min, cost_max, ratio, gap, seconds
    (median of pyperf's values), low, high (their 2.5 and 97.5 % points), precision and why (of the
    timing: the width of its interval, and why no more values were taken), traced, cpu, wall,
    instructions (medians of the traced runs; NaN where nobody counted), memory (largest, bytes),
    flags (of traced runs and timing, as `flag_counts` gives them), message (of a run that failed).
    """
    traces, timings = of_kind(frame, "trace", problem), of_kind(frame, "timing", problem)
    rows = []
    timed = {(row.case, row.label): row for row in timings.itertuples()}
    for (case, label), group in traces.groupby(["case", "label"], sort=False):
        good = group[~group["failed"]]
        timing = timed.get((case, label))
        values = np.asarray(timing.values if timing is not None else [], float)
        low, high = np.quantile(values, [0.025, 0.975]) if len(values) else (np.nan, np.nan)
        failed = group[group["failed"]]
        message = "" if failed.empty else f"{failed.iloc[0]['status']}: {failed.iloc[0]['message']}"
        if not message and timing is not None and timing.status != "ok":
            message = f"timing {timing.status}: {timing.message}"
        told = [*group["flags"], *([timing.flags] if timing is not None else [])]
        rows.append(
            {
                "case": case,
                "label": label,
                "role": group["role"].iloc[0],
                "runs": len(group),
                "ok": len(good),
                "best": group["best"].iloc[0],
                "cost_mean": good["cost"].mean(),
                "cost_min": good["cost"].min(),
                "cost_max": good["cost"].max(),
                "ratio": good["ratio"].mean(),
                "gap": good["gap"].mean(),
                "seconds": timing.seconds if timing is not None and len(values) else np.nan,
                "low": low,
                "high": high,
                "precision": timing.precision if timing is not None else np.nan,
                "why": timing.why if timing is not None else "",
                "traced": good["seconds"].median(),
                "cpu": good["cpu"].median(),
                "wall": good["wall"].median(),
                "instructions": good["instructions"].median(),
                "memory": group["memory"].max(),
                "flags": flag_counts(told),
                "message": message,
            }
        )
    return pd.DataFrame(rows, columns=_CASE_COLUMNS)


_CASE_COLUMNS = [
    *"case label role runs ok best cost_mean cost_min cost_max ratio gap seconds low high".split(),
    *"precision why traced cpu wall instructions memory flags message".split(),
]


def select(frame: pd.DataFrame, problems: Sequence[str]) -> pd.DataFrame:
    """The rows of some problems; all where none is named.

    Raises:
        Misuse: for a problem without results; names the nearest.
    """
    known = list(dict.fromkeys(frame["problem"]))
    for name in problems:
        if name not in known:
            hint = nearest(name, known) or f"there are results of {', '.join(known) or 'none'}"
            raise Misuse(f"there are no results of {name!r}; {hint}")
    return frame[frame["problem"].isin(list(problems) or known)]
