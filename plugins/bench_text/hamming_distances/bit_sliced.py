"""Bit masks of the letters, counted in bit-sliced counters.

The mask of letter a has bit u where text[u] = a. Letter j of the pattern adds the mask of p[j],
moved down by j, to the counts of all windows: bit w of counter plane k is bit k of the matches of
window w. Sixteen masks at a time are added carry-save, so that a mask costs a load and five logical
operations (two where the processor has a logic of three operands) on 64 to 512 windows at once.
Masks moved by 0 to 7 bits are made once; the rest of a move is in the address.

O(n m / w) steps for words of w bits, whatever the alphabet, plus O(n m / 4096) for masks, as text
and pattern are worked on in tiles that stay in the cache. Memory O(1) beyond the answer.

A mask for each letter is of Fischer and Paterson (1974) and of Baeza-Yates and Gonnet (1992); the
counting is Harley's and Seal's count of ones, of windows instead of words.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.hamming_distances._letters import sliced
from harness.api import Solver


@dataclass(frozen=True)
class BitSliced(Solver):
    """A bit for each window and letter."""

    problem = "hamming_distances"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1, "m": 1, "alphabet": 0}, "memory": {"n": 1, "m": 0}}

    def solve(self, data, rng):
        yield sliced(data.text, data.pattern)
