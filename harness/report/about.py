"""The page about the statistics: what each is, where it comes from, where it is shown."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from harness.findings import GROUPS, Statistic
from harness.report.prose import first_sentences, prose


@dataclass(frozen=True)
class Explained:
    """A statistic with its explanation; `shown` are the problems on whose pages it stands."""

    name: str
    title: str
    group: str
    source: str
    papers: tuple[str, ...]
    summary: str
    text: Markup
    shown: tuple[str, ...]


def explained(
    statistics: Mapping[str, Statistic], shown: Mapping[str, list[str]]
) -> list[tuple[str, list[Explained]]]:
    """(heading, statistics) of each group that has some.

    Args:
        statistics: name -> statistic.
        shown: name -> names of the problems on whose pages it stands.
    """
    found: dict[str, list[Explained]] = {heading: [] for heading in GROUPS.values()}
    for name, statistic in statistics.items():
        doc = inspect.cleandoc(
            getattr(sys.modules.get(type(statistic).__module__), "__doc__", None) or ""
        )
        found[GROUPS[statistic.group]].append(
            Explained(
                name=name,
                title=statistic.title,
                group=statistic.group,
                source=statistic.source,
                papers=tuple(statistic.papers),
                summary=first_sentences(doc),
                text=prose(doc),
                shown=tuple(shown.get(name, ())),
            )
        )
    return [(heading, group) for heading, group in found.items() if group]
