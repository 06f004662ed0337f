"""How near greedy merges come to the best ones, on tiny texts of which all merges are tried.

A mean over texts would say nothing of a bound, so each text is held against its own: `keeps_bound`
and `optimal` are 1 or 0. The tests go through all texts of a length; here texts are drawn.
"""

from math import inf

from harness.api import Claim, Level, Speedup

_PAPER = "formal-perspective-byte-pair-encoding"
_TINY = tuple(
    f"tiny[{parameters},draw={draw}]"
    for parameters in ("size=10", "size=10,merges=2", "size=10,alphabet=3", "size=14,merges=4")
    for draw in range(1, 16)
)
_KNOWN = ("known", *(f"known[number={k}]" for k in (1, 2, 3, 4)))
_TEXTS = "60 random texts of 10 and 14 letters out of 2 or 3, and 5 known ones; 2 to 4 merges"

CLAIMS = [
    Claim(
        name="greedy-keeps-the-bound",
        paper=_PAPER,
        statement="Greedy merges reach (1 - exp(-sigma)) / sigma of the optimal utility or more.",
        figure="on every text",
        quantity=Level("greedy[counting=saving]", "keeps_bound", (*_TINY, *_KNOWN)),
        reproduced=(0.9, 1.0),
        setting=f"{_TEXTS}; each text by its own sigma, over sequences of exactly M merges",
        seeds=1,
    ),
    Claim(
        name="greedy-keeps-the-bound-when-overlaps-count",
        paper=_PAPER,
        statement="So do the merges of the paper's program as it is set: overlaps count, too.",
        figure="on every text; the theorem is of the counts that merging saves",
        quantity=Level("greedy", "keeps_bound", (*_TINY, *_KNOWN)),
        reproduced=(0.9, 1.0),
        setting=f"{_TEXTS}; each text by its own sigma, over sequences of exactly M merges",
        seeds=1,
    ),
    Claim(
        name="the-smallest-bound",
        paper=_PAPER,
        statement="The least that the bound is on small texts is about 0.37.",
        figure="0.37",
        quantity=Level("greedy", "bound", "known[number=4,merges=2]"),
        reproduced=(0.365, 0.375),
        setting="ababcabc, on which sigma is the largest of all texts of 8 letters out of 3",
    ),
    Claim(
        name="exact-is-optimal",
        paper=_PAPER,
        statement="The exact algorithm finds the optimum.",
        figure="exact",
        quantity=Level("exact", "optimal", (*_TINY, *_KNOWN)),
        reproduced=(0.9, 1.0),
        setting=f"{_TEXTS}, whose optimum a search through all sequences of merges found",
        seeds=1,
    ),
    Claim(
        name="memory-speeds-up-the-exact-search",
        paper=_PAPER,
        statement="Keeping what was searched makes brute force faster.",
        figure="faster; no figure in the abstract",
        quantity=Speedup("exact", "exact[memo=False]", "tiny[size=24,alphabet=3,merges=5]"),
        reproduced=(1.0, inf),
        setting="the optimum is kept for each text and number of merges left; in Python",
    ),
]
