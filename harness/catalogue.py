"""What is installed: names -> problems and solvers, found without importing an algorithm.

A pack is a package; each folder in it is a problem and each other file of the folder a solver, so
that the path is the name (`k_medoids/fasterpam`). What a listing shows of a solver is read from
the syntax tree of its file and kept in an index; the file is imported when it is used.
"""

from __future__ import annotations

import dataclasses
import importlib.util
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pluggy

from harness import hookspecs
from harness.api import ROLES, Problem, Solver
from harness.index import Index
from harness.loading import PluginError, Source, load_class
from harness.selectors import Misuse, adapt, nearest, show, split, texts_of

ENTRY_POINTS = "bench_harness"
_NOT_SOLVERS = ("problem", "claims", "conftest")


@dataclass(frozen=True)
class SolverEntry:
    """A solver file as the catalogue knows it without importing it."""

    problem: str
    stem: str
    source: Source
    pack: str
    summary: str = ""
    role: str = "baseline"
    papers: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    error: str = ""
    growth: Mapping[str, Mapping[str, float]] = field(default_factory=dict, compare=False)
    space: Mapping[str, Sequence[Any]] = field(default_factory=dict, compare=False)

    @property
    def name(self) -> str:
        return f"{self.problem}/{self.stem}"

    def load(self) -> type[Solver]:
        """Import the solver's class.

        Raises:
            PluginError: where the file can't be used.
        """
        if self.error:
            raise PluginError(self.error)
        solver = load_class(self.source, Solver, "solver")
        parameters = getattr(solver, "__dataclass_params__", None)
        if (
            parameters is None
            or not parameters.frozen
            or "__dataclass_fields__" not in vars(solver)
        ):
            raise PluginError(
                f"{self.source.file}: {solver.__name__} must be a frozen dataclass; "
                "put @dataclass(frozen=True) above the class"
            )
        if solver.problem != self.problem:
            raise PluginError(
                f"{self.source.file}: {solver.__name__} says problem = {solver.problem!r}, "
                f"but it lies in the folder of {self.problem!r}"
            )
        if solver.role not in ROLES:
            raise PluginError(
                f"{self.source.file}: role = {solver.role!r}; expected {', '.join(ROLES)}"
            )
        for parameter in parameters_of(solver):
            if (
                parameter.default is dataclasses.MISSING
                and parameter.default_factory is dataclasses.MISSING
            ):
                raise PluginError(
                    f"{self.source.file}: parameter {parameter.name!r} has no default; "
                    "give it one, as every solver runs with its stated defaults"
                )
        return solver


def parameters_of(solver: type[Solver]) -> tuple[dataclasses.Field[Any], ...]:
    """The fields of a solver's class, which are its parameters."""
    return dataclasses.fields(solver)  # type: ignore[arg-type]  # a subclass that is a dataclass


@dataclass(frozen=True)
class Configured:
    """A solver with the parameters it will run with."""

    entry: SolverEntry
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The name on a leaderboard: the solver, and what differs from its defaults."""
        return show(self.entry.stem, self.given)


DefaultsOf = Callable[[SolverEntry], dict[str, Any]]


@dataclass(frozen=True)
class ProblemEntry:
    """A problem as the catalogue knows it."""

    name: str
    source: Source
    pack: str
    summary: str = ""
    error: str = ""

    def load(self) -> Problem:
        """Import the problem's class and make the one object of it.

        Raises:
            PluginError: where the file can't be used.
        """
        if self.error:
            raise PluginError(self.error)
        return load_class(self.source, Problem, "problem")()


class Catalogue:
    """All problems and solvers at hand.

    Attributes:
        problems: name -> entry.
        solvers: name (`problem/stem`) -> entry.
        claims: (name of the problem, file) of what states claims; no name where the file tells it.
        statistics: files given by `--plugin`; those of packs are found by `bench_statistics`.
        complaints: what could not be used, a sentence each; the rest works all the same.
    """

    def __init__(self, plugins: Sequence[str | Path] = (), index: Path | None = None) -> None:
        self.problems: dict[str, ProblemEntry] = {}
        self.solvers: dict[str, SolverEntry] = {}
        self.claims: list[tuple[str, Source]] = []
        self.statistics: list[Source] = []
        self.complaints: list[str] = []
        self.hooks = pluggy.PluginManager("bench_harness")
        self.hooks.add_hookspecs(hookspecs)
        self._index = Index(index)
        self._add_entry_points()
        # Folders first: a single file may solve a problem that one of them brings.
        for path in sorted((Path(path).absolute() for path in plugins), key=Path.is_file):
            self._add_path(path)
        self._index.save()

    def _add_entry_points(self) -> None:
        from importlib.metadata import entry_points

        for point in entry_points(group=ENTRY_POINTS):
            try:
                self.hooks.register(point.load(), point.name)
            except (Exception, SystemExit) as error:
                owner = point.dist.name if point.dist else "an unknown distribution"
                self.complaints.append(
                    f"entry point {point.name!r} of {owner} can't be loaded "
                    f"({type(error).__name__}: {error}); the other packs are not affected: "
                    f"mend it, or run `pip uninstall {owner}`"
                )
        for implementation in self.hooks.hook.bench_packs.get_hookimpls():
            try:
                names: list[str] = implementation.function()  # type: ignore[assignment]
                for name in names:
                    self._add_package(name)
            except (Exception, SystemExit) as error:
                self.complaints.append(
                    f"pack {implementation.plugin_name!r}: bench_packs() fails "
                    f"({type(error).__name__}: {error}); the other packs are not affected"
                )

    def _add_package(self, package: str) -> None:
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise PluginError(f"bench_packs() names {package!r}, which is no package")
        for location in spec.submodule_search_locations:
            for folder in _problem_folders(Path(location)):
                self._add_folder(folder, package, f"{package}.{folder.name}", "")

    def _add_path(self, path: Path) -> None:
        """A file, a problem's folder, one of statistics, or a folder of such folders."""
        if path.is_file():
            self._add_single_file(path)
        elif not path.is_dir():
            raise Misuse(f"--plugin {path}: there is no such file or folder")
        elif (path / "problem.py").exists():
            self._add_folder(path, path.name, path.name, str(path.parent))
        elif self._holds_statistics(path):
            self._add_statistics(path, path.name, str(path.parent))
        else:
            folders = list(_problem_folders(path))
            if not folders:
                raise Misuse(
                    f"--plugin {path}: the folder holds neither a problem.py nor folders with "
                    "solvers; expected a solver's or a statistic's file, a problem's folder or a "
                    "pack's"
                )
            for folder in folders:
                module = f"{path.name}.{folder.name}"
                self._add_folder(folder, path.name, module, str(path.parent))

    def _add_folder(self, folder: Path, pack: str, module: str, root: str) -> None:
        if self._holds_statistics(folder):
            if root:  # not installed, so that no hook names it
                self._add_statistics(folder, module, root)
            return
        for file in sorted(folder.glob("*.py")):
            source = Source(str(file), f"{module}.{file.stem}", root)
            if file.stem == "claims":
                self.claims.append((folder.name, source))
            if file.name.startswith("_") or file.stem in _NOT_SOLVERS[1:]:
                continue
            facts = self._index.facts(file)
            if file.stem == "problem":
                self._add_problem(folder.name, source, pack, facts)
            else:
                self._add_solver(folder.name, source, pack, facts)

    def _holds_statistics(self, folder: Path) -> bool:
        """Whether a pack's folder is one of statistics: it has one, and no problem."""
        files = [one for one in folder.glob("*.py") if not one.name.startswith("_")]
        if any(one.stem == "problem" for one in files):
            return False
        return any(self._index.facts(one)["statistic"] for one in files)

    def _add_statistics(self, folder: Path, module: str, root: str) -> None:
        for file in sorted(folder.glob("*.py")):
            source = Source(str(file), f"{module}.{file.stem}", root)
            if file.stem == "claims":
                self.claims.append(("", source))
            elif not file.name.startswith("_"):
                self.statistics.append(source)

    def _add_single_file(self, path: Path) -> None:
        if path.stem == "claims" or path.stem.endswith("_claims"):
            self.claims.append(("", Source(str(path))))
            return
        facts = self._index.facts(path)
        problem = facts.get("problem", "")
        source = Source(str(path))
        if facts["statistic"]:
            self.statistics.append(source)
            return
        if not problem:
            known = ", ".join(sorted(self.problems))
            raise Misuse(
                facts["error"]
                or f"{path} does not say which problem it solves; "
                f'expected problem = "..." in its class, one of: {known}; or, for a statistic, a '
                "class derived from harness.api.Statistic"
            )
        if problem not in self.problems:
            known = ", ".join(sorted(self.problems))
            hint = nearest(problem, self.problems) or f"there are {known or 'none'}"
            raise Misuse(f"{path} solves {problem!r}, which is no problem here; {hint}")
        self._add_solver(problem, source, "file", facts, strict=True)

    def _add_problem(self, name: str, source: Source, pack: str, facts: dict[str, Any]) -> None:
        if name in self.problems:
            self.complaints.append(
                f"problem {name!r} of {pack} is already taken by {self.problems[name].pack}; "
                "rename the folder"
            )
            return
        self.problems[name] = ProblemEntry(name, source, pack, facts["summary"], facts["error"])

    def _add_solver(
        self,
        problem: str,
        source: Source,
        pack: str,
        facts: dict[str, Any],
        strict: bool = False,
    ) -> None:
        stem = Path(source.file).stem
        entry = SolverEntry(
            problem,
            stem,
            source,
            pack,
            facts["summary"],
            facts["role"],
            tuple(facts["papers"]),
            tuple(facts["requires"]),
            facts["error"],
            facts["growth"],
            facts["space"],
        )
        if entry.name in self.solvers:
            taken = self.solvers[entry.name].source.file
            complaint = (
                f"the name {entry.name!r} of {source.file} is already taken by {taken}; "
                "rename the file"
            )
            if strict:
                raise Misuse(complaint)
            self.complaints.append(complaint)
            return
        self.solvers[entry.name] = entry

    def solvers_of(self, problem: str) -> list[SolverEntry]:
        """The solvers on one board, by name."""
        return [entry for _, entry in sorted(self.solvers.items()) if entry.problem == problem]

    def problem(self, name: str) -> ProblemEntry:
        """The problem of that name.

        Raises:
            Misuse: where there is none; names the nearest.
        """
        if name in self.problems:
            return self.problems[name]
        hint = nearest(name, self.problems) or "`bench list` names them all"
        raise Misuse(f"there is no problem {name!r}; {hint}")

    def select_solvers(
        self, problem: str, texts: Iterable[str], defaults_of: DefaultsOf
    ) -> list[Configured]:
        """The solvers that selectors name; all of the board's where there are none.

        Args:
            problem: name of the problem.
            texts: selectors.
            defaults_of: tells the parameters of a solver with their defaults.

        Raises:
            Misuse: for an unknown name or parameter; names the nearest.
        """
        chosen = [item for text in texts for item in split(text)]
        if not chosen:
            return [Configured(entry) for entry in self.solvers_of(problem)]
        return list(self._configure(problem, chosen, defaults_of))

    def _configure(
        self, problem: str, chosen: Sequence[str], defaults_of: DefaultsOf
    ) -> Iterator[Configured]:
        seen = set()
        for text in chosen:
            name, given = texts_of(text)
            full = name if "/" in name else f"{problem}/{name}"
            if full not in self.solvers or not full.startswith(problem + "/"):
                hint = nearest(full, (entry.name for entry in self.solvers_of(problem)))
                raise Misuse(
                    f"there is no solver {name!r} for {problem}; "
                    + (hint or f"`bench show {problem}` names them all")
                )
            entry = self.solvers[full]
            checked = solver_parameters(entry, given, defaults_of(entry)) if given else {}
            configured = Configured(entry, checked)
            if configured.label not in seen:
                seen.add(configured.label)
                yield configured


def solver_parameters(
    entry: SolverEntry, given: dict[str, Any], defaults: dict[str, Any]
) -> dict[str, Any]:
    """The given parameters, checked against the solver's own; what is a default is left out.

    Raises:
        Misuse: for an unknown name, or a value of another type.
    """
    checked = {}
    for name, value in given.items():
        if name not in defaults:
            hint = nearest(name, defaults) or f"it has {', '.join(defaults) or 'none'}"
            raise Misuse(f"solver {entry.name} has no parameter {name!r}; {hint}")
        value = adapt(value, defaults[name], f"{name} of solver {entry.name}")
        if value != defaults[name]:
            checked[name] = value
    return {name: checked[name] for name in defaults if name in checked}


def _problem_folders(pack: Path) -> Iterator[Path]:
    for folder in sorted(pack.iterdir()):
        if folder.is_dir() and folder.name.isidentifier() and not folder.name.startswith("_"):
            yield folder
