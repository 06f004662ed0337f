"""Exact: the best sequence of merges of a tiny text, by dynamic programming.

The utility still to be had from a text x with m merges left is

    f(x, m) = max over pairs p of x of (|x| - |x'|) + f(x', m - 1),   x' being x after p,

and sequences that differ in the order of merges which do not touch lead to the same x'. So f is
kept for each (x, m), a symbol being the pair of symbols it was made of. The number of states grows
exponentially in m. With `memo=false` nothing is kept, and every sequence of merges is tried: brute
force.

Departs from the paper: its search goes through one order only of merges that commute; keeping f is
simpler and finds the same. It begins with greedy, which is its answer where the text has more than
`longest` characters, more than one word, or more than `states` states.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bench_text.bpe_training._words import trained
from harness.api import Solver


@dataclass(frozen=True)
class Exact(Solver):
    """f(x, m), kept for each text x and number of merges m."""

    problem = "bpe_compression"
    papers = ("formal-perspective-byte-pair-encoding",)
    role = "paper"

    longest: int = 30  # characters
    states: int = 100_000  # some seconds; every visit counts where nothing is kept
    memo: bool = True

    def __post_init__(self) -> None:
        for name in ("longest", "states"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} = {getattr(self, name)}; expected 1 or more")

    def solve(self, data, rng):
        yield trained(data.symbols, data.alphabet, data.weight, data.merges)
        word = tuple(data.symbols[1:-1].tolist())
        if len(data.weight) > 1 or len(word) > self.longest:
            return
        try:
            best = _Search(self.states, self.memo).best(word, data.merges)[1]
        except _TooMany:
            return
        ids = {pair: data.alphabet + r for r, pair in enumerate(best)}
        pairs = [(ids.get(left, left), ids.get(right, right)) for left, right in best]
        yield np.array(pairs, np.int64).reshape(-1, 2)


class _TooMany(Exception):
    pass


class _Search:
    def __init__(self, states, memo):
        self.left, self.memo, self.known = states, memo, {}

    def best(self, word, merges):
        """The utility of the best merges of a word, and these."""
        if merges == 0 or len(word) < 2:
            return 0, ()
        if (word, merges) in self.known:
            return self.known[word, merges]
        if self.left == 0:
            raise _TooMany
        self.left -= 1
        best = (0, ())
        for pair in dict.fromkeys(pairwise(word)):
            after = _merged(word, pair)
            more, rest = self.best(after, merges - 1)
            utility = len(word) - len(after) + more
            if utility > best[0]:
                best = (utility, (pair, *rest))
        if self.memo:
            self.known[word, merges] = best
        return best


def _merged(word, pair):
    """A word after one merge, from left to right; the new symbol is the pair itself."""
    out, at = [], 0
    while at < len(word):
        found = word[at : at + 2] == pair
        out.append(pair if found else word[at])
        at += 2 if found else 1
    return tuple(out)
