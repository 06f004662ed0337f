"""Tiny texts: the optimum by trying every sequence of merges, and the paper's sigma."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bench_text.bpe_training._reference import applied

# A symbol is an id, or the pair of symbols that was merged: whatever the order of merges was.
Word = tuple[Any, ...]
Merges = tuple[Any, ...]


@dataclass(frozen=True)
class Found:
    """What trying every sequence of merges tells of a text.

    Attributes:
        least: the fewest tokens that so many merges leave.
        bound: the share of the optimum's utility that greedy training reaches at least.
    """

    least: int
    bound: float


def search(symbols: Sequence[int], merges: int, most: int) -> Found | None:
    """The optimum and the bound of a text; None where more than `most` sequences would be tried."""
    word, every = tuple(symbols), []
    for one in sequences(word, merges):
        if len(every) == most:
            return None
        every.append(one)
    least = min(len(left) for _, left in every)
    return Found(least, bound(_curvature(word, every)) if least < len(word) else 1.0)


def merged(word: Word, pair: tuple[Any, Any]) -> Word:
    """A word after one merge; the new symbol is the pair itself."""
    return tuple(applied(word, pair, pair))


def sequences(word: Word, merges: int) -> Iterator[tuple[Merges, Word]]:
    """Every sequence of so many merges, fewer where no pair is left; and what it leaves."""
    if merges == 0 or len(word) < 2:
        yield (), word
        return
    for pair in dict.fromkeys(pairwise(word)):
        for rest, left in sequences(merged(word, pair), merges - 1):
            yield (pair, *rest), left


def curvature(word: Word, merges: int) -> float:
    """sigma: the most that 1 - (kappa(mu mu*) - kappa(mu*)) / kappa(mu) is over mu.

    kappa is how many tokens a sequence saves, mu any sequence of exactly so many merges, mu* the
    first optimal one. It is 1 at least, as mu = mu* shows.
    """
    return _curvature(word, list(sequences(word, merges)))


def _curvature(word: Word, every: Sequence[tuple[Merges, Word]]) -> float:
    best, left = min(every, key=lambda one: len(one[1]))
    most = len(word) - len(left)
    sigma = -math.inf
    for after in dict.fromkeys(left for _, left in every):
        saved = len(word) - len(after)
        if not saved:
            continue
        both = after
        for pair in best:
            both = merged(both, pair)
        sigma = max(sigma, 1 - (len(word) - len(both) - most) / saved)
    return sigma


def bound(sigma: float) -> float:
    """The share of the optimum that greedy training reaches at least."""
    return (1 - math.exp(-sigma)) / sigma
