"""What the paper on generalised Jaccard indices says of them, on data of other kinds than its own.

It states properties and shows pictures; the figures here are ours. That the coincidence index is
the stricter one, |C| <= |J| for any two vectors, is an inequality, which the tests hold.
"""

from math import inf

from harness.api import Claim, CostGap

_PAPER = "further-generalizations-jaccard-index"
_DRAWS = ("", ",draw=1", ",draw=2")
_GROSS = tuple(
    f"groups[{noise}outliers=0.02{draw}]" for noise in ("noise=1.0,", "") for draw in _DRAWS
)
_REAL = ("iris", "wine", "digits")
_SETTING = "20 Gaussian groups in 100 dimensions, 2 % of entries replaced by gross outliers"

CLAIMS = [
    Claim(
        name="outliers-hurt-cosine-more",
        paper=_PAPER,
        statement="Gross outliers in single features disturb it far less than the cosine.",
        figure="none; ours: 1.9 to 3 times the neighbours of the right class",
        quantity=CostGap("jaccard", "cosine", _GROSS),
        reproduced=(-inf, -0.15),
        holds=(-inf, 0.0),
        setting=_SETTING,
        seeds=1,
    ),
    Claim(
        name="outliers-hurt-distances-more",
        paper=_PAPER,
        statement="The same holds against the Euclidean distance.",
        figure="none; ours: 1.8 to 2.2 times the neighbours of the right class",
        quantity=CostGap("jaccard", "minkowski", _GROSS),
        reproduced=(-inf, -0.15),
        holds=(-inf, 0.0),
        setting=_SETTING,
        seeds=1,
    ),
    Claim(
        name="better-neighbours-than-cosine",
        paper=_PAPER,
        statement="The coincidence index tells groups apart more sharply than the cosine.",
        figure="shown by graphs",
        quantity=CostGap("coincidence", "cosine", _REAL),
        reproduced=(-inf, 0.0),
        holds=(-inf, 0.02),
        setting="ten neighbours of flowers, wines and digits, features standardised",
        seeds=1,
    ),
]
