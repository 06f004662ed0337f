"""The shelf of statistics: names -> objects, those of the harness and those of packs."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping
from pathlib import Path

from harness.catalogue import Catalogue
from harness.findings import GROUPS, Statistic
from harness.index import Index
from harness.loading import PluginError, Source, load_class

# What stands in the folder of the harness's own statistics and is none.
_NO_STATISTICS = ("board", "leaderboard", "shelf", "sound")
_CLAIMS = "claims"  # in a package of statistics: what their papers claim


def statistics_of(catalogue: Catalogue) -> tuple[dict[str, Statistic], list[str]]:
    """All statistics by name, those of one group together, and what could not be used."""
    found: dict[str, Statistic] = {}
    complaints: list[str] = []
    for source, owner in _sources(catalogue, complaints):
        name = Path(source.file).stem
        if name in found:
            complaints.append(
                f"the name {name!r} of {source.file} is already taken by "
                f"{type(found[name]).__module__}; rename the file"
            )
            continue
        try:
            found[name] = _checked(load_class(source, Statistic, "statistic"), source)
        except PluginError as error:
            complaints.append(
                f"statistic {name!r} of {owner} can't be used: {error}; the others are not "
                "affected: mend it, or tell whoever wrote it"
            )
    order = list(GROUPS)
    ordered = sorted(found.items(), key=lambda item: (order.index(item[1].group), item[0]))
    return dict(ordered), complaints


def by_paper(catalogue: Catalogue) -> dict[str, list[str]]:
    """Paper key -> names of the statistics that it brought, read without importing them."""
    index = Index(None)
    found: dict[str, list[str]] = {}
    for source, _ in _sources(catalogue, []):
        facts = index.facts(Path(source.file))
        for key in () if facts["error"] else facts["papers"]:
            found.setdefault(key, []).append(Path(source.file).stem)
    index.save()
    return found


def stated_growth(
    catalogue: Catalogue, problem: str, solvers: Mapping[str, str]
) -> dict[str, Mapping[str, Mapping[str, float]]]:
    """Label -> the exponents that its solver states, where it is installed and states any.

    Args:
        catalogue: what is installed.
        problem: whose board.
        solvers: label -> name of the solver's file.
    """
    entries = {label: catalogue.solvers.get(f"{problem}/{name}") for label, name in solvers.items()}
    return {label: entry.growth for label, entry in entries.items() if entry and entry.growth}


def claim_files(catalogue: Catalogue) -> list[Source]:
    """The files `claims.py` beside statistics of packs."""
    return [one for one, _ in _files(catalogue, []) if Path(one.file).stem == _CLAIMS]


def _checked(kind: type[Statistic], source: Source) -> Statistic:
    if not kind.title:
        raise PluginError(f"{source.file}: {kind.__name__} has no title; give it one")
    for name in ("title", "source"):
        if not isinstance(value := getattr(kind, name), str):
            raise PluginError(f"{source.file}: {name} = {value!r}; expected a text")
    if not isinstance(kind.group, str) or kind.group not in GROUPS:
        raise PluginError(f"{source.file}: group = {kind.group!r}; expected {', '.join(GROUPS)}")
    papers = kind.papers
    if not isinstance(papers, tuple | list) or not all(isinstance(one, str) for one in papers):
        raise PluginError(
            f'{source.file}: papers = {papers!r}; expected a tuple of texts, such as ("name",)'
        )
    try:
        return kind()
    except (Exception, SystemExit) as error:
        raise PluginError(
            f"{source.file}: {kind.__name__}() fails ({type(error).__name__}: {error}); a "
            "statistic takes no arguments"
        ) from None


def _sources(catalogue: Catalogue, complaints: list[str]) -> Iterator[tuple[Source, str]]:
    files = _files(catalogue, complaints)
    return ((one, owner) for one, owner in files if Path(one.file).stem != _CLAIMS)


def _files(catalogue: Catalogue, complaints: list[str]) -> Iterator[tuple[Source, str]]:
    here = Path(__file__).parent
    for file in sorted(here.glob("*.py")):
        if not file.name.startswith("_") and file.stem not in _NO_STATISTICS:
            yield Source(str(file), f"harness.statistics.{file.stem}"), "the harness"
    for source in catalogue.statistics:
        yield source, "--plugin"
    for implementation in catalogue.hooks.hook.bench_statistics.get_hookimpls():
        owner = str(implementation.plugin_name)
        try:
            packages: list[str] = implementation.function()  # type: ignore[assignment]
            yield from _of_packages(packages, owner)
        except (Exception, SystemExit) as error:
            complaints.append(
                f"pack {owner!r}: bench_statistics() fails ({type(error).__name__}: {error}); "
                "the other packs are not affected"
            )


def _of_packages(packages: list[str], owner: str) -> Iterator[tuple[Source, str]]:
    for package in packages:
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise PluginError(f"bench_statistics() names {package!r}, which is no package")
        for location in spec.submodule_search_locations:
            for file in sorted(Path(location).glob("*.py")):
                if not file.name.startswith("_"):
                    yield Source(str(file), f"{package}.{file.stem}"), owner
