"""The catalogue of papers, and which of them work here.

The list is data (`plugins/papers.csv`); whether a paper works is derived from the installed
plugins: a solver of role "paper" names it, and can be made. Its file is asked in a process of its
own.
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import harness
from harness.catalogue import Catalogue
from harness.loading import PluginError
from harness.machine import missing


@dataclass(frozen=True)
class Paper:
    """A row of the catalogue; `kind` is its class: algorithm, core, problem, analysis or none."""

    key: str
    title: str
    family: str
    kind: str


def papers_file() -> Path:
    """Where the list is: in the installed package, or in the checkout."""
    package = Path(harness.__file__).resolve().parent
    installed = package / "papers.csv"
    return installed if installed.exists() else package.parent / "plugins" / "papers.csv"


def load_papers() -> list[Paper]:
    """All rows, in the order of the file."""
    with papers_file().open(newline="", encoding="utf-8") as file:
        return [
            Paper(row["key"], row["title"], row["family"], row["class"])
            for row in csv.DictReader(file)
        ]


def solvers_by_paper(
    catalogue: Catalogue, wanted: Collection[str] | None = None
) -> dict[str, list[str]]:
    """Paper key -> names of the solvers that implement it, and can be loaded and run here.

    Where `wanted` names papers, no solvers of others are asked for.
    """
    found: dict[str, list[str]] = {}
    named = {
        entry.name: [key for key in entry.papers if wanted is None or key in wanted]
        for entry in catalogue.solvers.values()
        if entry.role == "paper" and not missing(entry.requires)
    }
    asked = {name: keys for name, keys in named.items() if keys}
    if not asked:
        return found
    from harness.declare import Declarer

    with Declarer() as declarer:
        for name, keys in asked.items():
            try:
                declarer.parameters(catalogue.solvers[name])
            except PluginError:
                continue
            for key in keys:
                found.setdefault(key, []).append(name)
    return found
