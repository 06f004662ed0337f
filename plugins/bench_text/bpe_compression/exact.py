"""Exact: the best sequence of merges of a tiny text, by dynamic programming.

The utility still to be had from a text x with m merges left is

    f(x, m) = max over pairs p of x of (|x| - |x'|) + f(x', m - 1),   x' being x after p,

and sequences that differ in the order of merges which do not touch lead to the same x'. So f is
kept for each (x, m), a symbol being the pair of symbols it was made of. The number of states grows
exponentially in m.

Departs from the paper: its search goes through one order only of merges that commute; keeping f is
simpler and finds the same. It begins with greedy, which is its answer where the text has more than
`longest` characters, more than one word, or more than `states` states.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bench_text.bpe_compression._search import merged
from bench_text.bpe_training._words import trained
from harness.api import Solver


@dataclass(frozen=True)
class Exact(Solver):
    """f(x, m), kept for each text x and number of merges m."""

    problem = "bpe_compression"
    papers = ("formal-perspective-byte-pair-encoding",)
    role = "paper"

    longest: int = 30  # characters
    states: int = 100_000  # some seconds

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
            best = _best(word, data.merges, {}, self.states)[1]
        except _TooMany:
            return
        ids = {pair: data.alphabet + r for r, pair in enumerate(best)}
        pairs = [(ids.get(left, left), ids.get(right, right)) for left, right in best]
        yield np.array(pairs, np.int64).reshape(-1, 2)


class _TooMany(Exception):
    pass


def _best(word, merges, known, most):
    """The utility of the best merges of a word, and these."""
    if merges == 0 or len(word) < 2:
        return 0, ()
    if (word, merges) not in known:
        if len(known) == most:
            raise _TooMany
        best = (0, ())
        for pair in dict.fromkeys(pairwise(word)):
            after = merged(word, pair)
            more, rest = _best(after, merges - 1, known, most)
            best = max(best, (len(word) - len(after) + more, (pair, *rest)), key=_utility)
        known[word, merges] = best
    return known[word, merges]


def _utility(found):
    return found[0]
