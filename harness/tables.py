"""Store -> tidy pandas frames: the one place that builds them.

Suboptimality is always against one reference per instance: the exact optimum where it is known,
else the best cost that anybody reached, over all that is loaded. Machines are never mixed: a frame
holds the records of one machine.
"""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from harness.case_table import case_table
from harness.columns import Records
from harness.record import FLAGS, STATUSES
from harness.selectors import Misuse, nearest
from harness.store import Results

COLUMNS = (
    "run",
    "as_of",
    "purpose",
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
    "items",
    "answer",
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
    "sources",
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
    """All records, one row each; columns `COLUMNS`. A counter that a record lacks is NaN.

    `trace` holds arrays float[points, 3] and `values` float[values]; what rows hold may be shared
    by others, and is not to be changed. `as_of` is the run as of which a record counts: its own,
    or the last that kept it when it was resumed. `purpose` is "claims", "tuning" or "tuned" where a
    run was made for that, and empty else.
    """
    rows = results.records
    rows = rows if isinstance(rows, Records) else Records(rows)
    columns = {name: _column(rows, results, name) for name in COLUMNS}
    return pd.DataFrame(columns, copy=False)


def _column(rows: Records, results: Results, name: str) -> pd.Series[Any]:
    if name in _NUMBERS:
        return pd.Series(rows.floats(name), copy=False)
    if name == "seed":
        return pd.Series(rows.integers(name))
    if name in ("trace", "values"):
        return _objects(rows.arrays(name))
    if name == "purpose":
        made = results.aside()
        return _objects([made.get(run, "") for run in rows.objects("run")])
    if name == "machine":
        machine = {run: header.get("machine", "unknown") for run, header in results.runs.items()}
        return _objects([machine.get(run, "unknown") for run in rows.objects("run")])
    if name == "as_of" and (kept := results.kept()):
        pairs = zip(rows.objects("run"), rows.objects("key"), strict=True)
        return _objects([kept.get(pair, pair[0]) for pair in pairs])
    # As Python's objects: texts that recur take no room so.
    return pd.Series(rows.objects("run" if name == "as_of" else name), dtype=object, copy=False)


def _objects(values: Sequence[Any]) -> pd.Series[Any]:
    return pd.Series(np.fromiter(values, object, len(values)), dtype=object, copy=False)


def machines(frame: pd.DataFrame) -> list[str]:
    """Machine ids in the frame, that of the latest run first."""
    pairs = frame[["machine", "as_of"]].drop_duplicates()
    latest = pairs.groupby("machine")["as_of"].max().sort_values(ascending=False)
    return [str(name) for name in latest.index]


def current(frame: pd.DataFrame, machine: str | None = None) -> pd.DataFrame:
    """The records that boards show: of one machine (by default the latest), the last of each run.

    Runs that were made for claims are left out: they are of a few solvers and have limits of their
    own. So are those that tune, or have tuned settings: `harness.tuning` makes boards of these.

    Which is the last is told by the name of the run that made or kept it and by its place there;
    clocks are set back at times. Adds `best` (the reference cost of the instance), `failed`,
    `ratio` (cost / best) and `gap` (cost - best), which an invalid run has not.

    Raises:
        Misuse: where there is no such machine.
    """
    return latest(of_machine(frame, machine), "")


def latest(frame: pd.DataFrame, purpose: str) -> pd.DataFrame:
    """Of the records made for a purpose, the last of each run; `frame` is in order."""
    frame = _rows(frame, frame["purpose"] == purpose)
    return _rows(frame, ~frame.duplicated(_SAME, keep="last")).reset_index(drop=True)


def of_machine(frame: pd.DataFrame, machine: str | None = None) -> pd.DataFrame:
    """All records of one machine (by default the latest), in the order in which they count.

    Adds what `with_reference` adds; the reference is over all machines.

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
    frame = _rows(frame, frame["machine"] == (machine or known[0]))
    in_order = frame["as_of"].is_monotonic_increasing
    return frame if in_order else frame.sort_values("as_of", kind="stable")


def _rows(frame: pd.DataFrame, chosen: pd.Series[bool]) -> pd.DataFrame:
    """The rows that are chosen; where those are all, without a copy."""
    return frame if chosen.all() else frame[chosen]


def with_reference(frame: pd.DataFrame) -> pd.DataFrame:
    """Add `best`, `failed`, `ratio` and `gap`; the reference is over all rows given."""
    frame = frame.copy(deep=False)  # columns are added, none is changed
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
    points, rows = _end_to_end(traces["trace"], (0, 3))
    names = ["problem", "label", "case", "seed", "best"]
    frame = traces[names].take(rows).reset_index(drop=True)
    calls = points[:, 1]
    whole = bool((calls == np.rint(calls)).all() and (np.abs(calls) < 2**53).all())
    frame["seconds"], frame["cost"] = points[:, 0], points[:, 2]
    frame["calls"] = calls.astype(np.int64) if whole else calls
    frame["ratio"] = _ratio(frame["cost"], frame["best"])
    frame["gap"] = frame["cost"] - frame["best"]
    return frame[[*names[:-1], "seconds", "calls", "cost", "ratio", "gap"]]


def timing_values(timings: pd.DataFrame) -> pd.DataFrame:
    """One row per pyperf value: problem, label, case, seconds."""
    values, rows = _end_to_end(timings["values"], (0,))
    frame = timings[["problem", "label", "case"]].take(rows).reset_index(drop=True)
    return frame.assign(seconds=values)


def _end_to_end(column: pd.Series[Any], empty: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of all rows of a column of arrays, and the place of the row of each."""
    lengths = column.map(len).to_numpy(int)
    filled = column[lengths > 0].tolist()
    numbers = np.concatenate(filled) if filled else np.empty(empty)
    return numbers, np.repeat(np.arange(len(lengths)), lengths)


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
    total = mine.groupby(["label", "kind"]).size().to_dict()
    rows = []
    for label, group in flagged.groupby("label", sort=False):
        kinds: dict[str, set[str]] = {}
        for told, kind in zip(group["flags"], group["kind"], strict=True):
            for said in told:
                kinds.setdefault(flag(said)[0], set()).add(kind)
        for one in flag_counts(group["flags"]):
            among = sorted(kinds[one["flag"]])
            kind = among[0] if len(among) == 1 else ""
            of = sum(int(total[label, kind]) for kind in among)
            rows.append({"label": label, **one, "of": of, "kind": kind})
    return pd.DataFrame(rows, columns=["label", "flag", "rows", "of", "kind", "example"])


def cases(frame: pd.DataFrame, problem: str) -> pd.DataFrame:
    """One row per case and solver, over seeds.

    Columns: case, label, role, runs, ok, best, cost_mean, cost_min, cost_max, ratio, gap, seconds
    (median of pyperf's values), low, high (their 2.5 and 97.5 % points), precision and why (of the
    timing: the width of its interval, and why no more values were taken), traced, cpu, wall,
    instructions (medians of the traced runs; NaN where nobody counted), memory (largest, bytes),
    flags (of traced runs and timing, as `flag_counts` gives them), message (of a run that failed).
    """
    table = case_table(of_kind(frame, "trace", problem), of_kind(frame, "timing", problem))
    table["flags"] = [flag_counts(rows) for rows in table["flags"]]
    return table


def mixed_limits(frame: pd.DataFrame, problem: str) -> list[str]:
    """A sentence where runs of a board had different limits, as the later of two runs counts.

    What a solver reaches hangs on its limits, so that such rows are no fair comparison. What a
    timing may cost is no limit of a run. Nothing where all had the same.
    """
    mine = of_kind(frame, "trace", problem)
    mine = mine[mine["status"] != "skipped"]
    shown = {id(one): _limits(one) for one in mine["budget"]}  # rows share them
    limits = mine["budget"].map(lambda one: shown[id(one)])
    groups = list(mine["label"].groupby(limits))
    if len(groups) < 2:
        return []
    groups.sort(key=lambda one: -len(one[1]))
    common = set.intersection(*(set(name) for name, _ in groups))
    said = []
    for name, labels in groups[:_GROUPS]:
        own = ", ".join(part for part in name if part not in common) or "none"
        who = list(dict.fromkeys(labels))
        more = f" and {len(who) - _GROUPS} more" if len(who) > _GROUPS else ""
        runs = f"{len(labels)} run{'s' * (len(labels) != 1)}"
        said.append(f"{own} ({', '.join(who[:_GROUPS])}{more}: {runs})")
    more = f"; and {len(groups) - _GROUPS} more" if len(groups) > _GROUPS else ""
    return [f"Not all runs had the same limits: {'; '.join(said)}{more}."]


_GROUPS = 4  # of different limits, and solvers of each, that are named


_UNITS = {"timeout": " s", "seconds": " s", "memory": " bytes"}


def _limits(budget: Mapping[str, Any]) -> tuple[str, ...]:
    """`timeout 60 s`, `threads 1`."""
    found = []
    for name in sorted(set(budget) - {"effort"}):
        value = budget[name]
        amount = f"{value:g}" if isinstance(value, float) else reprlib.repr(value)
        found.append(f"{reprlib.repr(name)[1:-1]} {amount}{_UNITS.get(name, '')}")
    return tuple(found)


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
    return frame[frame["problem"].isin(list(problems))] if problems else frame
