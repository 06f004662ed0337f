"""Running plans into a run folder, the terminal being told: what `run` and `claims` share."""

from __future__ import annotations

import inspect
import shlex
import sys
from collections.abc import Sequence
from typing import Any

from harness import machine
from harness.cli.outcome import Result
from harness.cli.progress import Progress
from harness.executors.local import Kept, Options, execute
from harness.plan import Plan
from harness.record import Record
from harness.store import RunFolder
from harness.timing import Timer


def requirements(plans: Sequence[Plan]) -> tuple[str, ...]:
    """What the contestants need beyond the harness; the versions belong to the environment."""
    return tuple(
        sorted({name for p in plans for who in p.contestants for name in who.entry.requires})
    )


def header(plans: Sequence[Plan], facts: dict[str, Any]) -> dict[str, Any]:
    """What run.json tells of a run: its command, machine, environment, sources and problems."""
    sources = [plan.sources for plan in plans]
    sources += [who.sources for p in plans for who in p.contestants if who.sources is not None]
    return {
        "command": shlex.join(["bench", *sys.argv[1:]]),
        "machine": machine.machine_identity(facts),
        "environments": {machine.identity(facts): facts},
        "sources": {each.key: each.as_json() for each in sources},
        "problems": {
            plan.name: {
                "title": plan.problem.title,
                "kind": plan.problem.kind,
                "cost_name": plan.problem.cost_name,
                "counts": plan.problem.counts,
                "compare": plan.problem.compare,
                "rank_by": plan.problem.rank_by,
                "size": plan.problem.size,
                "doc": inspect.cleandoc(type(plan.problem).__doc__ or ""),
            }
            for plan in plans
        },
    }


def record(
    plans: Sequence[Plan],
    options: Options,
    folder: RunFolder,
    progress: Progress,
    environment: str,
    kept: Kept,
) -> Result:
    """Run plans, append every record to the folder and close it, whatever happens."""
    timer = Timer(options.effort, options.threads) if options.effort else None
    result = Result()
    try:
        for plan in plans:
            for row in execute(plan, options, timer, progress, kept):
                row.environment = environment
                if row.kind == "timing" and timer is not None and row.status == "ok":
                    folder.write_timings(timer.suite())  # first: a record tells that all is there
                folder.append(row)
                result.ran += 1
                if not row.instance and row.case not in result.unmade:
                    progress.failure("skipped", f"{row.problem} {row.case}: {row.message}")
                result.count(row.kind, row.status, row.instance, row.case)
                _tell(row, progress)
    except KeyboardInterrupt:
        result.ended = "interrupted"
    finally:
        folder.close(ended=result.ended)
    return result


def _tell(record: Record, progress: Progress) -> None:
    if record.status in ("ok", "skipped", "unsupported"):  # these are summed up in the end
        return
    seed = "timing" if record.seed is None else f"seed {record.seed}"
    last = record.message.strip().splitlines()[-1:] or [""]
    progress.failure(
        record.status, f"{record.problem}/{record.label} on {record.case}, {seed}: {last[0]}"
    )
