"""Random merges: a pair that stands at a random place of the words, again and again.

Frequent pairs are drawn more often, as a place is drawn. It shows what choosing is worth. Each
merge reads all words, O(n M).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class RandomPairs(Solver):
    """The pair at a random place."""

    problem = "bpe_compression"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1, "merges": 1}, "memory": {"n": 1}}

    def solve(self, data, rng):
        word, made = data.symbols.copy(), []
        while len(made) < data.merges:
            places = np.flatnonzero((word[:-1] >= 0) & (word[1:] >= 0))
            if not len(places):
                break
            at = places[rng.integers(len(places))]
            pair = (int(word[at]), int(word[at + 1]))
            word = _merged(word, pair, data.alphabet + len(made))
            made.append(pair)
        yield np.array(made, np.int64).reshape(-1, 2)


def _merged(word, pair, made):
    """From left to right: of overlapping places every second one is passed over."""
    at = np.flatnonzero((word[:-1] == pair[0]) & (word[1:] == pair[1]))
    if pair[0] == pair[1] and len(at):
        number = np.arange(len(at))
        begin = np.maximum.accumulate(np.where(np.diff(at, prepend=-2) > 1, number, 0))
        at = at[(number - begin) % 2 == 0]
    word = word.copy()
    word[at] = made
    return np.delete(word, at + 1)
