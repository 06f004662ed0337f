"""What the paper on split nearest-neighbour search claims, as quantities that records determine.

M = 10 n^(2 / (2 + d)) groups throughout, but for the last two, where it is 2 n^(1/2). A rule that
keeps a share r of the M nearest points acts as k-NN with k = M ln(1 / (1 - r)), and is compared
with that k: M / 4 for r = .2212, .69 M for 1/2.
"""

from harness.api import Claim, CostGap

_PAPER = "one-nearest-neighbor-search-minimax"
# What differs between a rule and its k-NN grows where n is small, so that cases are not alike:
# several draws of each size make the interval a narrow one.
_GAUSSIANS = tuple(
    f"gaussians[{size}queries=4000,draw={draw}]"
    for size in ("n=500,", "", "n=12500,", "n=62500,")  # 2,500 by default
    for draw in (1, 2, 3)
)
_SETTING = "two Gaussians in 5 dimensions, N(0, I) and N(1, 9 I)"
_RATES = (
    "smooth[draw=1]",  # n = 4,000
    "smooth[n=8000,draw=1]",
    "smooth[n=16000,draw=1]",
    "smooth[n=32000,draw=1]",
)

CLAIMS = [
    Claim(
        name="comparable-to-quarter-m",
        paper=_PAPER,
        statement="Keeping .2212 M of M group-wise nearest points is as good as M/4-NN.",
        figure="the rate of Theta(M)-NN",
        quantity=CostGap("split_nearest", "nearest_neighbours", _GAUSSIANS),
        reproduced=(-0.02, 0.02),
        setting=f"{_SETTING}, n = 500 to 62,500; two points of a hundred count as comparable",
        timeout=120.0,
        seeds=2,
    ),
    Claim(
        name="comparable-half",
        paper=_PAPER,
        statement="Keeping half of the M group-wise nearest points is as good as .69 M-NN.",
        figure="the rate of Theta(M)-NN",
        quantity=CostGap("split_nearest[ratio=0.5]", "nearest_neighbours[share=0.69]", _GAUSSIANS),
        reproduced=(-0.02, 0.02),
        setting=f"{_SETTING}, n = 500 to 62,500; two points of a hundred count as comparable",
        timeout=120.0,
        seeds=2,
    ),
    Claim(
        name="plain-rule-loses",
        paper=_PAPER,
        statement="Without the selection by distance the rule is worse, by a logarithmic factor.",
        figure="a logarithmic factor in the rate",
        quantity=CostGap(
            "split_nearest[scale=2.0,ratio=1.0]",
            "nearest_neighbours[share=1.0,scale=2.0]",
            _RATES,
        ),
        reproduced=(0.0005, 1.0),
        setting="values of a smooth function on a square, M = 2 n^(1/2), against M-NN",
        seeds=5,
    ),
    Claim(
        name="selection-repairs",
        paper=_PAPER,
        statement="With the nearer half of the points the error is that of M-NN or less.",
        figure="the exact minimax rate",
        quantity=CostGap(
            "split_nearest[scale=2.0,ratio=0.5]",
            "nearest_neighbours[share=1.0,scale=2.0]",
            _RATES,
        ),
        reproduced=(-0.01, 0.0005),
        setting="values of a smooth function on a square, M = 2 n^(1/2), against M-NN",
        seeds=5,
    ),
]
