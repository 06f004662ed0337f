"""The results on disk: a folder per run, appended to and synced record by record.

    results/<run>/run.json       command, selection, environment, code version, schema version
    results/<run>/records.jsonl  one line per run of one solver on one case with one seed
    results/<run>/timings.json   a pyperf suite

A torn last line costs only itself. Nothing in the store is ever unpickled or evaluated, and only
regular files of a bounded size are read. Two folders from two machines merge by lying side by side.
A run's folder is made under a hidden name and renamed once its header is on the disk.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from harness.columns import Records
from harness.fields import UNREADABLE, check, is_integer, parse, record_of
from harness.paths import open_regular, sync_folder, write_atomically
from harness.record import SCHEMA, Record
from harness.results import Results as Results

# The files of a run, in the order in which a copy may replace them, and how large each may be.
FILES = {"records.jsonl": 1 << 32, "timings.json": 1 << 28, "run.json": 1 << 26}
_LONGEST_LINE = 1 << 26
RUN_NAME = re.compile(r"(\d{8}T\d{9})Z-[0-9a-f]{6}", re.ASCII)
_SCRATCH = ".making-"
_STALE = 86_400  # seconds after which a hidden folder was left behind by what is long dead


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
        self.path = results
        self.header = {"schema": SCHEMA, "started": now.isoformat(), **header}
        self._appended = 0
        try:
            results.mkdir(parents=True, exist_ok=True)
            self.name = _new_name(results, now)
            with scratch_folder(results) as scratch:
                self.path = scratch
                self._write_header()
                self._records = (scratch / "records.jsonl").open("ab", buffering=0)
                os.fsync(self._records.fileno())
                self.path = put_in_place(scratch, results / self.name)
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
        self._appended += 1

    def write_timings(self, text: str) -> None:
        """Replace the pyperf suite by a longer one."""
        try:
            write_atomically(self.path / "timings.json", text)
        except OSError as error:
            raise _write_error(self.path, error) from None

    def close(self, **facts: Any) -> None:
        """Close the folder; `facts` (such as how the run ended) are added to run.json.

        So is the number of records, without which a file cut off between two would seem whole.
        """
        self._records.close()
        self.header.update(records=self._appended, **facts)
        try:
            self._write_header()
        except OSError as error:
            raise _write_error(self.path, error) from None

    def _write_header(self) -> None:
        write_atomically(self.path / "run.json", json.dumps(self.header, indent=1))


def _new_name(results: Path, now: datetime) -> str:
    """A name that sorts behind those that are there, also where the clock was set back."""
    found = filter(None, map(RUN_NAME.fullmatch, os.listdir(results)))
    newest = max((match[1] for match in found), default="")
    with contextlib.suppress(ValueError, OverflowError):  # digits that are no time
        last = datetime.strptime(newest + "000+0000", "%Y%m%dT%H%M%S%f%z")
        now = max(now, last + timedelta(milliseconds=1))
    # The rest keeps two runs of one millisecond apart.
    return f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z-{secrets.token_hex(3)}"


@contextlib.contextmanager
def scratch_folder(results: Path) -> Iterator[Path]:
    """A hidden folder in the results folder, gone at the end unless it was put in place.

    What dead processes left of such is removed after a day.

    Raises:
        OSError: where it can't be made.
    """
    for old in results.glob(f"{_SCRATCH}*"):
        with contextlib.suppress(OSError):
            if time.time() - old.lstat().st_mtime > _STALE:
                shutil.rmtree(old, ignore_errors=True)
    scratch = results / f"{_SCRATCH}{secrets.token_hex(8)}"
    scratch.mkdir()
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def put_in_place(scratch: Path, path: Path) -> Path:
    """Give a complete folder its name, in such a way that a power cut loses all of it or nothing.

    Raises:
        OSError: where there is a folder of that name, or the disk fails.
    """
    sync_folder(scratch)
    scratch.rename(path)
    sync_folder(path.parent)
    sync_folder(path.parent.absolute().parent)
    return path


def _write_error(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path} can't be written ({error.strerror}); "
        "make room or permission there, or name another folder with --results"
    )


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
    loaded = Results(records=(found := Records()))
    for folder in folders:
        header = _usable_header(folder, loaded.complaints)
        if header is None:
            continue
        loaded.runs[folder.name] = header
        if _has_timings(folder, loaded.complaints):
            loaded.timings[folder.name] = folder / "timings.json"
        with _no_collection():
            lines = _records(folder, header.get("records"), loaded.complaints)
            found.extend(folder.name, lines)
    if not loaded.runs and not loaded.complaints:
        raise StoreError(f"{results}: there is no run in it; `bench run` makes one")
    return loaded


def load_if_any(results: Path) -> Results:
    """The same where there may be no results yet: then there are no runs and no complaints.

    Raises:
        StoreError: where the folder can't be read.
    """
    try:
        empty = not results.exists() or (results.is_dir() and not any(_run_folders(results, None)))
    except OSError as error:
        raise StoreError(f"{results} can't be read ({error.strerror})") from None
    return Results() if empty else load(results)


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Without cyclic garbage collection, which takes as long as reading: records have no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _run_folders(results: Path, runs: list[str] | None) -> Iterator[Path]:
    if is_run(results):
        yield Path(os.path.abspath(results))  # `.` has no name
        return
    for folder in sorted(results.iterdir()):
        hidden = folder.name.startswith(".")
        if not hidden and (runs is None or folder.name in runs) and is_run(folder):
            yield folder


def is_run(folder: Path) -> bool:
    """Whether a folder is that of a run, however damaged.

    Raises:
        OSError: where that can't be seen.
    """
    return any(_is_there(folder / name) for name in ("run.json", "records.jsonl"))


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _usable_header(folder: Path, complaints: list[str]) -> dict[str, Any] | None:
    try:
        header = header_of(folder)
    except UNREADABLE as error:
        complaints.append(
            f"{folder}: run.json can't be read ({_said(error)}); the run is left out"
            + _with_records(folder)
        )
        return None
    if header["schema"] > SCHEMA:
        complaints.append(
            f"{folder} has schema {header['schema']}, newer than {SCHEMA}, which this version "
            "reads; run left out: install a newer bench-harness to see it"
        )
        return None
    return header


def header_of(folder: Path) -> dict[str, Any]:
    """What run.json of a run's folder says.

    Raises:
        OSError, ValueError, RecursionError: where it can't be read or is none.
    """
    header = parse(_content(folder, "run.json"))
    check("schema", header.get("schema"), "int")
    check("machine", header.get("machine", ""), "str")
    return header


def _content(folder: Path, name: str) -> bytes:
    with open_regular(folder / name, FILES[name]) as file:
        return file.read()


def _said(error: BaseException) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _with_records(folder: Path) -> str:
    """How many records are lost with a header, as far as that can be seen."""
    try:
        with open_regular(folder / "records.jsonl", FILES["records.jsonl"]) as file:
            lines = sum(part.count(b"\n") for part in iter(lambda: file.read(1 << 20), b""))
    except OSError:
        return ""
    return f" with its {lines} record{'s' * (lines != 1)}"


def _has_timings(folder: Path, complaints: list[str]) -> bool:
    if not _is_there(folder / "timings.json"):
        return False
    try:
        parse(_content(folder, "timings.json"))
    except UNREADABLE as error:
        complaints.append(
            f"{folder}: timings.json can't be read ({_said(error)}); "
            "pyperf's raw values of that run are lost, its records are not concerned"
        )
        return False
    return True


def _records(folder: Path, said: Any, complaints: list[str]) -> Iterator[tuple[int, Sequence[Any]]]:
    """The records of a run: lines' numbers and values; `said` is how many there should be."""
    path = folder / "records.jsonl"
    number = torn = 0
    try:
        for number, line in enumerate(_lines(path), 1):
            torn = not line.endswith(b"\n")
            if torn:
                break
            try:
                record = record_of(line)
            except UNREADABLE as error:
                complaints.append(f"{path}, line {number} is no record ({error}); left out")
                continue
            yield number, tuple(record.values())
    except OSError as error:
        complaints.append(f"{path} can't be read ({error.strerror})")
        return
    if torn:
        complaints.append(
            f"{path}: the last line is torn (the run was cut off while writing it); "
            "that record is lost, the others are whole"
        )
    if is_integer(said) and said > number:
        complaints.append(
            f"{path} has {number} lines, but run.json tells of {said} records; the last "
            f"{said - number} are lost: copy the file again, or run with --resume"
        )


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a file; of one that is too long for memory, a part that is no record."""
    with open_regular(path, FILES["records.jsonl"]) as file:
        while line := file.readline(_LONGEST_LINE):
            whole = len(line) < _LONGEST_LINE or line.endswith(b"\n")
            yield line if whole else _skipped(file)


def _skipped(file: BinaryIO) -> bytes:
    while (part := file.readline(_LONGEST_LINE)) and not part.endswith(b"\n"):
        pass
    return b"longer than a line may be\n" if part else b"cut off"
