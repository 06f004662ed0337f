"""Joining results folders: run folders are copied side by side, each whole or not at all.

Only the known files of a run are copied, byte for byte; links are not followed. Two runs of one
name are the same run at two moments, or a conflict, which is refused: nothing of it is overwritten.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.fields import UNREADABLE
from harness.paths import open_regular, sync_folder
from harness.store import (
    FILES,
    RUN_NAME,
    StoreError,
    header_of,
    is_run,
    put_in_place,
    scratch_folder,
)

_AT_THE_END = ("ended", "records")  # what closing a run adds to its header


@dataclass(frozen=True)
class Joined:
    """What became of one run folder.

    Attributes:
        source: the folder. path: where the run lies now; None where it was refused.
        outcome: "copied", "already there", "replaced" (by a longer copy of the run) or "refused".
        sentence: for the reader.
    """

    source: Path
    path: Path | None
    outcome: str
    sentence: str


def merge(folders: Sequence[Path], into: Path) -> Iterator[Joined]:
    """Copy the runs of results folders, or single run folders, into a results folder.

    Args:
        folders: where the runs are.
        into: the folder that shall hold them all; made where there is none.

    Yields:
        what became of each run, once it is on the disk.

    Raises:
        StoreError: where a folder can't be read, holds no run, or `into` can't be written.
    """
    sources = [source for folder in folders for source in _runs_in(folder)]
    for source in sources:
        try:
            into.mkdir(parents=True, exist_ok=True)
            joined = _join(source, into)
        except OSError as error:
            raise StoreError(
                f"{source} can't be copied into {into} ({error.strerror}); the runs before it "
                "are: mend that and merge again"
            ) from None
        yield joined


def _runs_in(folder: Path) -> list[Path]:
    """The run folders in a folder, or the folder itself."""
    path = Path(os.path.abspath(folder))  # `.` has no name
    try:
        if not path.is_dir():
            raise StoreError(f"{folder}: there is no such folder; expected one of results")
        runs = [path] if is_run(path) else _inside(path)
    except OSError as error:
        raise StoreError(f"{folder} can't be read ({error.strerror})") from None
    if not runs:
        raise StoreError(f"{folder}: there is no run in it; expected a folder of `bench run`")
    return runs


def _inside(results: Path) -> list[Path]:
    """The run folders of a results folder; what is hidden is half made, and was left behind."""
    shown = (path for path in sorted(results.iterdir()) if not path.name.startswith("."))
    return [path for path in shown if path.is_dir() and is_run(path)]


def _join(source: Path, into: Path) -> Joined:
    reason = _unfit(source)
    if reason:
        return Joined(source, None, "refused", f"{source} is refused: {reason}")
    path = into / source.name
    if not os.path.lexists(path):
        _copy(source, path)
        return Joined(source, path, "copied", f"{source.name}: copied")
    if path.is_symlink() or not path.is_dir() or _unfit(path):
        reason = f"{path} is in its place and is no folder of a run; move it away"
        return Joined(source, None, "refused", f"{source} is refused: {reason}")
    return _same_name(source, path)


def _unfit(folder: Path) -> str:
    """Why a folder can't be taken for that of a run; empty where it can."""
    if not RUN_NAME.fullmatch(folder.name):
        return (
            "its name is not that of a run, such as 20260131T235959123Z-0a1b2c; rename it so "
            "if it is one"
        )
    if folder.is_symlink():
        return "it is a symbolic link; name the folder itself"
    for name in FILES:
        try:
            open_regular(folder / name, FILES[name]).close()
        except FileNotFoundError:
            if name != "timings.json":
                return f"it has no {name}; copy it again from where it was made"
        except OSError as error:
            return f"{name} can't be read ({error.strerror})"
    return ""


def _copy(source: Path, path: Path) -> None:
    with scratch_folder(path.parent) as scratch:
        for name in FILES:
            if (source / name).exists():
                _copy_file(source / name, scratch / name)
        put_in_place(scratch, path)


def _copy_file(source: Path, target: Path) -> None:
    with open_regular(source, FILES[source.name]) as old, target.open("wb") as new:
        shutil.copyfileobj(old, new, 1 << 20)
        new.flush()
        os.fsync(new.fileno())


def _same_name(source: Path, path: Path) -> Joined:
    """Two folders of one name: the same run, perhaps at two moments, or a conflict."""
    if _equal(source, path):
        return Joined(source, path, "already there", f"{source.name}: already there")
    if _grew(path, source):
        return Joined(source, path, "already there", f"{source.name}: already there, and longer")
    if _grew(source, path):
        _replace(path, source)
        said = f"{source.name}: the longer copy from {source} takes the place of a shorter one"
        return Joined(source, path, "replaced", said)
    return Joined(
        source,
        None,
        "refused",
        f"{source} is refused: {path} has the same name and another content; nothing of it was "
        "overwritten: remove the one that is wrong, or give one of them a name of its own "
        "(other six digits at its end), and merge again",
    )


def _equal(one: Path, two: Path) -> bool:
    return all(_begins(one, two, name) and _begins(two, one, name) for name in FILES)


def _grew(longer: Path, shorter: Path) -> bool:
    """Whether the one folder is the other at a later moment of the same run."""
    before, after = _header(shorter), _header(longer)
    if before is None or after is None or not _begins(longer, shorter, "records.jsonl"):
        return False
    closed = any(name in before for name in _AT_THE_END)  # what has ended does not grow
    if closed or _without_end(before) != _without_end(after):
        return False
    had, has = ((folder / "timings.json").exists() for folder in (shorter, longer))
    return has or not had


def _begins(longer: Path, shorter: Path, name: str) -> bool:
    """Whether a file of the one begins with all of that of the other; no file is an empty one."""
    if not (shorter / name).exists():
        return True
    if not (longer / name).exists():
        return False
    most = FILES[name]
    with open_regular(longer / name, most) as one, open_regular(shorter / name, most) as two:
        while part := two.read(1 << 20):
            if one.read(len(part)) != part:
                return False
    return True


def _without_end(header: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in header.items() if name not in _AT_THE_END}


def _header(folder: Path) -> dict[str, Any] | None:
    try:
        return header_of(folder)
    except UNREADABLE:
        return None


def _replace(path: Path, source: Path) -> None:
    """Put a run's longer copy in place file by file, the header, which tells of its end, last."""
    with scratch_folder(path.parent) as scratch:
        for name in FILES:
            if (source / name).exists():
                _copy_file(source / name, scratch / name)
                (scratch / name).replace(path / name)
                sync_folder(path)
