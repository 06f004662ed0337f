"""What a page says about its problem and its solvers, whether they are still installed or not.

A solver's file is read, and asked in a process of its own; it is never imported here.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import re
import shlex
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import decode_source
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from harness.api import Problem
from harness.catalogue import Catalogue, SolverEntry
from harness.declare import Declarer
from harness.loading import PluginError
from harness.report.plain import DOC, NAME, names, plain
from harness.report.prose import first_sentences, prose
from harness.store import Results

if TYPE_CHECKING:
    import pandas as pd

_WORDS = {
    "compare": ("ratio", "difference"),
    "rank_by": ("cost", "time"),
    "counts": ("last", "best"),
}
_MOST_PARAMETERS = 100  # of a solver


@dataclass(frozen=True)
class ProblemFacts:
    """A problem as its page needs it; the fields are those of `harness.api.Problem`.

    `missing` says why it can't be loaded; the facts are then those that the newest run noted.
    """

    name: str
    title: str = ""
    cost_name: str = "cost"
    compare: str = "ratio"
    rank_by: str = "cost"
    counts: str = "last"
    size: str = "n"
    kind: str = ""
    doc: str = ""
    missing: str = ""
    timed: bool = True

    @property
    def summary(self) -> str:
        """What the problem is, without its title once more."""
        said = first_sentences(self.doc)
        title, colon, rest = said.partition(": ")
        if colon and title.lower() in (self.title.lower(), self.name.lower()):
            return rest[:1].upper() + rest[1:]
        return said

    @property
    def text(self) -> Markup:
        return prose(self.doc)

    @property
    def relative(self) -> bool:
        """Whether costs are compared as ratios."""
        return self.compare == "ratio"

    @property
    def logarithmic(self) -> bool:
        """Whether a cost is a logarithm itself, so that a logarithmic axis says nothing."""
        return self.cost_name.startswith("log")


def problem_facts(name: str, catalogue: Catalogue, results: Results) -> ProblemFacts:
    """The facts from the installed problem, else from the newest run that tells of it."""
    entry = catalogue.problems.get(name)
    shown = plain(name, NAME)
    missing = f"The problem {shown} is not installed here"
    if entry is not None:
        try:
            return _of_problem(name, entry.load())
        except PluginError as error:
            missing = f"The problem {shown} can't be loaded here ({error})"
    noted = results.problem(name)
    said: dict[str, Any] = {
        key: plain(noted[key], DOC if key == "doc" else NAME, lines=key == "doc")
        for key in ("title", "cost_name", "size", "kind", "doc", *_WORDS)
        if isinstance(noted.get(key), str) and noted[key] in _WORDS.get(key, (noted[key],))
    }
    facts = ProblemFacts(name=name, missing=missing, **said)
    return dataclasses.replace(facts, title=facts.title or shown)


def _of_problem(name: str, problem: Problem) -> ProblemFacts:
    return ProblemFacts(
        name=name,
        title=problem.title or name,
        cost_name=problem.cost_name,
        compare=problem.compare,
        rank_by=problem.rank_by,
        counts=problem.counts,
        size=problem.size,
        kind=problem.kind,
        timed=problem.timed,
        doc=_doc_of(type(problem)),
    )


def _doc_of(kind: type) -> str:
    """The docstrings of the class's module and of the class itself, where they differ."""
    module = inspect.cleandoc(getattr(sys.modules.get(kind.__module__), "__doc__", None) or "")
    own = inspect.cleandoc(vars(kind).get("__doc__") or "")
    if dataclasses.is_dataclass(kind) and own.startswith(f"{kind.__name__}("):
        own = ""  # made up by dataclass, not written
    return _joined(module, own)


def _joined(module: str, own: str) -> str:
    return "\n\n".join(text for text in (module, own if own not in module else "") if text)


@dataclass(frozen=True)
class Parameter:
    """A parameter of a solver: its default (None where it isn't known) and what it ran with."""

    name: str
    default: str | None
    value: str
    note: str = ""

    @property
    def changed(self) -> bool:
        return self.default is not None and self.value != self.default


@dataclass(frozen=True)
class SolverFacts:
    """A solver with its settings, as pages show it."""

    label: str
    problem: str
    name: str
    role: str
    anchor: str
    command: str
    parameters: tuple[Parameter, ...]
    papers: tuple[tuple[str, str], ...] = ()
    requires: tuple[str, ...] = ()
    doc: str = ""
    module: str = ""
    missing: str = ""

    @property
    def stem(self) -> str:
        """The name of its file."""
        return self.name.removeprefix(f"{self.problem}/")

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name."""
        return next((one for one in self.parameters if one.name == name), None)

    @property
    def summary(self) -> str:
        return first_sentences(self.doc)

    @property
    def text(self) -> Markup:
        """What the docstring says beyond its summary."""
        return prose(self.doc.partition("\n\n")[2])


def solver_facts(
    traces: pd.DataFrame, problem: str, catalogue: Catalogue, papers: Mapping[str, str]
) -> dict[str, SolverFacts]:
    """Label -> facts, for every solver with records of the problem."""
    found: dict[str, SolverFacts] = {}
    anchors: set[str] = set()
    last = traces.drop_duplicates("label", keep="last")
    with Declarer() as declarer:
        ask = functools.cache(functools.partial(_told, declarer))
        for row in last.itertuples():
            label, stem = str(row.label), str(row.solver)
            values = row.parameters if isinstance(row.parameters, dict) else {}
            entry = catalogue.solvers.get(f"{problem}/{stem}")
            facts = _solver(label, stem, str(row.role), problem, values, anchors)
            if entry is not None:
                facts = _installed(facts, entry, values, papers, ask(entry))
            found[label] = facts
    return found


def unrun_facts(
    entries: Sequence[SolverEntry], papers: Mapping[str, str]
) -> dict[str, SolverFacts]:
    """Name -> facts, for installed solvers without records."""
    found: dict[str, SolverFacts] = {}
    with Declarer() as declarer:
        for entry in entries:
            facts = _solver(entry.stem, entry.stem, entry.role, entry.problem, {}, set())
            found[entry.name] = _installed(facts, entry, {}, papers, _told(declarer, entry))
    return found


def _solver(
    label: str,
    stem: str,
    role: str,
    problem: str,
    values: Mapping[str, Any],
    anchors: set[str],
) -> SolverFacts:
    """What the records alone tell."""
    return SolverFacts(
        label=label,
        problem=problem,
        name=f"{problem}/{stem}",
        role=role,
        anchor=anchor("solver", label, anchors),
        command=shlex.join(["bench", "run", problem, "-s", label]),
        parameters=tuple(Parameter(name, None, _shown(value)) for name, value in values.items()),
        missing=f"{problem}/{stem} is not installed here, so only its results are known.",
    )


@dataclass(frozen=True)
class _Told:
    """What a solver's file told when it was asked, or why it did not."""

    defaults: Mapping[str, Any]
    error: str = ""


def _told(declarer: Declarer, entry: SolverEntry) -> _Told:
    try:
        defaults = declarer.parameters(entry)
    except PluginError as error:
        return _Told({}, str(error))
    shown = names(islice(defaults, _MOST_PARAMETERS))
    return _Told({shown[name]: defaults[name] for name in shown})


def _installed(
    facts: SolverFacts,
    entry: SolverEntry,
    values: Mapping[str, Any],
    papers: Mapping[str, str],
    told: _Told,
) -> SolverFacts:
    """The facts of a solver with what its file says."""
    facts = dataclasses.replace(
        facts,
        papers=tuple((str(key), papers.get(str(key), "")) for key in entry.papers),
        requires=tuple(map(str, entry.requires)),
        doc=entry.summary,
        module=entry.source.module or Path(entry.source.file).name,
        missing=f"Its file can't be used here: {told.error}" if told.error else "",
    )
    if told.error:
        return facts
    said = written(entry.source.file)
    return dataclasses.replace(
        facts,
        doc=plain(_joined(said.module, said.own), DOC, lines=True),
        parameters=tuple(_parameters(told.defaults, said.notes, values)),
    )


def _parameters(
    defaults: Mapping[str, Any], notes: Mapping[str, str], values: Mapping[str, Any]
) -> list[Parameter]:
    found = []
    for name, value in defaults.items():
        default = _shown(value)
        value = _shown(values[name]) if name in values else default
        found.append(Parameter(name, default, value, notes.get(name, "")))
    return found + [
        Parameter(name, None, _shown(value))
        for name, value in values.items()
        if name not in defaults
    ]


def _shown(value: Any) -> str:
    return value if isinstance(value, str) and value else repr(value)


@dataclass(frozen=True)
class Written:
    """What a solver's file says to a reader.

    Attributes:
        module: the docstring of the module.
        own: the docstring of the solver's class.
        notes: the comment behind each field: the unit, and the reason for the default.
    """

    module: str = ""
    own: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)


def written(file: str) -> Written:
    """Read a solver's file without running it; nothing where it can't be read."""
    try:
        content = Path(file).read_bytes()
        lines = decode_source(content).split("\n")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a stranger's escapes in texts
            tree = ast.parse(content)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return Written()
    module, kind = ast.get_docstring(tree) or "", _solver_class(tree)
    if kind is None:
        return Written(module)
    notes = {}
    for node in kind.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            line = lines[(node.end_lineno or node.lineno) - 1]
            _, mark, note = line.rstrip().partition("  # ")
            if mark:
                notes[node.target.id] = note.strip()
    return Written(module, ast.get_docstring(kind) or "", notes)


def _solver_class(tree: ast.Module) -> ast.ClassDef | None:
    """The class that is the solver, as far as it can be told from the text."""

    def likely(node: ast.ClassDef) -> tuple[bool, bool]:
        defined = {getattr(statement, "name", "") for statement in node.body}
        for statement in node.body:
            targets = getattr(statement, "targets", [getattr(statement, "target", None)])
            defined.update(target.id for target in targets if isinstance(target, ast.Name))
        return "problem" in defined, "solve" in defined

    derived = [
        node
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.bases and not node.name.startswith("_")
    ]
    return max(derived, key=likely, default=None)


def anchor(prefix: str, name: str, taken: set[str]) -> str:
    """An id for a link: letters, digits and hyphens, different from those taken."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    wanted = proposed = f"{prefix}-{plain or 'unnamed'}"
    number = 2
    while proposed in taken:
        proposed = f"{wanted}-{number}"
        number += 1
    taken.add(proposed)
    return proposed


def environments(results: Results, runs: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Id -> facts of the environments that the runs name."""
    found: dict[str, Mapping[str, Any]] = {}
    for run in runs:
        known = results.runs.get(run, {}).get("environments")
        if isinstance(known, dict):
            found.update({str(k): v for k, v in known.items() if isinstance(v, dict)})
    return found
