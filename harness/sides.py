"""What a user means by two sides: runs, machines, commits, solvers of a problem, or folders.

A side is the records of one machine; where both sides have records of several machines, each
machine is compared by itself.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness import tables
from harness.selectors import Misuse, nearest
from harness.store import Results, is_run, load

KINDS = ("run", "machine", "commit", "solver", "folder")
_EXPECTED = (
    "expected two runs, machines, commits, solvers (problem/solver) or results folders; "
    "`bench compare` alone lists them"
)
_SHORTEST = 4  # characters of the beginning of a commit


@dataclass(frozen=True)
class Side:
    """One side.

    Attributes:
        name: as it is shown. machine: its id.
        frame: its records, as `tables.current` gives them.
        label: of the solver, where two solvers are compared.
        environments: id -> facts of the environments of its records.
    """

    name: str
    machine: str
    frame: Any
    label: str = ""
    environments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """The sides: pairs of them, one for each machine.

    Attributes:
        kind: one of `KINDS`. pairs: (A, B).
        results: by which problems are looked up, that of B. complaints: of what was read.
    """

    kind: str
    pairs: tuple[tuple[Side, Side], ...]
    results: Results
    complaints: tuple[str, ...] = ()


def find(
    a: str,
    b: str,
    results: Path,
    kind: str | None = None,
    machine: str | None = None,
    across: bool = False,
) -> Found:
    """The sides that two words mean.

    Args:
        a, b: the words.
        results: the folder in which runs, machines, commits and solvers are looked for.
        kind: what they are, where the words could mean several things.
        machine: compare only records of this machine (an id or its beginning).
        across: compare also where the two are of different machines.

    Raises:
        Misuse: where a word means nothing, or several things, or machines would be mixed.
        StoreError: where the results can't be read.
    """
    if kind == "folder" or (kind is None and _is_folder(a) and _is_folder(b)):
        return _of_folders(Path(a), Path(b), machine, across)
    names = _run_names(results)
    runs = [_match(word, names) for word in (a, b)]
    if all(len(found) == 1 for found in runs) and kind in (None, "run"):
        loaded = load(results, runs=[run for found in runs for run in found])
    else:
        loaded = load(results)
    frame = tables.records(loaded)
    tried = {name: _sides(name, loaded, frame) for name in KINDS[:-1] if kind in (None, name)}
    fitting = {
        name: [_match(word, known) for word in (a, b)]
        for name, known in tried.items()
        if all(_match(word, known) for word in (a, b))
    }
    if not fitting:
        raise _unknown(a, b, tried, kind)
    if len(fitting) > 1:
        raise Misuse(
            f"{a!r} and {b!r} could be {' or '.join(f'{name}s' for name in fitting)}; "
            f"say which with --kind {' or --kind '.join(fitting)}"
        )
    ((name, matches),) = fitting.items()
    chosen = [_only(word, name, found) for word, found in zip((a, b), matches, strict=True)]
    if chosen[0] == chosen[1]:
        raise Misuse(f"both sides are the {name} {chosen[0]}; name two different ones")
    known = tried[name]
    if name == "solver":
        _same_problem(chosen)
    keep = [frame[known[one]] for one in chosen]
    pairs = _by_machine(name, chosen, keep, [loaded, loaded], machine, across or name == "machine")
    return Found(name, tuple(pairs), loaded, tuple(loaded.complaints))


def listed(results: Path) -> dict[str, list[str]]:
    """Kind -> what there is of it in a results folder, the newest first; solvers by name."""
    loaded = load(results)
    frame = tables.records(loaded)
    found = {name: list(_sides(name, loaded, frame)) for name in KINDS[:-1]}
    found["run"].sort(reverse=True)
    return found


def _is_folder(word: str) -> bool:
    path = Path(word)
    try:
        return path.is_dir() and (is_run(path) or any(is_run(one) for one in path.iterdir()))
    except OSError:
        return False


def _run_names(results: Path) -> list[str]:
    try:
        return sorted(path.name for path in results.iterdir() if is_run(path))
    except OSError:
        return []


def _sides(kind: str, loaded: Results, frame: Any) -> dict[str, Any]:
    """What there is of a kind -> which rows of the frame are of it."""
    if kind == "run":
        return {str(run): frame["run"] == run for run in dict.fromkeys(frame["run"])}
    if kind == "machine":
        return {str(name): frame["machine"] == name for name in tables.machines(frame)}
    if kind == "commit":
        found: dict[str, list[str]] = {}
        for environment, facts in environments(loaded).items():
            commit = facts.get("commit")
            if isinstance(commit, str) and commit:
                found.setdefault(commit, []).append(environment)
        used = {name: frame["environment"].isin(ids) for name, ids in found.items()}
        return {name: rows for name, rows in used.items() if rows.any()}
    pairs = frame[["problem", "label"]].drop_duplicates().itertuples(index=False)
    return {
        f"{problem}/{label}": (frame["problem"] == problem) & (frame["label"] == label)
        for problem, label in sorted((str(p), str(label)) for p, label in pairs)
    }


def environments(results: Results) -> dict[str, dict[str, Any]]:
    """Id -> facts of all environments that the runs tell of."""
    found: dict[str, dict[str, Any]] = {}
    for header in results.runs.values():
        told = header.get("environments")
        if isinstance(told, dict):
            found.update({str(k): v for k, v in told.items() if isinstance(v, dict)})
    return found


def _match(word: str, known: Sequence[str] | Mapping[str, Any]) -> list[str]:
    """The names that a word means: the name itself, else those that begin with it.

    A commit may also be given longer than it was noted, and without what `git describe` adds.
    """
    if word in known:
        return [word]
    if len(word) < _SHORTEST:
        return []
    found = [name for name in known if "/" not in name and name.startswith(word)]
    if found or "/" in word:
        return found
    tails = {name: name.rstrip("+").rpartition("-g")[2] for name in known}
    return [n for n, tail in tails.items() if len(tail) >= 7 and _same_commit(word, tail)]


def _same_commit(word: str, commit: str) -> bool:
    hexadecimal = all(letter in "0123456789abcdef" for letter in word + commit)
    return hexadecimal and (word.startswith(commit) or commit.startswith(word))


def _only(word: str, kind: str, found: list[str]) -> str:
    if len(found) > 1:
        raise Misuse(
            f"{word!r} is the beginning of {len(found)} {kind}s: {', '.join(found[:5])}; "
            "write more of it"
        )
    return found[0]


def _unknown(a: str, b: str, tried: Mapping[str, Mapping[str, Any]], kind: str | None) -> Misuse:
    """Which of the words means nothing, or that they mean different things."""
    for word in (a, b):
        if not any(_match(word, known) for known in tried.values()):
            hint = nearest(word, [name for known in tried.values() for name in known])
            what = f"no {kind}" if kind else "no run, machine, commit or solver"
            path = Path(word)
            if path.exists():
                hint = "it is no results folder" if kind is None else f"it is no {kind}"
            return Misuse(f"there is {what} {word!r} in the results; {hint or _EXPECTED}")
    kinds = [next(n for n, known in tried.items() if _match(word, known)) for word in (a, b)]
    return Misuse(f"{a!r} is a {kinds[0]} and {b!r} a {kinds[1]}; {_EXPECTED}")


def _same_problem(chosen: Sequence[str]) -> None:
    problems = [one.partition("/")[0] for one in chosen]
    if problems[0] != problems[1]:
        raise Misuse(
            f"{chosen[0]} and {chosen[1]} are solvers of different problems; "
            "only solvers of one problem can be compared"
        )


def _of_folders(a: Path, b: Path, machine: str | None, across: bool) -> Found:
    if a.exists() and b.exists() and os.path.samefile(a, b):
        raise Misuse(f"{a} and {b} are the same folder; name two different ones")
    loaded = [load(a), load(b)]
    frames = [tables.records(one) for one in loaded]
    names = [str(a), str(b)]
    pairs = _by_machine("folder", names, frames, loaded, machine, across)
    complaints = [complaint for one in loaded for complaint in one.complaints]
    return Found("folder", tuple(pairs), loaded[1], tuple(complaints))


def _by_machine(
    kind: str,
    names: Sequence[str],
    frames: Sequence[Any],
    loaded: Sequence[Results],
    machine: str | None,
    across: bool,
) -> Iterator[tuple[Side, Side]]:
    """The pairs of sides of one machine, or of two different ones where that is wanted."""
    for name, frame in zip(names, frames, strict=True):
        if frame.empty:
            raise Misuse(f"{name} holds no record; name another {kind}")
    has = [tables.machines(frame) for frame in frames]
    common = [one for one in has[0] if one in has[1]]
    if machine is not None:
        common = _only_machine(machine, common, names)
    pairs = [(one, one) for one in common]
    if not common:
        if not across:
            raise Misuse(
                f"{names[0]} was measured on machine {', '.join(has[0])}, {names[1]} on "
                f"{', '.join(has[1])}; times of different machines tell of the machines: name "
                "results of one machine, or compare them as such with --across-machines"
            )
        if len(has[0]) > 1 or len(has[1]) > 1:
            raise Misuse("a side holds several machines, which are never mixed; name two machines")
        pairs = [(has[0][0], has[1][0])]
    if kind == "solver" and machine is None:
        pairs = pairs[:1]  # as in tables and pages, the machine of the latest run
    for machines in pairs:
        yield (
            _side(kind, names[0], frames[0], loaded[0], machines[0]),
            _side(kind, names[1], frames[1], loaded[1], machines[1]),
        )


def _only_machine(machine: str, common: list[str], names: Sequence[str]) -> list[str]:
    found = _match(machine, common)
    if not found:
        there = ", ".join(common) or "none"
        raise Misuse(
            f"{names[0]} and {names[1]} have no machine {machine!r} in common; they have {there}"
        )
    return [_only(machine, "machine", found)]


def _side(kind: str, name: str, frame: Any, loaded: Results, machine: str) -> Side:
    mine = tables.current(frame, machine)
    known = environments(loaded)
    used = [str(one) for one in dict.fromkeys(mine["environment"]) if one]
    label = name.partition("/")[2] if kind == "solver" else ""
    return Side(name, machine, mine, label, {one: known[one] for one in used if one in known})


_TOLD = ("harness", "commit", "python", "system", "distribution", "compiler", "governor")


def differences(a: Side, b: Side) -> list[tuple[str, str, str]]:
    """(what, in A, in B): what else differs between the sides, and so may be the reason."""
    found = [(name, *(_said(side, name) for side in (a, b))) for name in _TOLD]
    libraries = [_libraries(side) for side in (a, b)]
    for name in sorted({*libraries[0], *libraries[1]}):
        found.append((name, libraries[0].get(name, ""), libraries[1].get(name, "")))
    limits = [_limits(side) for side in (a, b)]
    for name in limits[0]:
        if name in limits[1]:
            found.append((name, limits[0][name], limits[1][name]))
    return [(what, one, other) for what, one, other in found if one != other]


def _said(side: Side, name: str) -> str:
    return _joined(facts.get(name) for facts in side.environments.values())


def _libraries(side: Side) -> dict[str, str]:
    told = [facts.get("libraries") for facts in side.environments.values()]
    versions = [one for one in told if isinstance(one, dict)]
    names = {str(name) for one in versions for name in one}
    return {name: _joined(one.get(name) for one in versions) for name in names}


def _limits(side: Side) -> dict[str, str]:
    """Problem and kind -> the budgets of its rows."""
    found: dict[str, str] = {}
    for (problem, kind), group in side.frame.groupby(["problem", "kind"], sort=False)["budget"]:
        texts = {json.dumps(one, sort_keys=True) for one in group if isinstance(one, dict)}
        found[f"limits of {problem} ({kind})"] = ", ".join(sorted(texts))
    return found


def _joined(values: Iterable[Any]) -> str:
    return ", ".join(dict.fromkeys(str(value) for value in values if value not in (None, "")))
