"""Runs as trials that one may repeat: expected running times and simulated restarts.

S are the times at which successful runs reached a target, U the lengths of the unsuccessful ones.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from harness import intervals

LEAST_DRAWS = 15
_CHUNK = 2_000_000  # values drawn at a time


def expected(times: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """ERT = (sum of S + sum of U) / #S, the mean time of restarting until a success.

    Args:
        times: float[..., seeds], when each run reached the target, infinite where it did not, NaN
            beyond the runs.
        lengths: the same shape, or one that it can be broadcast to: how long each run went on.

    Returns:
        float[...]: ERT, infinite without a success, NaN without runs; and the sum of all, which
        without a success is what one would at least have cost.
    """
    known, hit = ~np.isnan(times), np.isfinite(times)
    spent = np.where(known, np.where(hit, times, lengths), 0.0).sum(axis=-1)
    successes = hit.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(successes > 0, spent / successes, np.inf)
    return np.where(known.any(axis=-1), value, np.nan), spent


def expected_interval(
    times: np.ndarray,
    lengths: np.ndarray,
    limits: np.ndarray,
    rng: np.random.Generator,
    draws: int = 1000,
) -> tuple[np.ndarray, np.ndarray]:
    """The ends of the 95 % interval of ERT = mean(S) + (1 - p) / p mean(U).

    p is drawn from Beta(#S + 1/2, #U + 1/2), its posterior under Jeffreys' prior, S and U from the
    runs with replacement; where every run succeeded, U is how long they would have gone on.

    Args:
        times, lengths: float[cells, seeds], as of `expected`.
        limits: float[cells, seeds], how long each run would have gone on without success.
        rng: of the draws. draws: how many.

    Returns:
        low, high: float[cells]; infinite high without a success; NaN without runs.
    """
    low, high = np.full(len(times), np.nan), np.full(len(times), np.nan)
    middle, _ = expected(times, lengths)
    for runs, successes, cells in _alike(times):
        first = np.argsort(~np.isfinite(times[cells]), axis=1, kind="stable")[:, :runs]
        s = np.take_along_axis(times[cells], first, axis=1)[:, :successes]
        u = np.take_along_axis(lengths[cells], first, axis=1)[:, successes:]
        if successes == runs:
            u = np.take_along_axis(limits[cells], first, axis=1).mean(axis=1, keepdims=True)
        p = rng.beta(successes + 0.5, runs - successes + 0.5, draws)
        lost = _means(u, rng, draws) * ((1 - p) / p)
        if successes:
            ends = intervals.percentiles((_means(s, rng, draws) + lost).T)
            low[cells] = np.minimum(ends[0], middle[cells])
            high[cells] = np.maximum(ends[1], middle[cells])
        else:
            low[cells], high[cells] = intervals.percentiles(lost.T)[0], np.inf
    return low, high


def _alike(times: np.ndarray) -> Iterator[tuple[int, int, np.ndarray]]:
    """(runs, successes, cells) of cells that share both, so that they can be worked on together."""
    runs, successes = (~np.isnan(times)).sum(axis=1), np.isfinite(times).sum(axis=1)
    for n, k in np.unique(np.stack([runs, successes], axis=1), axis=0).tolist():
        if n:
            cells = np.flatnonzero((runs == n) & (successes == k))
            for begin in range(0, len(cells), 1000):
                yield n, k, cells[begin : begin + 1000]


def _means(values: np.ndarray, rng: np.random.Generator, draws: int) -> np.ndarray:
    """float[cells, draws]: means of values drawn with replacement; the same places for all."""
    n = values.shape[1]
    weights = rng.multinomial(n, np.full(n, 1 / n), draws) / n
    means: np.ndarray = values @ weights.T
    return means


def restarted(
    times: np.ndarray, lengths: np.ndarray, rng: np.random.Generator, least: int = LEAST_DRAWS
) -> np.ndarray:
    """Simulated runtimes: runs are drawn with replacement, and added up to the first success.

    Each run is the first one equally often, so that there are as many draws as the smallest
    multiple of the number of runs that is at least `least`.

    Args:
        times: float[..., seeds], as of `expected`.
        lengths: float[..., seeds], of a shape that can be broadcast to it.
        rng: of the draws.

    Returns:
        float[..., draws]: infinite without a success, NaN beyond the draws of a cell.
    """
    shape = times.shape[:-1]
    flat = times.reshape(-1, times.shape[-1])
    spent = np.broadcast_to(lengths, times.shape).reshape(flat.shape)
    runs = (~np.isnan(flat)).sum(axis=1)
    counts = {n: n * -(-least // n) for n in np.unique(runs).tolist() if n}
    found = np.full((len(flat), max(counts.values(), default=0)), np.nan)
    for n, draws in counts.items():
        cells = np.flatnonzero(runs == n)
        step = max(1, _CHUNK // draws)
        for begin in range(0, len(cells), step):
            some = cells[begin : begin + step]
            found[some, :draws] = _restarted(flat[some, :n], spent[some, :n], draws, rng)
    return found.reshape(*shape, found.shape[1])


def _restarted(
    times: np.ndarray, lengths: np.ndarray, draws: int, rng: np.random.Generator
) -> np.ndarray:
    n = times.shape[1]
    total = np.full((len(times), draws), np.inf)
    hopeful = np.flatnonzero(np.isfinite(times).any(axis=1))
    cost = np.where(np.isfinite(times), times, lengths)
    first = np.tile(np.arange(n), draws // n)
    total[hopeful] = cost[hopeful][:, first]
    row, column = np.nonzero(~np.isfinite(times[:, first]) & np.isfinite(total))
    while len(row):
        pick = rng.integers(n, size=len(row))
        total[row, column] += cost[row, pick]
        again = ~np.isfinite(times[row, pick])
        row, column = row[again], column[again]
    return total
