"""What a solver is tuned over: the space that it declares, and settings drawn from it.

A space names, for each parameter worth tuning, a range as a literal:

    space: ClassVar = {
        "learning_rate": ("log", 1e-4, 1.0),      # uniform in its logarithm
        "momentum": ("linear", 0.0, 0.99),
        "memory": ("integer", 1, 50),             # both ends included
        "batch": ("log integer", 1, 1024),
        "nesterov": ("choice", True, False),
    }

Settings are points of a scrambled Halton sequence (Owen 2017), which cover the space evenly however
many there are, so that more trials go on where fewer ended. The first setting is always that of
the solver's own defaults.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

Space = Mapping[str, Sequence[Any]]

_DIGITS = 3  # significant ones of a setting: what a label can show
_TRIES = 50  # points looked at for one setting that was not there yet


def fault(space: Any) -> str:
    """What is wrong with a declared space, as a sentence; empty where it is one."""
    if not isinstance(space, Mapping) or not all(isinstance(name, str) for name in space):
        return 'expected ranges by parameter, such as {"learning_rate": ("log", 1e-4, 1.0)}'
    for name, given in space.items():
        said = _range_fault(given)
        if said:
            return f"the range of {name} is {given!r}; expected {said}"
    return ""


def settings(space: Space, count: int) -> list[dict[str, Any]]:
    """The first `count` settings of a space, all different; fewer where it has no more.

    Returns:
        parameters by name, the first time none: the defaults.
    """
    found: list[dict[str, Any]] = [{}]
    if not space or count < 2:
        return found[:count]
    seen = set()
    for point in _points(len(space), _TRIES * count):
        drawn = {
            name: _drawn(given, float(at))
            for (name, given), at in zip(space.items(), point, strict=True)
        }
        text = repr(drawn)
        if text not in seen:
            seen.add(text)
            found.append(drawn)
            if len(found) == count:
                break
    return found


def _points(dimensions: int, count: int) -> Any:
    from scipy.stats import qmc

    return qmc.Halton(dimensions, scramble=True, rng=0).random(count)


def _drawn(given: Sequence[Any], at: float) -> Any:
    """The value at a share of the way through a range."""
    kind = given[0]
    if kind == "choice":
        return given[1 + min(int(at * (len(given) - 1)), len(given) - 2)]
    low, high = given[1:]
    if kind == "integer":
        return min(int(low + at * (high - low + 1)), high)
    if kind == "log integer":
        # Each integer has the share of the logarithms that round to it.
        start, stop = math.log(low - 0.5 if low > 1 else 0.75), math.log(high + 0.5)
        return min(max(round(math.exp(start + at * (stop - start))), low), high)
    if kind == "log":
        value = math.exp(math.log(low) + at * (math.log(high) - math.log(low)))
    else:
        value = low + at * (high - low)
    return float(f"{min(max(value, low), high):.{_DIGITS}g}")


def _range_fault(given: Any) -> str:
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        return 'a tuple such as ("log", 1e-4, 1.0)'
    kind, ends = given[0], list(given[1:])
    if kind == "choice":
        plain = all(isinstance(end, str | int | float | bool) for end in ends)
        return "" if len(ends) > 1 and plain else "two or more texts, numbers or truth values"
    if kind not in ("log", "linear", "integer", "log integer"):
        return "log, linear, integer, log integer or choice first"
    whole = kind.endswith("integer")
    for end in ends:
        if isinstance(end, bool) or not isinstance(end, int if whole else int | float):
            return f"two {'integers' if whole else 'numbers'} after {kind!r}"
    if len(ends) != 2 or not ends[0] < ends[1] or not all(map(math.isfinite, ends)):
        return f"after {kind!r} the least value and a larger one, the greatest"
    if kind.startswith("log") and ends[0] <= 0:
        return f"numbers above 0 after {kind!r}"
    return ""
