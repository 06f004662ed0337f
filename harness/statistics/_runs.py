"""All traced runs of a board in flat arrays, for statistics that look at every point of every run.

A board may hold tens of thousands of runs; what is asked of all of them is asked of arrays.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd

T = TypeVar("T")


class shared(functools.cached_property[T]):  # noqa: N801  # named as what it stands in for
    """A cached property whose arrays are read-only, as all statistics of a board share them."""

    def __get__(self, instance: object, owner: type[Any] | None = None) -> Any:
        value = super().__get__(instance, owner)
        _freeze(value)
        return value


def _freeze(value: Any) -> None:
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    elif isinstance(value, list):
        for part in value:
            _freeze(part)


# How a run ends of itself; whatever else ended it would have gone on.
_DONE = ("finished", "target")


@dataclass(frozen=True)
class RunTable:
    """Runs in the order of solver, case and seed, and their points one after another.

    Attributes:
        shape: (solvers, cases).
        solver, case, seed: int[runs]; the first two are places in the board's labels and cases.
        start: int[runs + 1]; the points of run r are those from start[r] up to start[r + 1].
        seconds, calls: float[points], rising within a run.
        above: float[points], the cost against the reference; infinite where it can't be compared.
        end, calls_end: float[runs], when the run ended; NaN where not measured.
        limit, calls_limit: float[runs], until when it would have gone on without an answer within
            a target: its end, or its budget where a target ended it.
        failed: bool[runs]. censored: bool[runs], whether a budget or limit ended it.
    """

    shape: tuple[int, int]
    solver: np.ndarray
    case: np.ndarray
    seed: np.ndarray
    start: np.ndarray
    seconds: np.ndarray
    calls: np.ndarray
    above: np.ndarray
    end: np.ndarray
    calls_end: np.ndarray
    limit: np.ndarray
    calls_limit: np.ndarray
    failed: np.ndarray
    censored: np.ndarray

    @classmethod
    def of(
        cls,
        traces: pd.DataFrame,
        labels: Sequence[str],
        cases: Sequence[str],
        relative: bool,
        best_counts: bool,
    ) -> RunTable:
        """Args: traces: as `harness.tables.current` gives them; those of other labels are left."""
        solver = pd.Index(labels).get_indexer(traces["label"])
        case = pd.Index(cases).get_indexer(traces["case"])
        seed = traces["seed"].to_numpy(float)
        order = np.lexsort((seed, case, solver))
        order = order[(solver[order] >= 0) & (case[order] >= 0)]
        rows = traces.iloc[order]
        start = np.concatenate(([0], np.cumsum([len(trace) for trace in rows["trace"]], dtype=int)))
        points = np.concatenate([np.empty((0, 3)), *filter(len, rows["trace"])])
        best = np.repeat(rows["best"].to_numpy(float), np.diff(start))
        above = _above(points[:, 2], best, relative)
        if best_counts:
            for begin, stop in itertools.pairwise(start):
                np.minimum.accumulate(above[begin:stop], out=above[begin:stop])
        seconds = rows["seconds"].to_numpy(float)
        end = np.where(np.isfinite(seconds), seconds, rows["wall"].to_numpy(float))
        calls_end = rows["calls"].to_numpy(float)
        cut = ~rows["why"].isin(_DONE) | rows["status"].isin(("timeout", "memory"))
        aimed = rows["why"].to_numpy() == "target"
        flat = (points[:, 0], points[:, 1], above)
        for array in flat:
            array.flags.writeable = False  # many hold slices of it
        return cls(
            (len(labels), len(cases)),
            solver[order],
            case[order],
            seed[order].astype(int),
            start,
            *flat,
            end,
            calls_end,
            np.where(aimed, _budgets(rows["budget"], ("seconds", "timeout"), end), end),
            np.where(aimed, _budgets(rows["budget"], ("calls",), calls_end), calls_end),
            rows["failed"].to_numpy(bool),
            cut.to_numpy(bool),
        )

    def of_cell(self, solver: int, case: int) -> range:
        """The runs of one solver on one case."""
        cell = solver * self.shape[1] + case
        begin, stop = np.searchsorted(self._cell, (cell, cell + 1))
        return range(int(begin), int(stop))

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Values of runs as float[solvers, cases, seeds]: NaN beyond the runs of a cell."""
        place = np.arange(len(values)) - np.searchsorted(self._cell, self._cell)
        most = int(place.max(initial=-1)) + 1
        table = np.full((*self.shape, most), np.nan)
        table[self.solver, self.case, place] = values
        return table

    def firsts(self) -> np.ndarray:
        """float[runs]: how far above the reference the first answer is; NaN without one."""
        return self._at(self.start[:-1], np.nan)

    def least(self) -> np.ndarray:
        """float[runs]: how far above the reference the best answer is; infinite where the run
        failed or had none."""
        found = self._reduced(np.minimum, self.above, np.inf)
        return np.where(self.failed, np.inf, found)

    def first_within(self, targets: np.ndarray, calls: bool = False) -> np.ndarray:
        """When each run first had an answer within the target of its case.

        Args:
            targets: float[cases], how far above the reference.
            calls: give calls instead of seconds.

        Returns:
            float[runs]; infinite where it never had, and for failed runs: what one had found is
            lost with it.
        """
        aims = np.repeat(targets[self.case], np.diff(self.start))
        moments = self.calls if calls else self.seconds
        found = self._reduced(np.fmin, np.where(self.above <= aims, moments, np.inf), np.inf)
        return np.where(self.failed, np.inf, found)

    def value_at(self, seconds: float) -> np.ndarray:
        """float[runs]: how far above the reference the latest answer is at that time.

        Infinite before the first answer, and for failed runs; from its end on, a run's last answer
        holds.
        """
        made = self._reduced(np.add, (self.seconds <= seconds).astype(int), 0)
        value = self._at(self.start[:-1] + made - 1, np.inf, made > 0)
        return np.where(self.failed, np.inf, value)

    @functools.cached_property
    def _cell(self) -> np.ndarray:
        cell: np.ndarray = self.solver * self.shape[1] + self.case
        return cell

    def _at(self, points: np.ndarray, absent: float, there: np.ndarray | None = None) -> np.ndarray:
        there = np.diff(self.start) > 0 if there is None else there
        found = np.full(len(points), absent)
        found[there] = self.above[points[there]]
        return found

    def _reduced(self, function: np.ufunc, values: np.ndarray, absent: Any) -> np.ndarray:
        """The function over the points of each run; `absent` for runs without points."""
        found = np.full(len(self.solver), absent)
        some = np.diff(self.start) > 0  # reduceat takes an empty stretch for one of a point
        if some.any():
            found[some] = function.reduceat(values, self.start[:-1][some])
        return found


def _above(costs: np.ndarray, best: np.ndarray, relative: bool) -> np.ndarray:
    """Ratio - 1 or difference; infinite where there is none, as for ratios of negative costs."""
    with np.errstate(all="ignore"):
        if not relative:
            above = costs - best
        else:
            above = np.where((costs == 0) & (best == 0), 0.0, costs / best - 1.0)
            above[(costs < 0) | (best < 0)] = np.nan
    return np.where(np.isnan(above), np.inf, above)


def _budgets(budgets: pd.Series[Any], names: Sequence[str], otherwise: np.ndarray) -> np.ndarray:
    """The first of such limits that each budget has."""
    told = [
        next((one[name] for name in names if one.get(name) is not None), np.nan)
        for one in (budget if isinstance(budget, dict) else {} for budget in budgets)
    ]
    limits = np.array(told, float)
    return np.where(np.isnan(limits), otherwise, limits)


def by_process(values: list[float], processes: float) -> np.ndarray:
    """The median of each process's values; of older records, which don't tell, every value."""
    times = np.asarray(values, float)
    if not np.isfinite(processes) or processes < 1 or len(times) % int(processes):
        return times
    return np.asarray(np.median(times.reshape(int(processes), -1), axis=1))
