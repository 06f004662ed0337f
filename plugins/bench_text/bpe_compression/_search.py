"""Tiny texts: the optimum by trying every sequence of merges, and the paper's sigma."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

# A symbol is an id, or the pair of symbols that was merged: whatever the order of merges was.
Word = tuple[Any, ...]


def merged(word: Word, pair: tuple[Any, Any]) -> Word:
    """A word after one merge, from left to right; the new symbol is the pair itself."""
    out: list[Any] = []
    at = 0
    while at < len(word):
        found = word[at : at + 2] == pair
        out.append(pair if found else word[at])
        at += 2 if found else 1
    return tuple(out)


def sequences(word: Word, merges: int) -> Iterator[tuple[tuple[Any, ...], Word]]:
    """Every sequence of so many merges, fewer where no pair is left; and what it leaves."""
    if merges == 0 or len(word) < 2:
        yield (), word
        return
    for pair in dict.fromkeys(pairwise(word)):
        for rest, left in sequences(merged(word, pair), merges - 1):
            yield (pair, *rest), left


def least_tokens(word: Sequence[int], merges: int, most: int) -> int | None:
    """The fewest tokens that so many merges leave; None where more than `most` would be tried."""
    least = len(word)
    for number, (_, left) in enumerate(sequences(tuple(word), merges)):
        if number == most:
            return None
        least = min(least, len(left))
    return least


def curvature(word: Word, merges: int) -> float:
    """sigma: the most that 1 - (kappa(mu mu*) - kappa(mu*)) / kappa(mu) is over mu.

    kappa is how many tokens a sequence saves, mu any sequence of exactly so many merges, mu* the
    first optimal one.
    """
    every = list(sequences(word, merges))
    best, left = min(every, key=lambda one: len(one[1]))
    most = len(word) - len(left)
    sigma = -math.inf
    for _, after in every:
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
