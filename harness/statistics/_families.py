"""Families of cases in which nothing but one size differs, found from the cases' names."""

from __future__ import annotations

from collections.abc import Mapping

from harness.selectors import Misuse, parse, show


def family_of(case: str, sizes: Mapping[str, float], size: str) -> str:
    """The case without the size: without the parameter of that name, or one that holds that number
    and names no other size; and without the number of the draw.

    Args:
        case: as users type it, such as `mixture[n=2000,k=20]`.
        sizes: of its instance.
        size: the entry of the sizes that may differ.
    """
    try:
        name, given = parse(case)
    except Misuse:
        return case
    kept = {
        key: value
        for key, value in given.items()
        if key not in (size, "draw") and (key in sizes or value != sizes.get(size))
    }
    return show(name, dict(sorted(kept.items())))


def families(cases: Mapping[str, Mapping[str, float]], size: str) -> dict[str, dict[str, float]]:
    """Family -> case -> the size; those in which it takes more than one value, the longest first.

    Sizes that a case gives no parameter for may follow the one that differs, as the number of a
    graph's edges follows that of its nodes.

    Args:
        cases: case -> sizes of its instance.
        size: the entry of the sizes that may differ; only positive ones count.
    """
    found: dict[str, dict[str, float]] = {}
    for case, sizes in cases.items():
        if sizes.get(size, 0) > 0:
            family = family_of(case, sizes, size)
            found.setdefault(family, {})[case] = float(sizes[size])
    varied = {
        family: members for family, members in found.items() if len(set(members.values())) > 1
    }
    return dict(sorted(varied.items(), key=lambda item: -len(set(item[1].values()))))
