"""What the statistics on time and targets share: when runs reached targets, and with which bands.

The clock of a trace is the solver's own time. A run that ended without reaching a target, of itself
or not, is an unsuccessful run of that length; a failed run reached none.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness import intervals
from harness.findings import NotApplicable
from harness.formats import ENDLESS, count, listed

MAIN = "1 %"  # the target that tables and summaries speak of; fixed, so that no result chooses it
LEAST_SECONDS = 1e-6  # a time below that is the harness's own work
LEAST_TIMED = 1e-9  # the same for pyperf, which times many solves together
LEVEL = 0.95


@dataclass(frozen=True)
class Reached:
    """When runs reached targets; NaN beyond the runs of a cell.

    Attributes:
        targets: names; the main one first.
        times: float[targets, solvers, cases, seeds], seconds or calls; infinite where never.
        lengths: float[solvers, cases, seeds], how long each run went on; 0 where not measured.
        limits: float[solvers, cases, seeds], how long it would have gone on in vain.
        calls: whether the unit is calls.
    """

    targets: tuple[str, ...]
    times: np.ndarray
    lengths: np.ndarray
    limits: np.ndarray
    calls: bool

    @property
    def tried(self) -> np.ndarray:
        """bool[solvers, cases]: whether there are runs."""
        tried: np.ndarray = (~np.isnan(self.lengths)).any(axis=-1)
        return tried

    def of(self, solvers: np.ndarray, cases: np.ndarray) -> Reached:
        """Those of some solvers and cases only."""
        chosen = np.ix_(solvers, cases)
        times = self.times[:, chosen[0], chosen[1]]
        return Reached(self.targets, times, self.lengths[chosen], self.limits[chosen], self.calls)


def reached(board: Any, calls: bool = False) -> Reached:
    """Of all runs of a board, for the targets that any of them reached.

    Raises:
        NotApplicable: where no run reached any target.
    """
    limits_of = [board.targets(case) for case in board.cases]
    names = main_first(limits_of[0]) if limits_of else ()
    aims = {name: np.array([each[name] for each in limits_of]) for name in names}
    return reached_within(board, aims, calls)


def reached_within(
    board: Any, aims: Mapping[str, np.ndarray], calls: bool = False, keep: bool = False
) -> Reached:
    """As `reached`, for any targets: name -> float[cases], how far above the reference.

    Args: keep: keep targets that no run reached, too.
    """
    runs = board.runs
    found = {}
    for name, aim in aims.items():
        times = np.maximum(runs.first_within(aim, calls), 1.0 if calls else LEAST_SECONDS)
        if keep or np.isfinite(times).any():
            found[name] = runs.spread(times)
    if not found:
        raise NotApplicable("No run reached any of the targets.")
    lengths = [runs.calls_end, runs.calls_limit] if calls else [runs.end, runs.limit]
    known = [runs.spread(np.where(np.isfinite(length), length, 0.0)) for length in lengths]
    return Reached(tuple(found), np.stack(list(found.values())), known[0], known[1], calls)


def main_first(names: Sequence[str] | Mapping[str, float]) -> tuple[str, ...]:
    """The names, the main target before the others."""
    return tuple(sorted(names, key=lambda name: name != MAIN))


def counted(board: Any) -> bool:
    """Whether calls of an oracle were counted; events of an online problem are none."""
    return board.kind != "online" and bool((board.runs.calls_end > 0).any())


def pool(tried: np.ndarray, least: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """The solvers and cases that take part: int[chosen solvers], int[chosen cases].

    Solvers that were tried at all, and cases that at least half of them were tried on. Where such a
    solver was not tried on such a case, it counts as failed, as on the leaderboard: nobody gains by
    leaving out what is hard.

    Args:
        tried: bool[solvers, cases].
        least: how many solvers there must be.

    Raises:
        NotApplicable: where there are too few, or no case.
    """
    solvers = np.flatnonzero(tried.any(axis=1))
    cases = np.flatnonzero(tried[solvers].mean(axis=0) >= 0.5) if len(solvers) else solvers
    solvers = solvers[tried[np.ix_(solvers, cases)].any(axis=1)]
    if len(solvers) < least or not len(cases):
        few = "No two solvers were" if least == 2 else "No solver was"
        raise NotApplicable(f"{few} tried on a case that at least half of them were tried on.")
    return solvers, cases


def pool_notes(board: Any, tried: np.ndarray, solvers: np.ndarray, cases: np.ndarray) -> list[str]:
    """What `pool` left out, and what it counts as failed, in sentences."""
    said = []
    gone = [label for i, label in enumerate(board.labels) if i not in solvers]
    if gone:
        said.append(f"Left out, as there is nothing of them to judge: {listed(gone)}.")
    lost = [case for j, case in enumerate(board.cases) if j not in cases]
    if lost:
        said.append(f"Left out, as fewer than half of the solvers were tried: {listed(lost)}.")
    missing = (~tried[np.ix_(solvers, cases)]).sum(axis=1)
    partial = [f"{board.labels[i]} ({n})" for i, n in zip(solvers, missing, strict=True) if n]
    if partial:
        said.append(f"Cases not tried count as failed: {listed(partial)}.")
    if len(cases) < 10:
        said.append(f"With {count(len(cases), 'case')} there is little to generalise from.")
    return said


def target_note(board: Any) -> str:
    """What the names of the targets mean."""
    if board.relative:
        return "A target of 1 % is an answer that costs at most 1 % more than the reference."
    return (
        "A target of 1 % is an answer whose distance to the reference is at most 1 % of that of a "
        "first answer (the median over all runs on the case)."
    )


def within(target: str) -> str:
    """A target in a sentence."""
    return "the best known" if target == "best known" else target


def medians(values: np.ndarray) -> np.ndarray:
    """The median over the last axis: NaN is left out, infinite counts; NaN where nothing is known.

    Where half of the values are infinite, so is the median.
    """
    ordered = np.sort(values, axis=-1)  # NaN last
    known = (~np.isnan(values)).sum(axis=-1)
    if not values.shape[-1]:
        return np.full(values.shape[:-1], np.nan)
    low, high = (
        np.take_along_axis(ordered, np.maximum(place, 0)[..., None], axis=-1)[..., 0]
        for place in ((known - 1) // 2, known // 2)
    )
    return np.where(known > 0, (low + high) / 2, np.nan)


@functools.lru_cache(maxsize=4096)
def wilson(successes: int, trials: int) -> intervals.Interval:
    """As `intervals.share`; the same few shares are asked for thousands of times."""
    return intervals.share(successes, trials)


@functools.lru_cache(maxsize=256)
def _order(n: int) -> tuple[int, int] | None:
    from scipy.stats import quantile_test

    ends = quantile_test(np.arange(n), q=0, p=0.5).confidence_interval(LEVEL)
    return None if np.isnan(ends.low) else (int(ends.low), int(ends.high))


def median_band(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The ends of the exact interval of a median over the last axis, by order statistics.

    Infinite values count; NaN ends for fewer than 6 values, which give none.
    """
    places = _order(values.shape[-1]) if values.shape[-1] else None
    if places is None:
        none = np.full(values.shape[:-1], np.nan)
        return none, none
    ordered = np.sort(values, axis=-1)
    return ordered[..., places[0]], ordered[..., places[1]]


def mean_band(values: np.ndarray, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """Student's t interval of a mean over the last axis, cut at what is possible.

    NaN ends for fewer than two values, and for values that are all alike, which don't tell how far
    another one may be.
    """
    from scipy.stats import t

    n = values.shape[-1]
    if n < 2:
        none = np.full(values.shape[:-1], np.nan)
        return none, none
    middle = values.mean(axis=-1)
    scatter = values.std(axis=-1, ddof=1)
    reach = t.ppf(0.5 + LEVEL / 2, n - 1) * np.where(scatter > 0, scatter, np.nan) / n**0.5
    return np.maximum(middle - reach, low), np.minimum(middle + reach, high)


def span(low: float, high: float, form: Callable[[float], str]) -> str:
    """The interval of a number that stands before it in a sentence."""
    if np.isnan(low) or np.isnan(high):
        return " (no interval: too few cases, or all alike)"
    return f" (95 %: {_end(low, form)} to {_end(high, form)})"


def _end(value: float, form: Callable[[float], str]) -> str:
    return form(value) if np.isfinite(value) else ENDLESS


def leaders(means: np.ndarray, labels: list[str]) -> str:
    """Who has the least of these means, those of equal rank together; float[solvers]."""
    first = np.flatnonzero(means <= means.min() + 1e-9)
    return listed([labels[i] for i in first], 2)


def ranked(values: np.ndarray) -> np.ndarray:
    """Ranks over the second axis, ties averaged: float[:, solvers, :] by values of that shape.

    Equal to 12 decimals is a tie, as are all infinite ones.
    """
    from scipy.stats import rankdata

    ranks: np.ndarray = rankdata(np.round(values, 12), axis=1)
    return ranks


def tried_of(board: Any) -> np.ndarray:
    """bool[solvers, cases]: whether there are traced runs."""
    tried: np.ndarray = (~np.isnan(board.runs.spread(np.zeros(len(board.runs.solver))))).any(
        axis=-1
    )
    return tried


def scales(board: Any) -> np.ndarray:
    """float[cases]: what distances to the reference are told as shares of, positive."""
    return np.where(board.units > 0, board.units, 1.0)


def scale_note(board: Any) -> str:
    """What distances to the reference are told as."""
    return f"share of the {'reference cost' if board.relative else 'distance of a first answer'}"


def lines(
    grid: np.ndarray, middle: np.ndarray, low: np.ndarray, high: np.ndarray, labels: list[str]
) -> dict[str, list[Any]]:
    """The columns of a plot of lines, of arrays float[grid, solvers].

    Points that are not finite are left out. A band without an upper end goes up to the largest
    number of the plot; where there is none, it is the line.
    """
    known = [each[np.isfinite(each)] for each in (middle, low, high)]
    edge = max((float(each.max()) for each in known if len(each)), default=0.0)
    columns: dict[str, list[Any]] = {name: [] for name in ("label", "x", "y", "low", "high")}
    for i, label in enumerate(labels):
        there = np.flatnonzero(np.isfinite(middle[:, i]))
        y = middle[there, i]
        columns["label"] += [label] * len(there)
        columns["x"] += grid[there].tolist()
        columns["y"] += y.tolist()
        for name, ends in (("low", low[there, i]), ("high", high[there, i])):
            columns[name] += np.where(np.isnan(ends), y, np.minimum(ends, edge)).tolist()
    return columns
