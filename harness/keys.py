"""Digests of what decides a result: a plugin's source with what it imports of ours, and versions.

A solver's key changes when its file, a helper beside it, a kernel it names, or a library it
imports changes; so a result can be told stale.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import json
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from harness.kernels import KernelError, kernel
from harness.loading import Source, imported_modules


@functools.cache
def source_key(source: Source) -> str:
    """Digest of a plugin file, the files of its package that it imports, kernels and libraries."""
    total = hashlib.sha256()
    files = _closure(Path(source.file), source.module)
    libraries: set[str] = set()
    for file in sorted(files):
        total.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
        for name in sorted(_kernels(file)):
            total.update(f"kernel {name} {_kernel_digest(name)}".encode())
        libraries.update(name.partition(".")[0] for name in imported_modules(str(file)))
    for distribution, version in sorted(_versions(libraries).items()):
        total.update(f"{distribution}=={version}".encode())
    return total.hexdigest()[:32]


def kernels_of(source: Source) -> tuple[str, ...]:
    """Names of the kernels that a plugin file, or what it imports of its package, asks for."""
    names = (_kernels(file) for file in _closure(Path(source.file), source.module))
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
