"""Tables group by group, as their definitions read: the slow twins of those in `harness.tables`."""

import numpy as np
import pandas as pd

from harness.tables import flag, flag_counts, of_kind


def trace_points(traces):
    rows = []
    for row in traces.itertuples():
        for seconds, calls, cost in row.trace:
            with np.errstate(all="ignore"):
                ratio = np.divide(cost, row.best) if cost >= 0 and row.best >= 0 else np.nan
            ratio = 1.0 if cost == row.best == 0 else ratio
            known = (row.problem, row.label, row.case, row.seed)
            rows.append((*known, seconds, calls, cost, ratio, cost - row.best))
    names = "problem label case seed seconds calls cost ratio gap"
    return pd.DataFrame(rows, columns=names.split())


def timing_values(timings):
    rows = [
        (row.problem, row.label, row.case, seconds)
        for row in timings.itertuples()
        for seconds in row.values
    ]
    return pd.DataFrame(rows, columns=["problem", "label", "case", "seconds"])


def flags(frame, problem):
    mine = frame[frame["problem"] == problem]
    rows = []
    flagged = [label for label, told in zip(mine["label"], mine["flags"], strict=True) if told]
    for label in dict.fromkeys(flagged):
        group = mine[mine["label"] == label]
        for one in flag_counts(group["flags"]):
            has_it = [one["flag"] in dict(map(flag, told)) for told in group["flags"]]
            among = sorted(set(group["kind"][has_it]))
            of = int(group["kind"].isin(among).sum())
            kind = among[0] if len(among) == 1 else ""
            rows.append({"label": label, **one, "of": of, "kind": kind})
    return pd.DataFrame(rows, columns=["label", "flag", "rows", "of", "kind", "example"])


def cases(frame, problem):
    traces, timings = of_kind(frame, "trace", problem), of_kind(frame, "timing", problem)
    timed = {(row.case, row.label): row for row in timings.itertuples()}
    rows = []
    for (case, label), group in traces.groupby(["case", "label"], sort=False):
        good, failed = group[~group["failed"]], group[group["failed"]]
        timing = timed.get((case, label))
        values = np.asarray(timing.values if timing is not None else [], float)
        low, high = np.quantile(values, [0.025, 0.975]) if len(values) else (np.nan, np.nan)
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
    return pd.DataFrame(rows)
