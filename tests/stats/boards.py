"""Boards for tests, made of what a test cares about: costs, traces and times."""

import dataclasses

import numpy as np

from harness.record import Record
from harness.statistics.board import Board
from harness.statistics.leaderboard import Rules
from harness.store import Results
from harness.tables import current, records


def run(label, case, seed, cost, status="ok", **facts):
    """A traced run; its trace is one point at its end unless `trace` says otherwise."""
    seconds = facts.pop("seconds", 1.0)
    trace = facts.pop("trace", None)
    if trace is None:
        trace = [] if cost is None else [[seconds, 0, cost]]
    known = Record(
        kind="trace",
        problem="tour",
        solver=label.partition("[")[0],
        label=label,
        role=facts.pop("role", "baseline"),
        parameters=facts.pop("parameters", {}),
        case=case,
        instance=f"instance-of-{case}",
        sizes=facts.pop("sizes", {"n": 100}),
        seed=seed,
        status=status,
        cost=cost,
        seconds=seconds,
        wall=seconds,
        memory=facts.pop("memory", 1 << 20),
        why=facts.pop("why", "finished"),
        trace=trace,
    )
    return {**dataclasses.asdict(known), "run": "r", **facts}


def timing(label, case, values, status="ok", **facts):
    """A timing by pyperf, one value for each process."""
    middle = float(np.median(values)) if len(values) else None
    row = run(label, case, None, None, status, **facts)
    more = {"values": list(values), "processes": len(values) or None, "seconds": middle}
    return {**row, "kind": "timing", "trace": [], **more}


def board(rows, compare="ratio", rank_by="cost", **facts):
    """A board of such rows."""
    frame = current(records(Results({"r": {"machine": "box"}}, list(rows))))
    return Board(frame, "tour", Rules(compare, rank_by), **facts)


def table(costs, seeds=1, **facts):
    """A board of costs[solver][case], the same for each seed; None is a failed run."""
    rows = [
        run(label, case, seed, cost, "ok" if cost is not None else "timeout", **facts)
        for label, row in costs.items()
        for case, cost in row.items()
        for seed in range(seeds)
    ]
    return board(rows)
