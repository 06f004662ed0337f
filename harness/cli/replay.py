"""`bench replay`: run one recorded row again and say whether it agrees."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from harness.cli.common import (
    columns,
    format_option,
    open_catalogue,
    plugin_option,
    print_json,
    results_option,
    seconds_text,
    warn,
)
from harness.replay import Replay, address, find, replay
from harness.store import load

SHOWN = ("status", "cost", "answers", "calls", "why", "seconds")


@click.command("replay")
@click.argument("record", metavar="RECORD")
@results_option
@plugin_option
@format_option("text", "json")
def command(record: str, results: Path, plugins: tuple[Path, ...], form: str) -> int:
    """Run one recorded row again and say whether it agrees.

    RECORD is the beginning of the record's key (six digits or more), RUN/KEY, or RUN:LINE, the line
    of its records.jsonl. The run is repeated with the seed, parameters and limits of the row; what
    is another than it was then (machine, source, kernel, library) is said.

    A traced run agrees where the status is the same and the cost is equal (to 1e-9 where the
    machine or a library is another); one that time ended, where the status is. A timing agrees
    where the medians are within a factor that covers the ranges of both.

    \b
    bench replay 1a2b3c4d
    bench replay 20260131T235959123Z-0a1b2c:7
    """
    loaded = load(results)
    for complaint in loaded.complaints:
        warn(complaint)
    row = find(loaded, record)
    done = replay(open_catalogue(plugins), loaded.runs[row["run"]], row)
    if form == "json":
        print_json(_facts(done))
    else:
        _print(done)
    return 0 if done.verdict == "agrees" else 1


def _facts(done: Replay) -> dict[str, Any]:
    row = done.published
    names = ("run", "line", "key", "kind", "problem", "label", "case", "seed")
    return {
        "record": {name: row[name] for name in names},
        "changed": done.changed,
        "published": {name: row[name] for name in SHOWN},
        "now": None if done.now is None else {name: done.now[name] for name in SHOWN},
        "notes": done.notes,
        "verdict": done.verdict,
        "why": done.why,
    }


def _print(done: Replay) -> None:
    row = done.published
    seed = "timing" if row["kind"] == "timing" else f"seed {row['seed']}"
    click.echo(f"{row['problem']}/{row['label']} on {row['case']}, {seed}")
    click.echo(f"  {address(row)}, key {row['key']}")
    for change in done.changed:
        click.echo(f"  not as it was: {change}")
    if done.now is not None:
        rows = [["", "published", "now"]]
        for name in SHOWN:
            rows.append([name, _cell(name, row), _cell(name, done.now)])
        rows[-1].append(_ratio(row["seconds"], done.now["seconds"]))
        click.echo(columns(rows))
    for note in done.notes:
        click.echo(f"  ({note})")
    click.echo(f"{done.verdict}: {done.why}" if done.why else done.verdict)


def _cell(name: str, row: Mapping[str, Any]) -> str:
    value = row[name]
    if name == "seconds":
        return seconds_text(value)
    return "–" if value is None or value == "" else str(value)


def _ratio(old: float | None, now: float | None) -> str:
    return f"× {now / old:.3g}" if old and now else ""
