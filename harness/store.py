"""The results on disk: a folder per run, appended to and synced record by record.

    results/<run>/run.json       command, selection, environment, code version, schema version
    results/<run>/records.jsonl  one line per run of one solver on one case with one seed
    results/<run>/timings.json   a pyperf suite

A torn last line costs only itself. Nothing in the store is ever unpickled or evaluated. Two
folders from two machines merge by lying side by side.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.paths import write_atomically
from harness.record import SCHEMA, STATUSES, Record


class StoreError(Exception):
    """The results can't be read or written: what is wrong, where, and what to do."""


class RunFolder:
    """The folder of one run, open for appending."""

    def __init__(self, results: Path, header: dict[str, Any]) -> None:
        """Make the folder.

        Raises:
            StoreError: where it can't be written.
        """
        now = datetime.now(UTC)
        # Names sort by time; the rest keeps two runs of one millisecond apart.
        milliseconds = now.microsecond // 1000
        self.name = f"{now:%Y%m%dT%H%M%S}{milliseconds:03d}Z-{secrets.token_hex(3)}"
        self.path = results / self.name
        self.header = {"schema": SCHEMA, "started": now.isoformat(), **header}
        try:
            self.path.mkdir(parents=True)
            self._write_header()
            self._records = (self.path / "records.jsonl").open("ab", buffering=0)
        except OSError as error:
            raise _write_error(results, error) from None

    def append(self, record: Record) -> None:
        """Append one record and sync it.

        Raises:
            StoreError: where the disk is full or the folder was made read-only.
        """
        line = json.dumps(dataclasses.asdict(record), allow_nan=False) + "\n"
        begin = self._records.tell()
        try:
            data = line.encode()
            while data:
                data = data[self._records.write(data) or 0 :]
            os.fdatasync(self._records.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):
                self._records.truncate(begin)  # rather no line than half a line
            raise _write_error(self.path, error) from None

    def write_timings(self, text: str) -> None:
        """Replace the pyperf suite by a longer one."""
        try:
            write_atomically(self.path / "timings.json", text)
        except OSError as error:
            raise _write_error(self.path, error) from None

    def close(self, **facts: Any) -> None:
        """Close the folder; `facts` (such as how the run ended) are added to run.json."""
        self._records.close()
        self.header.update(facts)
        try:
            self._write_header()
        except OSError as error:
            raise _write_error(self.path, error) from None

    def _write_header(self) -> None:
        write_atomically(self.path / "run.json", json.dumps(self.header, indent=1))


def _write_error(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path} can't be written ({error.strerror}); "
        "make room or permission there, or name another folder with --results"
    )


@dataclass
class Results:
    """What a results folder holds: headers by run name, records with their run, and complaints."""

    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: list[dict[str, Any]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    timings: dict[str, Path] = field(default_factory=dict)


def load(results: Path, runs: list[str] | None = None) -> Results:
    """Read a results folder, or the folder of one run.

    What can't be read is left out, with a sentence in `complaints`.

    Args:
        results: a folder of run folders, or a run folder itself.
        runs: names of the runs to read; all by default.

    Raises:
        StoreError: where there is no such folder, or no run in it.
    """
    if not results.is_dir():
        raise StoreError(f"{results}: there are no results; `bench run` makes some")
    loaded = Results()
    for folder in _run_folders(results, runs):
        try:
            header = json.loads((folder / "run.json").read_bytes())
            schema = header["schema"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            loaded.complaints.append(f"{folder}: run.json can't be read ({error}); run left out")
            continue
        if not isinstance(schema, int) or schema > SCHEMA:
            loaded.complaints.append(
                f"{folder} has schema {schema}, newer than {SCHEMA}, which this version reads; "
                "run left out: install a newer bench-harness to see it"
            )
            continue
        loaded.runs[folder.name] = header
        if (folder / "timings.json").exists():
            loaded.timings[folder.name] = folder / "timings.json"
        for record in _records(folder, loaded.complaints):
            record["run"] = folder.name
            loaded.records.append(record)
    if not loaded.runs and not loaded.complaints:
        raise StoreError(f"{results}: there is no run in it; `bench run` makes one")
    return loaded


def _run_folders(results: Path, runs: list[str] | None) -> Iterator[Path]:
    if (results / "run.json").exists():
        yield results
        return
    for folder in sorted(results.iterdir()):
        if (folder / "run.json").exists() and (runs is None or folder.name in runs):
            yield folder


_FIELDS = {item.name: item for item in dataclasses.fields(Record)}
_REQUIRED = [
    name
    for name, item in _FIELDS.items()
    if item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
]


def _records(folder: Path, complaints: list[str]) -> Iterator[dict[str, Any]]:
    path = folder / "records.jsonl"
    try:
        content = path.read_bytes()
    except OSError as error:
        complaints.append(f"{path} can't be read ({error.strerror})")
        return
    lines = content.split(b"\n")
    torn = lines.pop()
    if torn:
        complaints.append(
            f"{path}: the last line is torn (the run was cut off while writing it); "
            "that record is lost, the others are whole"
        )
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
            absent = [name for name in _REQUIRED if name not in record]
            if absent:
                raise ValueError(f"no {', '.join(absent)}")
            if record["status"] not in STATUSES:
                raise ValueError(f"unknown status {record['status']!r}")
        except (ValueError, TypeError, RecursionError) as error:
            complaints.append(f"{path}, line {number} is no record ({error}); left out")
            continue
        yield {name: record.get(name, _default(item)) for name, item in _FIELDS.items()}


def _default(item: dataclasses.Field[Any]) -> Any:
    if item.default_factory is not dataclasses.MISSING:
        return item.default_factory()
    return item.default
