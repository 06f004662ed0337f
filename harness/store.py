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
import reprlib
import secrets
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.paths import write_atomically
from harness.record import KINDS, SCHEMA, STATUSES, Record


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
        fields = dataclasses.asdict(record)
        line = json.dumps(fields, allow_nan=False, ensure_ascii=False) + "\n"
        data = line.encode(errors="replace")  # a lone surrogate in a message is no UTF-8
        begin = self._records.seek(0, os.SEEK_END)
        try:
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

    def problem(self, name: str) -> dict[str, Any]:
        """What the newest run that tells of a problem noted of it; empty where none does."""
        for run in sorted(self.runs, reverse=True):
            problems = self.runs[run].get("problems")
            if isinstance(problems, dict) and isinstance(problems.get(name), dict):
                return dict(problems[name])
        return {}


def load(results: Path, runs: list[str] | None = None) -> Results:
    """Read a results folder, or the folder of one run.

    What can't be read is left out, with a sentence in `complaints`.

    Args:
        results: a folder of run folders, or a run folder itself.
        runs: names of the runs to read; all by default.

    Raises:
        StoreError: where there is no such folder, or no run in it, or it can't be read.
    """
    try:
        folders = list(_run_folders(results, runs)) if results.is_dir() else None
    except OSError as error:
        raise StoreError(f"{results} can't be read ({error.strerror})") from None
    if folders is None:
        raise StoreError(f"{results}: there are no results; `bench run` makes some")
    loaded = Results()
    for folder in folders:
        try:
            header = _header(folder / "run.json")
        except _UNREADABLE as error:
            loaded.complaints.append(f"{folder}: run.json can't be read ({error}); run left out")
            continue
        if header["schema"] > SCHEMA:
            loaded.complaints.append(
                f"{folder} has schema {header['schema']}, newer than {SCHEMA}, which this version "
                "reads; run left out: install a newer bench-harness to see it"
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
    if _is_run(results):
        yield results.absolute()  # `.` has no name
        return
    for folder in sorted(results.iterdir()):
        if _is_run(folder) and (runs is None or folder.name in runs):
            yield folder


def _is_run(folder: Path) -> bool:
    return (folder / "run.json").exists() or (folder / "records.jsonl").exists()


def _header(path: Path) -> dict[str, Any]:
    header = _parse(path.read_bytes())
    _check("schema", header.get("schema"), "int")
    _check("machine", header.get("machine", ""), "str")
    return header


_UNREADABLE = (OSError, ValueError, RecursionError)


def _parse(text: bytes) -> dict[str, Any]:
    """A JSON object that could also be written: no NaN, no infinity, no lone surrogate.

    Raises:
        ValueError, RecursionError: where it is none.
    """
    parsed = json.loads(text)
    if not isinstance(parsed, dict):
        raise ValueError("not a JSON object")
    json.dumps(parsed, allow_nan=False, ensure_ascii=False).encode()
    return parsed


def _is_integer(value: Any) -> bool:
    return type(value) is int and abs(value) < 2**63


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= sys.float_info.max


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_number, value))


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


# The types of a record's fields: what a value must be, in words, and whether it is that.
_TYPES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "str": ("a text", lambda value: isinstance(value, str)),
    "int": ("an integer", _is_integer),
    "int | None": ("an integer or null", lambda value: value is None or _is_integer(value)),
    "float | None": ("a number or null", lambda value: value is None or _is_number(value)),
    "bool | None": ("true, false or null", lambda value: value is None or type(value) is bool),
    "list[float]": ("a list of numbers", _are_numbers),
    "list[str]": ("a list of texts", _are_texts),
    "list[list[float]]": (
        "a list of [seconds, calls, cost]",
        lambda value: (
            isinstance(value, list)
            and all(_are_numbers(point) and len(point) == 3 for point in value)
        ),
    ),
    "dict[str, str]": (
        "an object of texts",
        lambda value: isinstance(value, dict) and _are_texts(list(value.values())),
    ),
    "dict[str, Any]": ("an object", lambda value: isinstance(value, dict)),
    "dict[str, float]": (
        "an object of numbers",
        lambda value: isinstance(value, dict) and _are_numbers(list(value.values())),
    ),
}


def _check(name: str, value: Any, kind: str) -> None:
    """Raises ValueError where the value of a field is not of its type."""
    words, fits = _TYPES[kind]
    if not fits(value):
        raise ValueError(f"{name} is {reprlib.repr(value)}, expected {words}")


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
            record = _record(_parse(line))
        except _UNREADABLE as error:
            complaints.append(f"{path}, line {number} is no record ({error}); left out")
            continue
        yield record


def _record(parsed: dict[str, Any]) -> dict[str, Any]:
    """All fields of a record, each of its type; fields that this version doesn't know are dropped.

    Raises:
        ValueError: where a field is missing or of another type.
    """
    absent = [name for name in _REQUIRED if name not in parsed]
    if absent:
        raise ValueError(f"no {', '.join(absent)}")
    record = {name: parsed.get(name, _default(item)) for name, item in _FIELDS.items()}
    for name, value in record.items():
        _check(name, value, str(_FIELDS[name].type))
    for name, known in (("kind", KINDS), ("status", STATUSES)):
        if record[name] not in known:
            raise ValueError(f"{name} is {reprlib.repr(record[name])}, expected {', '.join(known)}")
    return record


def _default(item: dataclasses.Field[Any]) -> Any:
    if item.default_factory is not dataclasses.MISSING:
        return item.default_factory()
    return item.default
