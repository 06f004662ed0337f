"""Where things stand in the site: the file of each page, and links to it.

Names come from strangers and may be anything; files are named after them with letters, digits and
hyphens, and differ also where the names differ in case alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

_MOST = 80  # characters of a file's name


def file_names(names: Iterable[str], nameless: str = "unnamed") -> dict[str, str]:
    """Name -> a file name that is safe everywhere, different for each."""
    files: dict[str, str] = {}
    taken: set[str] = set()
    turns: dict[str, int] = {}
    for name in names:
        wanted = re.sub(r"[^A-Za-z0-9_-]+", "-", name[:1000])[:_MOST].strip("-") or nameless
        proposed = wanted
        while proposed.lower() in taken:
            turns[wanted.lower()] = turns.get(wanted.lower(), 1) + 1
            proposed = f"{wanted}-{turns[wanted.lower()]}"
        taken.add(proposed.lower())
        files[name] = proposed
    return files


def tuned_key(problem: str) -> str:
    """Under which links know a problem's page with tuned settings; no problem has such a name."""
    return f"{problem}\0tuned"


@dataclass(frozen=True)
class Links:
    """The pages of a site, as paths from its root; "" where there is no such page.

    Attributes:
        problems: name, or `tuned_key(name)`, -> file name. solvers: problem/stem -> file name,
            with that of the problem.
        papers, statistics, environments, claims: key -> file name, or anchor.
        compare: whether two solvers can be compared on a page of its own.
    """

    problems: Mapping[str, str] = field(default_factory=dict)
    solvers: Mapping[str, str] = field(default_factory=dict)
    papers: Mapping[str, str] = field(default_factory=dict)
    statistics: Mapping[str, str] = field(default_factory=dict)
    environments: Mapping[str, str] = field(default_factory=dict)
    claims: Mapping[str, str] = field(default_factory=dict)
    compare: bool = False

    def problem(self, name: str) -> str:
        """The page of a problem."""
        return f"problems/{self.problems[name]}.html" if name in self.problems else ""

    def solver(self, name: str) -> str:
        """The page of a solver, named as in the catalogue: `problem/stem`."""
        return f"solvers/{self.solvers[name]}.html" if name in self.solvers else ""

    def source(self, name: str) -> str:
        """The text of a solver's file."""
        return f"solvers/{self.solvers[name]}.txt"

    def paper(self, key: str) -> str:
        """The page of a paper."""
        return f"papers/{self.papers[key]}.html" if key in self.papers else ""

    def statistic(self, name: str) -> str:
        """Where a statistic is explained."""
        anchor = self.statistics.get(name)
        return f"statistics.html#{anchor}" if anchor else ""

    def environment(self, name: str) -> str:
        """Where an environment is described."""
        anchor = self.environments.get(name)
        return f"environments.html#{anchor}" if anchor else ""

    def claim(self, key: str) -> str:
        """Where a claim stands with its verdict."""
        anchor = self.claims.get(key)
        return f"claims.html#{anchor}" if anchor else ""

    def data(self, problem: str, what: str) -> str:
        """The CSV of a table."""
        return f"data/{self.problems[problem]}/{what}.csv"

    def badge(self, problem: str) -> str:
        """The badge of a problem."""
        return f"badges/{self.problems[problem]}.svg"

    def claim_badge(self, key: str) -> str:
        """The badge of a claim."""
        return f"badges/claims/{self.claims[key].removeprefix('claim-')}.svg"

    def citations(self, problem: str, ending: str) -> str:
        """What a problem's page cites, ending in bib or json."""
        return f"citations/{self.problems[problem]}.{ending}"

    def comparison(self, problem: str, one: str, other: str) -> str:
        """Two solvers of a problem side by side."""
        if not self.compare or one == other:
            return ""
        pairs = (("problem", problem), ("a", one), ("b", other))
        return "compare.html?" + "&".join(f"{key}={quote(text, safe='')}" for key, text in pairs)
