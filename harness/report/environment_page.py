"""Where the runs were made: machines, libraries and commits, the runs themselves, how to repeat."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from harness.report import formats
from harness.report.plain import NAME, plain
from harness.report.subjects import environments
from harness.store import Results

MOST_RUNS = 50  # of an environment, or of a problem's page
_FACTS = (
    ("processor", "Processor"),
    ("architecture", "Architecture"),
    ("cores", "Cores"),
    ("memory_bytes", "Memory"),
    ("system", "System"),
    ("distribution", "Distribution"),
    ("python", "Python"),
    ("compiler", "Compiler at hand"),
    ("governor", "Frequency governor"),
    ("harness", "Harness"),
    ("commit", "Commit"),
)
_BRIEF = ("processor", "cores", "memory_bytes", "python", "commit")
_OURS = "bench-harness"


@dataclass(frozen=True)
class Run:
    """A run of the bench, and how to repeat it; `records` are those that count on the page."""

    name: str
    command: str
    started: str
    ended: str
    machine: str
    environments: tuple[str, ...]
    problems: tuple[str, ...]
    records: int


@dataclass(frozen=True)
class Environment:
    """A machine with its software, as the runs describe it; `brief` is it on one line."""

    name: str
    heading: str
    brief: str
    machine: str
    facts: tuple[tuple[str, str], ...]
    libraries: tuple[tuple[str, str], ...]
    install: str
    commit: str
    runs: tuple[Run, ...]
    runs_more: int


def runs_of(results: Results, frame: pd.DataFrame, problem: str | None = None) -> list[Run]:
    """The runs, oldest first: all, or those with records of a problem or that were to have some."""
    counts = frame["run"].value_counts()
    found = []
    for run, header in sorted(results.runs.items()):
        noted = header.get("problems")
        problems = tuple(map(str, noted)) if isinstance(noted, dict) else ()
        if problem is not None and run not in counts.index and problem not in problems:
            continue
        known = header.get("environments")
        found.append(
            Run(
                name=run,
                command=_text(header.get("command")),
                started=_text(header.get("started"))[:16].replace("T", " "),
                ended=_text(header.get("ended")) or "was cut off",
                machine=_text(header.get("machine")),
                environments=tuple(map(str, known)) if isinstance(known, dict) else (),
                problems=problems,
                records=int(counts.get(run, 0)),
            )
        )
    return found


def environments_of(
    results: Results, frame: pd.DataFrame, runs: list[Run], runs_of_all: bool = True
) -> list[Environment]:
    """The environments of the records, the latest first; without records those of the runs."""
    known = environments(results, [run.name for run in runs])
    latest = reversed(frame["environment"].tolist())
    used = [name for name in dict.fromkeys(map(str, latest)) if name]
    if runs_of_all:
        used += [name for name in known if name not in used]
    return [_environment(name, known.get(name, {}), runs) for name in used or list(known)]


def _environment(name: str, facts: Mapping[str, Any], runs: list[Run]) -> Environment:
    said = {key: _fact(key, facts[key]) for key, _ in _FACTS if facts.get(key) not in (None, "")}
    libraries = facts.get("libraries")
    versions = (
        {str(key): str(value) for key, value in libraries.items()}
        if isinstance(libraries, dict)
        else {}
    )
    made = [run for run in runs if name in run.environments]
    pinned = [f"{key}=={value}" for key, value in versions.items() if key != _OURS]
    brief = [f"{said[key]} cores" if key == "cores" else said[key] for key in _BRIEF if key in said]
    return Environment(
        name=name,
        heading=said.get("processor") or f"Environment {name}",
        brief=" · ".join(brief),
        machine=next((run.machine for run in reversed(made) if run.machine), ""),
        facts=tuple((heading, said[key]) for key, heading in _FACTS if key in said),
        libraries=tuple(versions.items()),
        install=shlex.join(["pip", "install", *pinned]) if pinned else "",
        commit=shlex.quote(plain(said["commit"], NAME)) if "commit" in said else "",
        runs=tuple(reversed(made[-MOST_RUNS:])),
        runs_more=max(0, len(made) - MOST_RUNS),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _fact(key: str, value: object) -> str:
    if key == "memory_bytes" and isinstance(value, int | float):
        return formats.size(value)
    return str(value)
