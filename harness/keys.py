"""Digests of what decides a result: a plugin's source with what it imports of ours, and versions.

A solver's key changes when its file, a helper beside it, a kernel it names, a library it imports,
Python or the harness changes; so a result can be told stale, and `Sources` says why.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import json
import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import harness
from harness.kernels import KernelError, kernel
from harness.loading import Source, imported_modules


@dataclass(frozen=True)
class Sources:
    """What decides what a plugin file does.

    Attributes:
        files: the file and what it imports of its package: path from the file's folder -> digest.
        kernels: name -> digest of the kernels that these ask for.
        libraries: distribution -> version of what these import.
        python, harness: versions.
    """

    files: Mapping[str, str]
    kernels: Mapping[str, str] = field(default_factory=dict)
    libraries: Mapping[str, str] = field(default_factory=dict)
    python: str = ""
    harness: str = ""

    @functools.cached_property
    def key(self) -> str:
        """Digest of all of it."""
        return record_key(self.as_json())

    def as_json(self) -> dict[str, Any]:
        """The parts as run.json tells them."""
        return asdict(self)


@functools.cache
def sources_of(source: Source) -> Sources:
    """A plugin file with the files of its package that it imports, kernels and libraries."""
    own = Path(source.file)
    files = sorted(_closure(own, source.module))
    imported = {name.partition(".")[0] for file in files for name in imported_modules(str(file))}
    return Sources(
        {Path(os.path.relpath(file, own.parent)).as_posix(): _digest(file) for file in files},
        {name: _kernel_digest(name) for name in kernels_of(source)},
        dict(sorted(_versions(imported).items())),
        platform.python_version(),
        harness.__version__,
    )


def source_key(source: Source) -> str:
    """Digest of a plugin file, the files of its package that it imports, kernels and libraries."""
    return sources_of(source).key


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:32]


def kernels_of(source: Source) -> tuple[str, ...]:
    """Names of the kernels that a plugin file, or what it imports of its package, asks for."""
    names = (_kernels(file) for file in _closure(Path(source.file), source.module))
    return tuple(sorted(set().union(*names)))


def modules_of(source: Source) -> tuple[str, ...]:
    """What a plugin file, and what it imports of its package, import: at any place of a file."""
    names = (imported_modules(str(file)) for file in _closure(Path(source.file), source.module))
    return tuple(sorted(set().union(*names)))


def record_key(parts: dict[str, Any]) -> str:
    """Digest of everything that decides one record."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def _closure(file: Path, module: str) -> set[Path]:
    """The file and the neighbours that it imports, directly or through each other."""
    found: set[Path] = set()
    pending = [(file, module)]
    package_root = module.partition(".")[0]
    root = file.parents[module.count(".")]
    while pending:
        path, name = pending.pop()
        if path in found:
            continue
        found.add(path)
        for imported in _own_imports(path, name):
            if package_root and imported.partition(".")[0] == package_root:
                neighbour = _file_of(root, imported)
                if neighbour is not None:
                    pending.append((neighbour, imported))
    return found


def _own_imports(path: Path, module: str) -> set[str]:
    found = set(imported_modules(str(path)))
    try:
        tree = ast.parse(path.read_bytes())
    except SyntaxError:
        return found
    parts = module.split(".")
    if path.name == "__init__.py":
        parts.append("__init__")  # relative to the package itself
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = ".".join(parts[: -node.level])
            start = f"{base}.{node.module}" if node.module else base
            found.add(start)
            found.update(f"{start}.{alias.name}" for alias in node.names)
    return found


def _file_of(root: Path, module: str) -> Path | None:
    """Where a module of a package lies; found by its path, whatever the import path is."""
    path = root.joinpath(*module.split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return file
    return None


def _kernels(file: Path) -> set[str]:
    """Names in calls `kernel("name")`."""
    try:
        tree = ast.parse(file.read_bytes())
    except SyntaxError:
        return set()
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "kernel"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def _kernel_digest(name: str) -> str:
    try:
        return kernel(name).digest
    except KernelError:
        return "missing"


@functools.cache
def _owners() -> dict[str, list[str]]:
    return dict(metadata.packages_distributions())


def _versions(modules: set[str]) -> dict[str, str]:
    found = {}
    for module in modules - set(sys.stdlib_module_names) - {"harness"}:
        for distribution in _owners().get(module, ()):
            found[distribution] = metadata.version(distribution)
    return found
