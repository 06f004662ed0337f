"""Kangaroo jumps: from mismatch to mismatch over the longest common extension.

At window i and place j of the pattern, the extension is the length of the common prefix of
text[i+j:] and pattern[j:]. A window takes at most k + 1 of them, so O(n k) where one takes O(1), as
in Landau and Vishkin (1986) and Galil and Giancarlo (1986) by lowest common ancestors in a suffix
tree. Memory 16 bytes a letter.

Departs from them: an extension is found by fingerprints of prefixes (polynomials modulo 2^61 - 1 at
a random point) in O(log m), steps that double and then halve; its first letters are compared one by
one, which is all that a text unlike the pattern needs. Unequal stretches have equal fingerprints
with a probability of m / 2^61 at most, so that the answer is wrong with one below n k m log(m) /
2^60.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_text.hamming_distances._letters import check, kernel_for, slices
from harness.api import Solver, kernel

_PRIME = (1 << 61) - 1


@dataclass(frozen=True)
class Kangaroo(Solver):
    """Common extensions by fingerprints."""

    problem = "hamming_distances_bounded"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1, "m": 0, "k": 1}, "memory": {"n": 1}}

    def solve(self, data, rng):
        text, pattern, k = data.text, data.pattern, data.k
        n, m = len(text), len(pattern)
        base = int(rng.integers(2, _PRIME))
        hashes = []
        for letters in (text, pattern):
            hashes.append(np.empty(len(letters) + 1, np.uint64))
            kernel_for(letters, "hash")(letters, len(letters), base, hashes[-1])
        powers = np.empty(m + 1, np.uint64)
        kernel("hamming").hd_powers(base, m, powers)
        out = np.empty(n - m + 1, np.int32)
        call = kernel_for(text, "kangaroo")
        for start, stop in slices(n - m + 1, 64 * min(k + 1, m)):
            check(call(text, n, pattern, m, k, *hashes, powers, start, stop, out))
        yield out
