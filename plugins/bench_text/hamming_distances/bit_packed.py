"""Letters packed into b bits each, 64 letters in b words, compared by XOR and a count of ones.

Bit b of all letters lies in plane b, so that letters differ where the XOR of any plane has a bit.
The pattern is laid out in its 64 alignments to the words of the text, one after the other. A window
takes m / 64 words of b operations and a count of ones: O(n m b / 64) in all, b = log2 of the number
of letters. Memory O(n b / 8) bytes of a slice.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_text.hamming_distances._letters import check, kernel_for, numbered
from harness.api import Solver

_LEAST_SLICE = 1 << 16  # windows; a slice packs m letters more than that


@dataclass(frozen=True)
class BitPacked(Solver):
    """Exclusive or, and a count of ones."""

    problem = "hamming_distances"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1, "m": 1}, "memory": {"n": 1, "m": 0}}

    def solve(self, data, rng):
        text, pattern = data.text, data.pattern
        bits = int(max(text.max(), pattern.max())).bit_length()
        numbers = len(np.unique(pattern)).bit_length()  # of its letters, and one for all others
        if numbers < bits:
            text, pattern, _ = numbered(text, pattern)
            bits = numbers
        n, m = len(text), len(pattern)
        out = np.empty(n - m + 1, np.int32)
        call = kernel_for(text, "packed")
        width = max(_LEAST_SLICE, 2 * m)
        for start in range(0, n - m + 1, width):
            stop = min(start + width, n - m + 1)
            check(call(text, n, pattern, m, max(bits, 1), start, stop, out))
        yield out
