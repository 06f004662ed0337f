"""Selectors of claims, held against the names that records give to what they select.

A verdict rests on the records that carry a claim's own words, so that "pam[k=5]" finds nothing
where 5 is the default, or where records write the parameters in another order.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from harness.cases import make_case
from harness.catalogue import Catalogue, SolverEntry
from harness.declare import Declarer
from harness.loading import PluginError
from harness.selectors import Misuse, split

if TYPE_CHECKING:
    from harness.claims import Stated

Named = Callable[[str], list[str]]  # a selector -> what records call that which it selects


def misnamed(catalogue: Catalogue, claims: Iterable[Stated]) -> list[str]:
    """What claims name otherwise than records do, or what is not there: a sentence for each.

    A solver's file is asked for its defaults once. Of files that can't be used nothing is said
    here: what is run of them tells it.
    """
    with Declarer() as declarer:
        defaults = _remembered(declarer)
        return [
            complaint
            for one in claims
            if one.claim.quantity is not None
            for selectors, named in (
                (one.claim.quantity.solvers, _solvers(catalogue, one.problem, defaults)),
                (one.claim.quantity.cases, _cases(catalogue, one.problem)),
            )
            for complaint in _complaints(one.key, selectors, named)
        ]


def _remembered(declarer: Declarer) -> Callable[[SolverEntry], dict[str, Any]]:
    known: dict[str, dict[str, Any]] = {}

    def defaults(entry: SolverEntry) -> dict[str, Any]:
        if entry.name not in known:
            known[entry.name] = declarer.parameters(entry)
        return known[entry.name]

    return defaults


def _solvers(
    catalogue: Catalogue, problem: str, defaults: Callable[[SolverEntry], dict[str, Any]]
) -> Named:
    return lambda text: [who.label for who in catalogue.select_solvers(problem, [text], defaults)]


def _cases(catalogue: Catalogue, problem: str) -> Named:
    @functools.cache
    def loaded() -> Any:
        return catalogue.problem(problem).load()

    return lambda text: [str(make_case(problem, loaded(), part)) for part in split(text)]


def _complaints(key: str, selectors: Sequence[str], named: Named) -> Iterator[str]:
    for text in selectors:
        try:
            known = named(text)
        except Misuse as error:
            yield f"claim {key} names {text!r}: {error}"
            continue
        except PluginError:
            continue
        if known != [text]:
            called = " and ".join(known)
            yield f"claim {key} names {text!r}, which records call {called}; write it so"
