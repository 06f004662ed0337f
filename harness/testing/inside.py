"""What runs in the isolated process: a solver that loads and watches another one.

A job names this file as both its solver and its problem, so that plugin code meets the kit only in
a process that may hang or crash. The one answer of `Watch` is what was found there.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.answers import encode, own
from harness.api import (
    Data,
    Events,
    Instance,
    InvalidAnswer,
    InvalidCase,
    Meter,
    Problem,
    Solver,
    Unsupported,
)
from harness.child import UNSAID
from harness.instances import build, case_rng, load_tree
from harness.loading import PluginError, Source, load_class, load_module
from harness.run import Budget, Point, drive

_SETTINGS = 16  # of a space, tried
_MOST_BYTES = 1 << 26  # of answers that are kept for judging, over all instances


class Whole(Problem):
    """Hands the stored data to `Watch` as they are."""


@dataclass(frozen=True)
class Watch(Solver):
    """Does one task: `facts` of a solver's file, `solve` many instances, or `make` cases."""

    task: dict[str, Any]

    def solve(self, data: Any, rng: np.random.Generator) -> Iterator[Any]:
        """Yield what was found, a dict."""
        tasks = {"facts": _facts, "solve": _solve, "make": _make}
        yield tasks[self.task["do"]](self.task, data)


class _Recorded(Solver):
    """A solver whose every new answer is kept, not only those that a trace wants."""

    def __init__(self, inner: Solver, meter: Meter, room: int) -> None:
        self._inner, self._meter, self._room = inner, meter, room
        self._seen: set[bytes] = set()
        self.answers: list[list[Any]] = []  # number, calls so far, answer
        self.last: list[Any] = []

    def solve(self, data: Any, rng: np.random.Generator) -> Iterator[Any]:
        answers = self._inner.solve(data, rng)
        return self._watched(answers) if hasattr(answers, "__next__") else answers

    def _watched(self, answers: Iterator[Any]) -> Iterator[Any]:
        for number, answer in enumerate(answers, 1):
            self._keep(number, own(answer))
            yield answer

    def _keep(self, number: int, answer: Any) -> None:
        code = encode(answer)
        self.last = [number, self._meter.calls, answer]
        if code not in self._seen and self._room > 0:
            self._seen.add(code)
            self._room -= len(code)
            self.answers.append(self.last)

    def kept(self) -> list[list[Any]]:
        """The answers that differ from all before them, and the last."""
        if not self.last or self.answers[-1] is self.last:
            return self.answers
        return [*self.answers, self.last]


def _facts(task: dict[str, Any], data: Any) -> dict[str, Any]:
    """What the class says of itself, once it is there."""
    from harness.catalogue import SolverEntry

    source = Source(**task["solver"])
    entry = SolverEntry(task["problem"], Path(source.file).stem, source, "")
    try:
        solver = entry.load()
    except PluginError as error:
        return {"error": str(error)}
    defaults = dataclasses.asdict(solver())  # type: ignore[call-overload]
    return {
        "error": "",
        "doc": load_module(source).__doc__ or "",
        "said": {name: repr(getattr(solver, name)) for name in ("papers", "role", "requires")},
        "odd": [name for name, value in defaults.items() if not _typable(value)],
        "refused": _refused(solver),
    }


def _refused(solver: Any) -> str:
    """The first settings of its space that it can't be made with, and why; empty without any."""
    from harness import spaces

    wrong = spaces.fault(solver.space)
    if wrong:
        return f"its space can't be used: {wrong}"
    for setting in spaces.settings(solver.space, _SETTINGS):
        try:
            solver(**setting)
        except Exception as error:
            told = ", ".join(f"{name}={value}" for name, value in setting.items())
            return f"its space has {told}, with which it can't be made: {error}"
    return ""


def _typable(value: Any) -> bool:
    """Whether a user can type it on the command line: a number, a word, True, False or None."""
    return type(value) in (bool, int, float, str, type(None))


def _solve(task: dict[str, Any], data: Any) -> dict[str, Any]:
    """Solve many instances, one after the other; tell every answer and what was left changed."""
    problem = load_class(Source(**task["problem"]), Problem, "problem")()
    solver = load_class(Source(**task["solver"]), Solver, "solver")(**task["parameters"])
    room = _MOST_BYTES // len(task["jobs"])
    return {"runs": [_one(task, problem, solver, room, job) for job in task["jobs"]]}


def _one(
    task: dict[str, Any], problem: Problem, solver: Solver, room: int, job: dict[str, Any]
) -> dict[str, Any]:
    data = load_tree(Path(job["data"]))
    if task["writable"]:
        data = Data(own(data.as_dict())) if isinstance(data, Data) else own(data)
    parts = data.as_dict() if isinstance(data, Data) else {"data": data}
    before = {name: _digest(value) for name, value in parts.items()}
    generators = _generators()
    meter = Meter()
    seen = problem.open(data, meter)
    loaded = set(sys.modules)
    recorded = _Recorded(solver, meter, room)
    decisions: list[Any] = []

    def keep(point: Point) -> bool:
        decisions.extend(point.answer if isinstance(seen, Events) else ())
        return True

    told: dict[str, Any] = {"status": "ok", "message": ""}
    try:
        ending = drive(recorded, problem, seen, meter, task["seed"], Budget(**job["budget"]), keep)
        told.update(
            {name: getattr(ending, name) for name in ("why", "seconds", "answers", "calls")}
        )
    except InvalidAnswer as error:
        told = {"status": "invalid", "message": str(error)}
    except Unsupported as error:
        told = {"status": "unsupported", "message": str(error).strip() or UNSAID}
    except Exception as error:
        told = {"status": "raised", "message": f"{type(error).__name__}: {error}"}
    after = _generators()
    return {
        **told,
        "changed": [name for name, value in parts.items() if _digest(value) != before[name]],
        "imported": sorted(set(sys.modules) - loaded),
        "generators": [name for name in generators if generators[name] != after[name]],
        "points": [[len(decisions), meter.calls, decisions]]
        if isinstance(seen, Events)
        else recorded.kept(),
    }


def _digest(value: Any) -> bytes:
    try:
        return hashlib.sha256(encode(own(value))).digest()
    except InvalidAnswer:
        return b"no longer plain data"


def _generators() -> dict[str, Any]:
    """The states of the generators that everybody in a process shares."""
    shared: Any = np.random.get_state()
    name, words, *rest = shared
    return {"numpy.random": (name, bytes(words), *rest), "random": random.getstate()}


def _make(task: dict[str, Any], data: Any) -> dict[str, Any]:
    """Make each case, into the cache where one is given; tell its digest, or why there is none."""
    from harness.cases import make_case

    name = task["name"]
    problem = load_class(Source(**task["problem"]), Problem, "problem")()
    found = {}
    for text in task["cases"]:
        try:
            case = make_case(name, problem, text)
            if task["cache"]:
                digest = build(problem, name, case, task["key"], Path(task["cache"])).digest
            else:
                digest = _instance_digest(problem.make(case, case_rng(name, case)))
            found[text] = {"digest": digest, "error": ""}
        except (InvalidCase, InvalidAnswer) as error:
            found[text] = {"digest": "", "error": str(error)}
        except Exception as error:
            found[text] = {"digest": "", "error": f"{type(error).__name__}: {error}"}
    return found


def _instance_digest(made: Instance) -> str:
    total = hashlib.sha256()
    for part in (made.data, made.truth):
        total.update(encode(own(part.as_dict() if isinstance(part, Data) else part)))
    total.update(json.dumps([sorted(made.sizes.items()), made.optimum], default=float).encode())
    return total.hexdigest()
