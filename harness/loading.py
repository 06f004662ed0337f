"""Loading the one class that a plugin file defines, in this process or in a child.

A `Source` says where a file is in a form that can be sent to another process.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.util
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from harness.kernels import KernelError, kernel

T = TypeVar("T")


class PluginError(Exception):
    """A plugin file that can't be used: what is wrong, where, and what to do."""


@dataclass(frozen=True)
class Source:
    """Where a plugin file is.

    Attributes:
        file: the file itself.
        module: the name it is imported by; empty for a single file that is in no package.
        root: the folder in which the top package of `module` lies, where it is not installed.
    """

    file: str
    module: str = ""
    root: str = ""

    def as_json(self) -> dict[str, str]:
        return {"file": self.file, "module": self.module, "root": self.root}


def load_module(source: Source) -> ModuleType:
    """Import the file.

    Raises:
        PluginError: where it can't be imported, with the reason.
    """
    if not Path(source.file).is_file():
        raise PluginError(f"{source.file}: there is no such file")
    if not source.file.endswith(".py"):
        raise PluginError(f"{source.file} is no Python file; expected a name that ends in .py")
    try:
        if source.module:
            if source.root:
                _provide_package(source)
            return importlib.import_module(source.module)
        name = "bench_plugin_" + Path(source.file).stem
        spec = importlib.util.spec_from_file_location(name, source.file)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # dataclasses look their module up here
        spec.loader.exec_module(module)
        return module
    except SyntaxError as error:
        raise PluginError(
            f"{error.filename or source.file}, line {error.lineno}: syntax error: {error.msg}; "
            "mend the line and run the command again"
        ) from None
    except ImportError as error:
        raise PluginError(
            f"{source.file} imports what is not installed ({error}); "
            "install it, or import it inside the method that needs "
            "it; a solver names it in `requires`"
        ) from None
    except (PluginError, MemoryError):
        raise  # the latter is a matter of the limits, not of the file
    except (Exception, SystemExit) as error:
        raise PluginError(
            f"{source.file} fails when it is imported: {type(error).__name__}: {error}"
        ) from None


def _provide_package(source: Source) -> None:
    """Make the top package of a folder that is not installed importable, and nothing else there.

    The import path stays as it is: a folder beside the plugins may hold anything.
    """
    top = source.module.partition(".")[0]
    folder = Path(source.root) / top
    loaded = sys.modules.get(top)
    if loaded is not None:
        if _lies_in(folder, getattr(loaded, "__path__", None)):
            return
        if loaded not in _provided:
            raise _name_is_taken(folder)
        for name in [name for name in sys.modules if name == top or name.startswith(top + ".")]:
            del sys.modules[name]  # a folder of the same name, that was used before
    installed = importlib.util.find_spec(top)
    if installed is not None and not _lies_in(folder, installed.submodule_search_locations):
        raise _name_is_taken(folder)
    initial = folder / "__init__.py"
    spec = importlib.util.spec_from_file_location(
        top, initial if initial.exists() else None, submodule_search_locations=[str(folder)]
    )
    module = ModuleType(top) if spec is None else importlib.util.module_from_spec(spec)
    module.__path__ = [str(folder)]
    sys.modules[top] = module
    _provided.append(module)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(module)


_provided: list[ModuleType] = []


def _lies_in(folder: Path, locations: Iterable[str] | None) -> bool:
    return str(folder) in [str(path) for path in locations or ()]


def _name_is_taken(folder: Path) -> PluginError:
    return PluginError(
        f"{folder} can't be used: its name is that of the module {folder.name!r}, which is "
        "installed; rename the folder"
    )


def load_class(source: Source, base: type[T], what: str) -> type[T]:
    """The one subclass of `base` that the file defines; `what` names it in errors.

    Raises:
        PluginError: where there is none, or more than one.
    """
    module = load_module(source)
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, base)
        and value.__module__ == module.__name__
        and not value.__name__.startswith("_")
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise PluginError(
            f"{source.file} defines no {what}; expected one class derived from "
            f"harness.api.{base.__name__}"
        )
    names = ", ".join(sorted(value.__name__ for value in found))
    raise PluginError(
        f"{source.file} defines {len(found)} {what}s ({names}), expected one: "
        "put each in a file of its own, or begin the name of a shared base with an underscore"
    )


def imported_modules(file: str, within: str | None = None) -> list[str]:
    """All absolute modules that a file imports, without running it.

    Args:
        file: the file.
        within: only what functions of this name import themselves; anywhere where it is None.
    """
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (SyntaxError, OSError):
        return []
    places: list[ast.AST] = [tree]
    if within is not None:
        places = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.name == within
        ]
    found: set[str] = set()
    for node in (node for place in places for node in ast.walk(place)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
            # `from scipy import optimize` imports a module too
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    found.discard("__future__")
    return sorted(found)


def preload(modules: Iterable[str], kernels: Iterable[str] = ()) -> None:
    """Import modules and load kernels that a solver will want, so that this is not on its clock.

    What is missing is passed over: the solver meets it where it needs it.
    """
    for name in modules:
        parent, _, child = name.rpartition(".")
        loaded: Any = sys.modules.get(parent)
        if loaded is not None and hasattr(loaded, child):
            continue  # a name in a module, not a module
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    for name in kernels:
        with contextlib.suppress(KernelError):
            kernel(name)
