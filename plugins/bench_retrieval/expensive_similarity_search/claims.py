"""What the paper on search for cross-encoders by matrix factorisation promises.

Its similarities are those of neural networks; here they are distances by dynamic time warping,
whose matrix is nearly of rank 10, and scores of local alignment, whose is not.
"""

from math import inf

from harness.api import Claim, CostGap, Level

_PAPER = "efficient-nearest-neighbor-search-cross"
_DRAWS = ("", ",draw=1", ",draw=2", ",draw=3")
_WARPED = ("dtw", "dtw[draw=1]", "dtw[draw=2]", "dtw[draw=3]")
_WARPED_FIFTY = tuple(f"dtw[k=50{draw}]" for draw in _DRAWS)
_WARPED_FEW = tuple(f"dtw[calls=100{draw}]" for draw in _DRAWS)
_STRINGS = ("strings", "strings[draw=1]", "strings[draw=2]", "strings[draw=3]")
_STRINGS_MANY = tuple(f"strings[calls=400{draw}]" for draw in _DRAWS)
_DTW = "4,000 warped random walks, 300 anchor queries, 200 calls a query"

CLAIMS = [
    Claim(
        name="recall-at-10",
        paper=_PAPER,
        statement="A CUR decomposition finds nearly all of the ten most similar items.",
        figure="better recall per call for k > 10",
        quantity=Level("anncur", "", _WARPED),
        reproduced=(-inf, 0.02),
        holds=(-inf, 0.1),
        setting=f"{_DTW}; the paper says by how much in figures only",
        seeds=5,
    ),
    Claim(
        name="above-cheap-vectors-at-10",
        paper=_PAPER,
        statement="It finds more than re-ranking what a cheap embedding finds.",
        figure="better recall per call for k > 10",
        quantity=CostGap("anncur", "cheap_rerank", _WARPED),
        reproduced=(-inf, 0.0),
        setting=f"{_DTW}; the cheap similarity is the Euclidean distance; k = 10, at the edge of "
        "what the paper claims",
        seeds=5,
    ),
    Claim(
        name="above-cheap-vectors-at-50",
        paper=_PAPER,
        statement="It finds more than re-ranking what a cheap embedding finds, where many items "
        "are asked for.",
        figure="better recall per call for k > 10",
        quantity=CostGap("anncur", "cheap_rerank", _WARPED_FIFTY),
        reproduced=(-inf, 0.0),
        setting=f"{_DTW}; k = 50",
        seeds=5,
    ),
    Claim(
        name="above-cheap-vectors-on-strings",
        paper=_PAPER,
        statement="It finds more than re-ranking what a cheap embedding finds.",
        figure="better recall per call for k > 10",
        quantity=CostGap("anncur", "cheap_rerank", _STRINGS),
        reproduced=(-inf, 0.0),
        holds=(-inf, 0.02),
        setting="4,000 strings by local alignment, far from a low rank; the cheap similarity is "
        "TF-IDF of three letters",
        seeds=5,
    ),
    Claim(
        name="few-anchor-items",
        paper=_PAPER,
        statement="How the calls are split matters: a quarter for anchor items beats three "
        "quarters.",
        figure="a grid of splits, no default",
        quantity=CostGap("anncur", "anncur[share=0.75]", _WARPED_FEW),
        reproduced=(-inf, -0.2),
        holds=(-inf, 0.0),
        setting="4,000 warped random walks, 300 anchor queries, 100 calls a query",
        seeds=5,
    ),
    Claim(
        name="fewer-anchor-items-than-anchor-queries",
        paper=_PAPER,
        statement="As many anchor items as anchor queries make the decomposition nearly singular.",
        figure="none; known of pseudo-inverses as double descent",
        quantity=CostGap("anncur", "anncur[share=0.75]", _STRINGS_MANY),
        reproduced=(-inf, -0.2),
        holds=(-inf, 0.0),
        setting="4,000 strings by local alignment, 300 anchor queries, 400 calls a query, of which "
        "100 or 300 go to anchor items",
        seeds=5,
    ),
    Claim(
        name="rounds-beat-one-round",
        paper=_PAPER,
        statement="Choosing anchor items in rounds finds more than drawing them once.",
        figure="the authors' later paper: recall improves for equal calls",
        quantity=CostGap("adaptive_cur", "anncur", _STRINGS),
        reproduced=(-inf, -0.05),
        holds=(-inf, 0.0),
        setting="4,000 strings by local alignment, 200 calls a query, five rounds",
        seeds=5,
    ),
]
