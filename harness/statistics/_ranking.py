"""What the leaderboard computes with: runs as arrays, ranks, draws of ranks, and groups."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from harness.intervals import LEVEL

_BLOCK = 1 << 21  # numbers in an array at a time


@dataclass(frozen=True)
class Runs:
    """The traced runs of one problem on the cases that count, as arrays.

    Attributes:
        labels, cases: names, sorted.
        starts: int[cases + 1], where each case's columns begin; a column is a seed on a case.
        row, column: int[runs], the label and the column of each run, in the order of the labels.
        value: float[runs], its cost (logarithm of the ratio, or difference); NaN where it failed.
        failed: bool[runs].
        untried: bool[labels, cases].
    """

    labels: list[str]
    cases: list[str]
    starts: np.ndarray
    row: np.ndarray
    column: np.ndarray
    value: np.ndarray
    failed: np.ndarray
    untried: np.ndarray

    @classmethod
    def of(cls, traces: pd.DataFrame, value: np.ndarray) -> Runs:
        """Of traced runs with the cost of each; in whatever order they come.

        A case counts where at least half of the solvers were run on it; if there is none, all do.
        """
        row, labels = pd.factorize(traces["label"], sort=True)
        case, cases = pd.factorize(traces["case"], sort=True)
        seed = pd.factorize(traces["seed"], sort=True)[0]
        tried = np.zeros((len(labels), len(cases)), bool)
        tried[row, case] = True
        counts: np.ndarray = np.flatnonzero(tried.mean(axis=0) >= 0.5)
        if not len(counts):
            counts = np.arange(len(cases))
        number = np.full(len(cases), -1)
        number[counts] = np.arange(len(counts))
        kept = np.flatnonzero(number[case] >= 0)
        row, case, seed = row[kept], number[case[kept]], seed[kept]
        failed = traces["failed"].to_numpy(bool)[kept]
        pairs, column = np.unique(case * (seed.max(initial=0) + 1) + seed, return_inverse=True)
        starts = np.searchsorted(pairs // (seed.max(initial=0) + 1), np.arange(len(counts) + 1))
        order = np.lexsort((column, row))
        return cls(
            [str(label) for label in labels],
            [str(cases[i]) for i in counts],
            starts,
            row[order],
            column[order],
            np.where(failed, np.nan, value[kept])[order],
            failed[order],
            ~tried[:, counts],
        )

    def means(self) -> np.ndarray:
        """float[labels, cases]: the mean over the runs that did not fail; NaN without any."""
        good = ~np.isnan(self.value)
        return self._cells(np.where(good, self.value, 0.0), good)

    def lost(self, with_untried: bool = True) -> np.ndarray:
        """float[labels, cases]: the share of failed runs; 1 where not tried, or NaN there."""
        lost = self._cells(self.failed.astype(float), np.ones(len(self.row), bool))
        return np.where(self.untried, 1.0, lost) if with_untried else lost

    def one_case_values(self) -> tuple[np.ndarray, np.ndarray] | None:
        """float[labels, seeds], the values and the failures where there is but one case."""
        if len(self.cases) != 1:
            return None
        shape = (len(self.labels), int(self.starts[-1]))
        return (
            table_of(self.row, self.column, self.value, shape),
            table_of(self.row, self.column, self.failed.astype(float), shape),
        )

    def _cells(self, value: np.ndarray, counted: np.ndarray) -> np.ndarray:
        cell = self._cell()
        size = self.untried.size
        count = np.bincount(cell[counted], minlength=size)
        total = np.bincount(cell[counted], value[counted], minlength=size)
        mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        return mean.reshape(self.untried.shape)

    def _cell(self) -> np.ndarray:
        case = np.searchsorted(self.starts, self.column, side="right") - 1
        cell: np.ndarray = self.row * len(self.cases) + case
        return cell

    def influences(self, value: np.ndarray, means: np.ndarray) -> np.ndarray:
        """float[runs]: numbers whose mean over a case's columns, drawn anew, varies as the mean
        over the label's own runs there does; other columns count as the mean itself.

        Without missing runs that is the value. With some it is the mean plus the deviation times
        columns / runs: the linear part of the mean over those drawn.
        """
        cell = self._cell()
        good = ~np.isnan(value)
        count = np.bincount(cell[good], minlength=self.untried.size)
        factor = np.diff(self.starts)[cell % len(self.cases)] / np.maximum(count[cell], 1)
        return np.where(good, (value - means.ravel()[cell]) * factor, 0.0)


def table_of(
    row: np.ndarray, column: np.ndarray, value: np.ndarray, shape: tuple[int, int]
) -> np.ndarray:
    """float[shape]: the values in their places, NaN elsewhere."""
    table = np.full(shape, np.nan)
    table[row, column] = value
    return table


def ranked(keys: np.ndarray) -> np.ndarray:
    """Competition ranks by the first key, among equals by the next; NaN is last.

    Args:
        keys: float[keys, ..., labels]. What is equal to 12 digits (of the median, or after the
            point where that is below one) is a tie.

    Returns:
        int[..., labels].
    """
    size = np.median(np.where(np.isfinite(keys), np.abs(keys), 0.0), axis=-1, keepdims=True)
    unit = np.maximum(1.0, size)
    rounded = np.where(np.isnan(keys), np.inf, np.round(keys / unit, 12))
    order = np.lexsort(rounded[::-1], axis=-1)
    ordered = np.take_along_axis(rounded, order[None], axis=-1)
    new = (ordered[..., 1:] != ordered[..., :-1]).any(axis=0)
    places = np.zeros(order.shape, int)
    places[..., 1:] = np.where(new, np.arange(1, order.shape[-1]), 0)
    ranks = np.empty(order.shape, int)
    np.put_along_axis(ranks, order, np.maximum.accumulate(places, axis=-1) + 1, axis=-1)
    return ranks


@dataclass(frozen=True)
class Standing:
    """What a ranking is made of, for any selection of cases.

    Attributes:
        runs: the traced runs.
        fixed: float[labels, cases], what ranks among equal failures where it is not the runs' cost,
            such as times; NaN where there is none, which ranks below any.
    """

    runs: Runs
    fixed: np.ndarray | None = None

    @functools.cached_property
    def _parts(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Influences of the runs, and the means of their cells: of failures, then of costs."""
        runs = self.runs
        drawn_of = [(runs.failed.astype(float), runs.lost())]
        if self.fixed is None:
            value = _bounded(runs.value)
            drawn_of.append((value, dataclasses.replace(runs, value=value).means()))
        return [(runs.influences(value, means), means) for value, means in drawn_of]

    def ranks(self, drawn: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
        """int[draws, labels]: ranks over cases, each counted as often as `drawn` tells.

        Args:
            drawn: float[draws, cases].
            weights: float[draws, columns], of the runs of a case for its mean; None: all alike.
        """
        keys = []
        for moves, means in self._parts:
            total = drawn @ np.nan_to_num(means).T
            if weights is not None:
                total += _product(weights, self.runs, moves)
            keys.append(total / _present(drawn, means))
        if self.fixed is not None:
            counts = ~np.isnan(self.fixed)
            of = drawn @ counts.any(axis=0)
            keys.append(np.where(of[:, None] > 0, 1 - (drawn @ counts.T) / of[:, None], 0.0))
            keys.append(drawn @ np.nan_to_num(self.fixed).T / _present(drawn, self.fixed))
        return ranked(np.stack(keys))

    @np.errstate(all="ignore")
    def draws(self, rng: np.random.Generator, draws: int) -> np.ndarray:
        """int32[draws, labels]: ranks over cases drawn anew, and seeds within each of them."""
        labels, columns = len(self.runs.labels), int(self.runs.starts[-1])
        ranks = np.empty((draws, labels), np.int32)
        step = max(1, min(draws, _BLOCK // max(labels, columns)))
        for begin in range(0, draws, step):
            drawn, weights = _weights(self.runs.starts, rng, min(step, draws - begin))
            ranks[begin : begin + len(drawn)] = self.ranks(drawn, weights)
        return ranks

    def spread(self, ranks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The ends of each label's rank over such draws, int[labels] twice; sorts the draws."""
        ranks.sort(axis=0)
        cases, columns = self.runs.untried.shape[1], int(self.runs.starts[-1])
        low = round(expanded_tail(cases if cases > 1 else columns) * (len(ranks) - 1))
        return ranks[low], ranks[len(ranks) - 1 - low]


def _bounded(values: np.ndarray) -> np.ndarray:
    """Infinite ones, as of a cost where the best known is zero, become large ones."""
    most = 1e3 * max(1.0, float(np.max(np.abs(values[np.isfinite(values)]), initial=0.0)))
    bounded: np.ndarray = np.clip(values, -most, most)
    return bounded


def _weights(
    starts: np.ndarray, rng: np.random.Generator, draws: int
) -> tuple[np.ndarray, np.ndarray]:
    """How often each case is drawn, float[draws, cases], and each column for its case's mean,
    float[draws, columns]: a case drawn twice has its seeds drawn twice."""
    cases, columns = len(starts) - 1, int(starts[-1])
    picks = rng.integers(cases, size=(draws, cases))
    at = np.arange(draws)[:, None]
    drawn = np.bincount((at * cases + picks).ravel(), minlength=draws * cases)
    seeds = np.diff(starts)[picks]
    chosen = np.repeat(starts[picks].ravel(), seeds.ravel())
    size = np.repeat(seeds.ravel(), seeds.ravel())
    chosen = chosen + (rng.random(len(size)) * size).astype(np.intp)
    chosen += np.repeat(np.arange(draws) * columns, seeds.sum(axis=1))
    weights = np.bincount(chosen, 1.0 / size, minlength=draws * columns)
    return drawn.reshape(draws, cases).astype(float), weights.reshape(draws, columns)


def _present(drawn: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """How many of the drawn cases each label has; NaN where none. float[draws, labels]"""
    known = ~np.isnan(middle)
    if known.all():
        whole: np.ndarray = drawn.sum(axis=1, keepdims=True)
        return whole
    count: np.ndarray = drawn @ known.T.astype(float)
    count[count == 0] = np.nan
    return count


def _product(weights: np.ndarray, runs: Runs, value: np.ndarray) -> np.ndarray:
    """weights @ table.T for the table of the runs' values, made a block of labels at a time."""
    labels, columns = len(runs.labels), weights.shape[1]
    found = np.zeros((len(weights), labels))
    if not value.any():
        return found
    step = max(1, _BLOCK // columns)
    for begin in range(0, labels, step):
        end = min(begin + step, labels)
        first, last = np.searchsorted(runs.row, (begin, end))
        table = np.zeros((end - begin, columns))
        table[runs.row[first:last] - begin, runs.column[first:last]] = value[first:last]
        found[:, begin:end] = weights @ table.T
    return found


def expanded_tail(units: int) -> float:
    """The share of draws below an interval that has the width of Student's t."""
    from scipy.stats import norm, t

    if units < 2:
        return 0.0
    reach = np.sqrt(units / (units - 1)) * t.ppf(0.5 + LEVEL / 2, units - 1)
    return float(norm.sf(reach))


def student(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The ends of Student's t interval of each row's mean, NaN left out; NaN for fewer than two."""
    from scipy.stats import t

    middle, error, count = _moments(values)
    reach = t.ppf(0.5 + LEVEL / 2, np.maximum(count - 1, 1)) * error
    return middle - reach, middle + reach


def _moments(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, standard error and number of each row's known values; NaN for fewer than two."""
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    enough = np.where(count > 1, count, np.nan)
    middle = np.where(known, values, 0.0).sum(axis=1) / enough
    square = np.where(known, (values - middle[:, None]) ** 2, 0.0).sum(axis=1)
    return middle, np.sqrt(square / (enough - 1) / enough), count


def grouped(
    order: np.ndarray, facts: np.ndarray, losses: np.ndarray, key: np.ndarray
) -> np.ndarray:
    """Number of the group of each label, from 1; a group begins where one is worse than its first.

    Args:
        order: int[labels], best first.
        facts: float[facts, labels]; labels that differ in one are in different groups.
        losses, key: float[labels, units]: failures, and what ranks among equals; NaN for none.
    """
    groups = np.zeros(len(order), int)
    place, group = 0, 0
    while place < len(order):
        group += 1
        first = order[place]
        groups[first] = group
        alpha = (1 - LEVEL) / max(1, len(order) - place - 1)
        place, step = place + 1, 64
        while place < len(order):
            some = order[place : place + step]
            apart = (facts[:, some] != facts[:, first, None]).any(axis=0)
            for table in (losses, key):
                apart |= _worse(table[some] - table[first], alpha)
            stop = int(np.argmax(apart)) if apart.any() else len(some)
            groups[some[:stop]] = group
            place, step = place + stop, 4 * step
            if stop < len(some):
                break
    return groups


def _worse(differences: np.ndarray, alpha: float) -> np.ndarray:
    """Whether the mean of each row is above zero, by a one-sided t test."""
    from scipy.stats import t

    middle, error, count = _moments(differences)
    # A difference that rounding may make, on all units alike, is none.
    level = np.maximum(error, 1e-12) * t.ppf(1 - alpha, np.maximum(count - 1, 1))
    worse: np.ndarray = middle > level  # false for NaN
    return worse
