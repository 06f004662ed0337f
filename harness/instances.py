"""Instances: built once, kept by the digest of their content, handed out as read-only memory maps.

A tree of plain data becomes a folder of two files: `outline.json`, and `arrays.bin` with every
array on a page of its own. The data and the truth of an instance lie in different folders, so that
a solver's process is given the path of the one only.
"""

from __future__ import annotations

import contextlib
import filecmp
import functools
import hashlib
import json
import math
import mmap
import os
import re
import shutil
import struct
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.answers import own
from harness.api import Case, Data, Instance, InvalidAnswer, InvalidCase, Problem
from harness.paths import cache_folder, write_atomically

_PAGE = 4096
# Bytes of arrays up to which they are read, not mapped, where many instances are held at the same
# time: each map holds a descriptor, of which a process may often have no more than 1,024.
_READ = 1 << 20
FILES = ("outline.json", "arrays.bin")  # of a tree
Buffer = bytes | memoryview


@dataclass(frozen=True)
class Stored:
    """An instance in the cache; `data` and `truth` are folders."""

    digest: str
    data: Path
    truth: Path
    sizes: dict[str, float]
    optimum: float | None

    def hidden(self) -> list[str]:
        """Folders that a run must not read: the whole cache; it gets its data as open files."""
        return [str(self.data.parent.parent)]

    def load(self) -> Instance:
        """The instance, its arrays read-only; loaded once, however often it is asked for."""
        return self._instance

    @functools.cached_property
    def _instance(self) -> Instance:
        data, truth = (load_tree(folder, _READ) for folder in (self.data, self.truth))
        return Instance(data, truth, dict(self.sizes), self.optimum)


def case_rng(problem: str, case: Case) -> np.random.Generator:
    """The generator that builds a case: seeded by its name, its parameters and its draw alone."""
    text = f"{problem}|{case}".encode()
    words = np.frombuffer(hashlib.sha256(text).digest(), np.uint32)
    return np.random.default_rng(np.random.SeedSequence([int(word) for word in words]))


def build(problem: Problem, name: str, case: Case, key: str, cache: Path | None = None) -> Stored:
    """The stored instance of a case: from the cache where `key` is known, else made now.

    Args:
        problem: the problem.
        name: the problem's name.
        case: the case.
        key: digest of all that decides the content: the problem's source and its libraries.
        cache: the cache folder; the user's by default.

    Raises:
        InvalidCase: where the case makes no instance, or the problem made something else.
    """
    cache = cache or cache_folder()
    decides = f"{key}|{name}|{case}|{_files_of(case)}"
    shortcut = cache / "cases" / hashlib.sha256(decides.encode()).hexdigest()
    found = _from_shortcut(cache, shortcut)
    if found is not None:
        return found
    instance = problem.make(case, case_rng(name, case))
    if not isinstance(instance, Instance):
        raise InvalidCase(
            f"make() of {name} returned {type(instance).__name__} for {case}, expected an Instance"
        )
    stored = store(instance, cache)
    known = {"digest": stored.digest, "sizes": stored.sizes, "optimum": stored.optimum}
    write_atomically(shortcut, json.dumps(known))
    return stored


def _files_of(case: Case) -> list[tuple[str, int, int]]:
    """The files that a case's parameters name, with their times: what is in them may change."""
    found = []
    for value in case.parameters.values():
        if isinstance(value, str) and os.path.isfile(value):
            status = os.stat(value)
            found.append((os.path.abspath(value), status.st_mtime_ns, status.st_size))
    return found


def store(instance: Instance, cache: Path) -> Stored:
    """Put an instance into the cache under the digest of its data and truth.

    Raises:
        InvalidCase: where the instance is not plain data, or a size or the optimum not finite.
    """
    sizes = {
        str(name): _finite(value, f"size {str(name)!r}") for name, value in instance.sizes.items()
    }
    optimum = None if instance.optimum is None else _finite(instance.optimum, "optimum")
    trees = [_flatten(_plain(instance.data, "data")), _flatten(_plain(instance.truth, "truth"))]
    total = hashlib.sha256()
    for tree in trees:
        _digest(total, tree.outline, tree.size, tree.content())
    digest = total.hexdigest()[:32]
    data, truth = cache / "instances" / digest, cache / "truths" / digest
    if not _intact(digest, data, truth):
        for tree, folder in zip(trees, (data, truth), strict=True):
            _save_tree(tree, folder)
    return Stored(digest, data, truth, sizes, optimum)


def _finite(value: float, what: str) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise InvalidCase(f"the instance's {what} is {number}, expected a finite number")
    return number


def _digest(total: Any, outline: bytes, size: int, content: Iterable[Buffer]) -> None:
    """Add a tree to a digest, with its lengths, so that no two trees can be confused."""
    total.update(struct.pack("<QQ", len(outline), size))
    total.update(outline)
    for part in content:
        total.update(part)


def _intact(digest: str, data: Path, truth: Path) -> bool:
    """Whether the files are there and still what their digest says."""
    total = hashlib.sha256()
    try:
        for folder in (data, truth):
            outline = (folder / "outline.json").read_bytes()
            with (folder / "arrays.bin").open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                _digest(total, outline, size, iter(lambda: file.read(1 << 22), b""))
    except OSError:
        return False
    return total.hexdigest()[:32] == digest


def load_tree(folder: Path, read: int = 0) -> Any:
    """The tree that a folder holds; dicts at the top become `Data`.

    Its arrays are mapped; where they fill no more than `read` bytes, they are read instead.
    """
    with contextlib.ExitStack() as stack:
        outline, arrays = (stack.enter_context((folder / name).open("rb")) for name in FILES)
        return read_tree(outline.fileno(), arrays.fileno(), read)


def read_tree(outline_file: int, arrays_file: int, read: int = 0) -> Any:
    """The tree in two open files, as `load_tree` gives it; it outlives the files."""
    with os.fdopen(os.dup(outline_file), "rb") as file:
        outline = json.loads(file.read())
    size = os.fstat(arrays_file).st_size
    buffer: Any = b""
    if 0 < size <= read:
        buffer = os.pread(arrays_file, size, 0)
    elif size:
        flags = mmap.MAP_SHARED | getattr(mmap, "MAP_POPULATE", 0)
        buffer = mmap.mmap(arrays_file, size, flags=flags, prot=mmap.PROT_READ)

    def value(part: Any) -> Any:
        if not isinstance(part, dict):
            return part
        ((tag, content),) = part.items()
        if tag == "array":
            dtype, shape, offset = content
            count = int(np.prod(shape, dtype=np.int64))
            return np.frombuffer(buffer, np.dtype(dtype), count, offset if count else 0).reshape(
                shape
            )
        if tag == "dict":
            return {key: value(item) for key, item in content}
        if tag == "tuple":
            return tuple(value(item) for item in content)
        return [value(item) for item in content]

    tree = value(outline)
    return Data(tree) if isinstance(tree, dict) else tree


def _plain(value: Any, what: str) -> Any:
    if isinstance(value, Data):
        value = value.as_dict()
    try:
        return own(value)
    except InvalidAnswer as error:
        raise InvalidCase(f"the instance's {what} is not plain data: {error}") from None


@dataclass(frozen=True)
class _Tree:
    """A tree taken apart: its outline as JSON, its arrays, and the bytes that they fill."""

    outline: bytes
    arrays: list[np.ndarray]
    size: int

    def content(self) -> Iterator[Buffer]:
        """What `arrays.bin` holds, part by part."""
        end = 0
        for array in self.arrays:
            yield bytes(-end % _PAGE)
            yield array.data if array.size else b""
            end += -end % _PAGE + array.nbytes


def _flatten(value: Any) -> _Tree:
    arrays: list[np.ndarray] = []
    end = 0

    def outline(part: Any) -> Any:
        nonlocal end
        if isinstance(part, np.ndarray):
            offset = end + -end % _PAGE
            end = offset + part.nbytes
            arrays.append(part)
            return {"array": [part.dtype.str, list(part.shape), offset]}
        if isinstance(part, dict):
            return {"dict": [[key, outline(item)] for key, item in part.items()]}
        if isinstance(part, tuple):
            return {"tuple": [outline(item) for item in part]}
        if isinstance(part, list):
            return {"list": [outline(item) for item in part]}
        if isinstance(part, bytes | complex):
            raise InvalidCase(
                f"the instance holds a bare {type(part).__name__}; expected it in an array "
                "(bytes as uint8)"
            )
        return part

    return _Tree(json.dumps(outline(value)).encode(), arrays, end)


def _save_tree(tree: _Tree, folder: Path) -> None:
    """Write a folder so that it is there whole or not at all, in the place of a damaged one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
    try:
        for name, content in (("arrays.bin", tree.content()), ("outline.json", [tree.outline])):
            with (scratch / name).open("wb") as file:
                for part in content:
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            (scratch / name).chmod(0o444)
        scratch.chmod(0o755)
        for _ in range(10):  # another process may be doing the same
            try:
                scratch.rename(folder)
                return
            except OSError:
                if not folder.exists():
                    raise
            if _same_files(scratch, folder):
                return
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _same_files(one: Path, two: Path) -> bool:
    names = list(FILES)
    return filecmp.cmpfiles(one, two, names, shallow=False)[0] == names


def _from_shortcut(cache: Path, shortcut: Path) -> Stored | None:
    """What an earlier run noted of the case, where the files are still as they were."""
    try:
        known = json.loads(shortcut.read_bytes())
        digest, sizes, optimum = known["digest"], known["sizes"], known["optimum"]
        sizes = {str(name): float(value) for name, value in sizes.items()}
        optimum = None if optimum is None else float(optimum)
        if not re.fullmatch("[0-9a-f]{32}", digest):
            return None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    data, truth = cache / "instances" / digest, cache / "truths" / digest
    return Stored(digest, data, truth, sizes, optimum) if _intact(digest, data, truth) else None
