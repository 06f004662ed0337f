"""What the paper on the limits of embeddings finds of free vectors, and what geometry allows.

It fits the largest n for which gradient descent solves all pairs by the cubic
y = -10.5322 + 4.0309 d + 0.0520 d^2 + 0.0037 d^3. Cases lie six documents below and above it.
"""

from harness.api import Claim, Level

_PAPER = "theoretical-limitations-embedding-based-retrieval"
_BELOW = ("sets[n=10]", "sets[dim=8]", "sets[n=32,dim=10]", "sets[n=45,dim=12]")
_ABOVE = ("sets[n=23]", "sets[n=33,dim=8]", "sets[n=45,dim=10]", "sets[n=58,dim=12]")
_FOUR = tuple(f"sets[n={n},dim=4]" for n in (25, 30, 46, 70, 100, 200, 400, 1000))

CLAIMS = [
    Claim(
        name="below-the-cubic-all-is-found",
        paper=_PAPER,
        statement="Gradient descent on free vectors solves all pairs of as many documents as a "
        "cubic in their dimension says.",
        figure="y = -10.5322 + 4.0309 d + 0.0520 d^2 + 0.0037 d^3",
        quantity=Level("gradient", "all_solved", _BELOW),
        reproduced=(0.5, 1.0),
        holds=(0.25, 1.0),
        setting="d = 6, 8, 10 and 12, six documents below the curve; runs that solve all pairs",
        seeds=3,
        timeout=120.0,
    ),
    Claim(
        name="above-the-cubic-it-fails",
        paper=_PAPER,
        statement="Beyond it some pairs can't be had.",
        figure="y = -10.5322 + 4.0309 d + 0.0520 d^2 + 0.0037 d^3",
        quantity=Level("gradient", "all_solved", _ABOVE),
        reproduced=(0.0, 0.5),
        setting="d = 6, 8, 10 and 12, six documents above the curve; runs that solve all pairs",
        seeds=3,
        timeout=120.0,
    ),
    Claim(
        name="four-dimensions-are-too-few",
        paper=_PAPER,
        statement="The number of documents whose pairs vectors can tell is limited by their "
        "dimension: a dozen in four.",
        figure="critical n of some ten documents at d = 4",
        quantity=Level("trigonometric", "all_solved", _FOUR),
        reproduced=(0.0, 0.5),
        setting="a construction that solves every pair of any number of documents in d = 4: the "
        "limit is one of gradient descent and of the margin, not of geometry",
        seeds=1,
        timeout=120.0,
    ),
]
