"""Instances: built once, kept by the digest of their content, handed out as read-only memory maps.

A tree of plain data becomes a folder of two files: `outline.json`, and `arrays.bin` with every
array on a page of its own. The data and the truth of an instance lie in different folders, so that
a solver's process is given the path of the one only.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.answers import own
from harness.api import Case, Data, Instance, InvalidAnswer, InvalidCase, Problem
from harness.paths import cache_folder, write_atomically

_PAGE = 4096
_ENDINGS = ("outline.json", "arrays.bin")


@dataclass(frozen=True)
class Stored:
    """An instance in the cache; `data` and `truth` are folders."""

    digest: str
    data: Path
    truth: Path
    sizes: dict[str, float]
    optimum: float | None

    def load(self) -> Instance:
        """The instance, its arrays mapped read-only."""
        return Instance(load_tree(self.data), load_tree(self.truth), dict(self.sizes), self.optimum)


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
    """Put an instance into the cache under the digest of its data and truth."""
    data_outline, data_arrays = _flatten(_plain(instance.data, "data"))
    truth_outline, truth_arrays = _flatten(_plain(instance.truth, "truth"))
    total = hashlib.sha256()
    for outline, arrays in ((data_outline, data_arrays), (truth_outline, truth_arrays)):
        total.update(json.dumps(outline).encode())
        for array in arrays:
            total.update(array.data if array.size else b"")
    digest = total.hexdigest()[:32]
    data, truth = cache / "instances" / digest, cache / "truths" / digest
    _save_tree(truth, truth_outline, truth_arrays)
    _save_tree(data, data_outline, data_arrays)
    sizes = {str(name): float(value) for name, value in instance.sizes.items()}
    optimum = None if instance.optimum is None else float(instance.optimum)
    return Stored(digest, data, truth, sizes, optimum)


def load_tree(folder: Path) -> Any:
    """The tree that a folder holds; dicts at the top become `Data`."""
    outline = json.loads((folder / "outline.json").read_bytes())
    path = folder / "arrays.bin"
    size = path.stat().st_size
    buffer: Any = b""
    if size:
        with path.open("rb") as file:
            flags = mmap.MAP_SHARED | getattr(mmap, "MAP_POPULATE", 0)
            buffer = mmap.mmap(file.fileno(), size, flags=flags, prot=mmap.PROT_READ)

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


def _flatten(value: Any) -> tuple[Any, list[np.ndarray]]:
    arrays: list[np.ndarray] = []
    end = 0

    def outline(part: Any) -> Any:
        nonlocal end
        if isinstance(part, np.ndarray):
            offset = -(-end // _PAGE) * _PAGE
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

    return outline(value), arrays


def _save_tree(folder: Path, outline: Any, arrays: list[np.ndarray]) -> None:
    """Write a folder so that it is there whole or not at all."""
    if all((folder / ending).exists() for ending in _ENDINGS):
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
    try:
        with (scratch / "arrays.bin").open("wb") as file:
            for array in arrays:
                file.seek(-(-file.tell() // _PAGE) * _PAGE)
                file.write(array.data if array.size else b"")
            file.flush()
            os.fsync(file.fileno())
        (scratch / "outline.json").write_text(json.dumps(outline))
        for ending in _ENDINGS:
            (scratch / ending).chmod(0o444)
        scratch.chmod(0o755)
        try:
            scratch.rename(folder)
        except OSError:  # somebody else was faster: the content is the same
            if not folder.exists():
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _from_shortcut(cache: Path, shortcut: Path) -> Stored | None:
    try:
        known = json.loads(shortcut.read_bytes())
        data, truth = (cache / kind / known["digest"] for kind in ("instances", "truths"))
        if all((folder / ending).exists() for folder in (data, truth) for ending in _ENDINGS):
            return Stored(known["digest"], data, truth, known["sizes"], known["optimum"])
    except (OSError, ValueError, KeyError):
        pass
    return None
