"""Numbers cut to the digits that an eye can see, which keeps the charts' data small."""

from __future__ import annotations

from collections.abc import Iterable


def rounded(value: float, digits: int = 4) -> float:
    """The number with so many significant digits."""
    return float(f"{value:.{digits}g}")


def rounded_all(values: Iterable[float], digits: int = 4) -> list[float]:
    """Each number with so many significant digits."""
    form = f".{digits}g"
    return [float(format(value, form)) for value in values]
