"""What listings show of a plugin file, read from its syntax tree and kept between runs."""

from __future__ import annotations

import ast
import json
import math
import sys
from pathlib import Path
from typing import Any

from harness import spaces
from harness.paths import cache_folder, write_atomically

MEASURES = ("time", "memory")  # whose growth a solver may state


class Index:
    """What the syntax tree of each file says, kept between runs."""

    def __init__(self, path: Path | None) -> None:
        self._path = path or cache_folder() / "index.json"
        self._changed = False
        try:
            known = json.loads(self._path.read_bytes())
            self._known = known["files"] if known["version"] == _INDEX_VERSION else {}
        except (OSError, ValueError, KeyError, TypeError):
            self._known = {}

    def facts(self, file: Path) -> dict[str, Any]:
        """What `_NOTHING` names, of a file; `error` tells where it can't be read."""
        try:
            status = file.stat()
        except OSError as error:
            return {**_NOTHING, "error": f"{file}: {error.strerror}"}
        stamp = [status.st_mtime_ns, status.st_size]
        known = self._known.get(str(file))
        if known is None or known["stamp"] != stamp:
            known = {"stamp": stamp, **_read_facts(file)}
            self._known[str(file)] = known
            self._changed = True
        return dict(known)

    def save(self) -> None:
        if not self._changed:
            return
        try:
            text = json.dumps({"version": _INDEX_VERSION, "files": self._known})
            write_atomically(self._path, text)
        except OSError:
            pass  # an index is a convenience


_INDEX_VERSION = [6, *sys.version_info[:2]]
_NOTHING: dict[str, Any] = {
    "summary": "",
    "problem": "",
    "role": "baseline",
    "papers": [],
    "requires": [],
    "growth": {},
    "space": {},
    "statistic": False,
    "error": "",
}


def _read_facts(file: Path) -> dict[str, Any]:
    facts = dict(_NOTHING)
    try:
        tree = ast.parse(file.read_bytes())
    except SyntaxError as error:
        facts["error"] = (
            f"{file}, line {error.lineno}: syntax error: {error.msg}; "
            "mend the line and run the command again"
        )
        return facts
    except (OSError, ValueError) as error:
        facts["error"] = f"{file} can't be read: {error}"
        return facts
    doc = ast.get_docstring(tree) or ""
    facts["summary"] = doc.strip().split("\n\n")[0].replace("\n", " ")
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for node in classes:
        if node.name.startswith("_"):
            continue
        facts["statistic"] |= any(_last_name(base) == "Statistic" for base in node.bases)
        for statement in node.body:
            name, value = _constant(statement)
            if name in ("problem", "role"):
                _set(facts, file, name, value, isinstance(value, str), "a text")
            elif name in ("papers", "requires"):
                texts = isinstance(value, tuple | list) and all(isinstance(x, str) for x in value)
                _set(facts, file, name, value, texts, 'a tuple of texts, such as ("name",)')
            elif name == "growth":
                expected = 'exponents by measure and size, such as {"time": {"n": 2}}'
                _set(facts, file, name, value, _is_growth(value), expected)
            elif name == "space":
                wrong = spaces.fault(value)
                _set(facts, file, name, value, not wrong, wrong)
    return facts


def _set(
    facts: dict[str, Any], file: Path, name: str, value: Any, fits: bool, expected: str
) -> None:
    if not fits:
        facts["error"] = f"{file}: {name} = {value!r}; expected {expected}"
    else:
        facts[name] = list(value) if isinstance(value, tuple) else value


def _is_growth(value: Any) -> bool:
    """Whether it maps measures to sizes to exponents."""
    return isinstance(value, dict) and all(
        measure in MEASURES
        and isinstance(exponents, dict)
        and all(
            isinstance(size, str)
            and isinstance(exponent, int | float)
            and not isinstance(exponent, bool)
            and math.isfinite(exponent)
            for size, exponent in exponents.items()
        )
        for measure, exponents in value.items()
    )


def _last_name(base: ast.expr) -> str:
    """`Statistic` of `Statistic` and of `api.Statistic`."""
    if isinstance(base, ast.Attribute):
        return base.attr
    return base.id if isinstance(base, ast.Name) else ""


def _constant(statement: ast.stmt) -> tuple[str, Any]:
    """The name and value of `name = literal`, or of the same with an annotation."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target: ast.expr = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    else:
        return "", None
    if not isinstance(target, ast.Name) or statement.value is None:
        return "", None
    try:
        return target.id, ast.literal_eval(statement.value)
    except (ValueError, TypeError):  # no literal, or one with an unhashable key
        return "", None
