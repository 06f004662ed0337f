"""The truth, by a method of its own: all occurrences of a pair are merged at once by numpy.

Nothing here is shared with the kernels. `Tokens` holds words as linked cells and, for each pair,
the places where it begins and its weighted count. A merge finds its occurrences in the list, drops
every second one of those that overlap, and looks which pairs begin at the changed cells before and
after: O(occurrences log occurrences) in numpy, and a dictionary's work for each pair that changed.
`by_definition` is the definition itself, for tiny texts.
"""

import heapq
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from bench_text.bpe_training._families import SPACES

_WORD = re.compile(f"[^{SPACES}]+")
_PIECE = re.compile(f"[{SPACES}]*[^{SPACES}]+|[{SPACES}]+")

Pair = tuple[int, int]


def words_of(text: str, split: bool) -> Counter[str]:
    """The words of a text and how often each is there; all of it as one where split is false."""
    return Counter(_WORD.findall(text)) if split else Counter([text])


def pieces_of(text: str) -> list[str]:
    """Words, each with the white space before it; white space at the end by itself."""
    return _PIECE.findall(text)


def by_definition(words: Iterable[tuple[Sequence[int], int]], base: int, merges: int) -> list[Pair]:
    """Count every pair of neighbours, merge the most frequent, smallest ids first; again.

    Args:
        words: symbols 0..base-1, and how often each counts. merges: at most.
    """
    left = [(list(word), count) for word, count in words]
    made: list[Pair] = []
    while len(made) < merges:
        counts: Counter[Pair] = Counter()
        for word, count in left:
            for pair in itertools.pairwise(word):
                counts[pair] += count
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        left = [(applied(word, best, base + len(made)), count) for word, count in left]
        made.append(best)
    return made


def applied(word: Sequence[Any], pair: tuple[Any, Any], made: Any) -> list[Any]:
    """A word after one merge, from left to right; symbols may be anything that can be compared."""
    out: list[Any] = []
    at = 0
    while at < len(word):
        found = tuple(word[at : at + 2]) == tuple(pair)
        out.append(made if found else word[at])
        at += 2 if found else 1
    return out


class Tokens:
    """Words as tokens that are merged pair by pair.

    Args:
        words: int arrays of symbols. weight: int64[words], how often each counts.
    """

    def __init__(self, words: Sequence[np.ndarray], weight: np.ndarray) -> None:
        border = np.array([-1])
        self.symbol = np.concatenate([part for word in words for part in (border, word)] + [border])
        lengths = np.array([len(word) for word in words], np.int64)
        self.weight = np.append(np.repeat(weight, lengths + 1), 0)
        cells = np.arange(len(self.symbol))
        self.next, self.previous = np.minimum(cells + 1, len(cells) - 1), np.maximum(cells - 1, 0)
        self.tokens = int((weight * lengths).sum())
        self.where: dict[Pair, np.ndarray] = {}
        self.count: dict[Pair, int] = {}
        inside = (self.symbol[:-1] >= 0) & (self.symbol[1:] >= 0)
        for pair, count, places in self._grouped(np.flatnonzero(inside)):
            self.where[pair], self.count[pair] = places, count

    def merge(self, pair: Pair, made: int) -> list[Pair]:
        """Merge all occurrences of a pair; the pairs that came to be."""
        self.count.pop(pair, None)
        at = self.where.pop(pair, np.empty(0, np.int64))
        at = at[(self.symbol[at] == pair[0]) & (self.symbol[self.next[at]] == pair[1])]
        if pair[0] == pair[1]:
            at = self._apart(at)
        two = self.next[at]
        before = self._inside(np.concatenate((self.previous[at], two)))
        for other, count, _ in self._grouped(before):
            if other in self.count:
                self.count[other] -= count
        after = self.next[two]
        self.symbol[at], self.symbol[two] = made, -2
        self.next[at], self.previous[after] = after, at
        self.tokens -= int(self.weight[at].sum())
        new = []
        for other, count, places in self._grouped(
            self._inside(np.concatenate((self.previous[at], at)))
        ):
            self.where[other], self.count[other] = places, count
            new.append(other)
        return new

    def train(self, base: int, merges: int) -> tuple[list[Pair], list[int]]:
        """The greedy merges and their counts; fewer where no pair is left."""
        heap = [(-count, pair) for pair, count in self.count.items()]
        heapq.heapify(heap)
        made: list[Pair] = []
        counts: list[int] = []
        while heap and len(made) < merges:
            promised, pair = heapq.heappop(heap)
            count = self.count.get(pair, 0)
            if count < -promised:
                if count > 0:
                    heapq.heappush(heap, (-count, pair))
                continue
            for new in self.merge(pair, base + len(made)):
                heapq.heappush(heap, (-self.count[new], new))
            made.append(pair)
            counts.append(count)
        return made, counts

    def _inside(self, cells: np.ndarray) -> np.ndarray:
        """Of these cells, each once, those at which a pair begins."""
        cells = np.unique(cells)
        return cells[(self.symbol[cells] >= 0) & (self.symbol[self.next[cells]] >= 0)]

    def _apart(self, at: np.ndarray) -> np.ndarray:
        """Of occurrences of (u, u), ascending, those that are merged from left to right."""
        number = np.arange(len(at))
        chained = np.zeros(len(at), bool)
        chained[1:] = self.next[at[:-1]] == at[1:]
        begin = np.maximum.accumulate(np.where(chained, 0, number))
        return at[(number - begin) % 2 == 0]

    def _grouped(self, at: np.ndarray) -> list[tuple[Pair, int, np.ndarray]]:
        """The pairs that begin at these cells, ascending: pair, weighted count, cells."""
        if not len(at):
            return []
        left, right = self.symbol[at], self.symbol[self.next[at]]
        codes = left.astype(np.int64) << 32 | right
        order = np.argsort(codes, kind="stable")
        codes, at = codes[order], at[order]
        starts = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1])))
        counts = np.add.reduceat(self.weight[at], starts)
        pairs = zip(
            (codes[starts] >> 32).tolist(), (codes[starts] & 0xFFFFFFFF).tolist(), strict=True
        )
        places = np.split(at, starts[1:])
        return list(zip(pairs, counts.tolist(), places, strict=True))
