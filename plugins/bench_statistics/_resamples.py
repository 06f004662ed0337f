"""Cases that resample one data set: how a pack declares them, and how statistics find them.

A family of cases says by its parameters which resample of its data set an instance is:

- `split` (default 0) and `half` (default 0): the data shuffled by `split` and cut in two; `half`
  is the part that is trained on, the other one is the test set. 5x2 cross-validation is the splits
  0 to 4 with the halves 0 and 1. A family with `split` alone has holdouts of another size; it
  tells it by the sizes `train` and `test` of its instances.
- `boot` (default 1): 0 trains and tests on the whole data set (the apparent error); b >= 1 trains
  on the b-th bootstrap resample and tests on what that left out.

The data set must be the same for all of them: a problem draws it from a generator of its own,
seeded by `case.draw`, as the generator that `make` is given is another one for each case.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_DEFAULTS = {"split": 0, "half": 0, "boot": 1}
_ALPHA = 0.05


def resample_of(case: str) -> tuple[str, dict[str, int]]:
    """The data set of a case, and which resample of it the case is.

    Args:
        case: as records name it, such as "iris[split=1,half=1]"; defaults are not written.

    Returns:
        the case without `split`, `half` and `boot`, and those of the three that are written.
    """
    family, _, rest = case.partition("[")
    kept, given = [], {}
    for part in rest.removesuffix("]").split(",") if rest else []:
        name, _, value = part.partition("=")
        if name in _DEFAULTS and value.isdecimal():
            given[name] = int(value)
        else:
            kept.append(part)
    return f"{family}[{','.join(kept)}]" if kept else family, given


def resamples(cases: tuple[str, ...], *names: str) -> dict[str, dict[tuple[int, ...], str]]:
    """Data set -> values of these parameters -> case, of data sets with several resamples."""
    found: dict[str, dict[tuple[int, ...], str]] = {}
    for case in cases:
        data, given = resample_of(case)
        if set(given) <= set(names):
            key = tuple(given.get(name, _DEFAULTS[name]) for name in names)
            found.setdefault(data, {})[key] = case
    return {data: known for data, known in found.items() if len(known) > 1}


def independent(cases: tuple[str, ...]) -> list[str]:
    """Cases whose test items don't overlap: of each data set one split, or one resample.

    The halves of one split have different test items, and both stay.
    """
    best: dict[str, tuple[int, int]] = {}
    places = []
    for case in cases:
        data, given = resample_of(case)
        place = (given.get("split", _DEFAULTS["split"]), given.get("boot", _DEFAULTS["boot"]))
        places.append((data, place))
        if place[1] > 0:  # boot=0 tests on what was trained on
            best[data] = min(best.get(data, place), place)
    return [
        case for case, (data, place) in zip(cases, places, strict=True) if best.get(data) == place
    ]


def mean_cost(board: Any) -> dict[tuple[str, str], float]:
    """(label, case) -> the mean cost over seeds; only where no run failed."""
    traces = board.traces
    groups = traces.groupby(["label", "case"])
    whole = ~groups["failed"].any()
    means = groups["cost"].mean()[whole].dropna()
    return {(str(label), str(case)): float(cost) for (label, case), cost in means.items()}


def holm(p: np.ndarray) -> np.ndarray:
    """Holm's adjusted p-values; NaN are no tests and stay."""
    adjusted = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps)) if len(order) else steps
    return adjusted


def found_different(p: np.ndarray) -> int:
    """How many tests reject at the level of 5 %."""
    return int((p < _ALPHA).sum())
