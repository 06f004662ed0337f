"""What the paper on the limits of embeddings says of LIMIT, with texts of our own.

Its embeddings are neural networks. Here a truncated SVD of the texts' own words stands for them, as
vectors fitted to a corpus; random signs show what vectors do that are fitted to nothing.
"""

from math import inf

from harness.api import Claim, Level

_PAPER = "theoretical-limitations-embedding-based-retrieval"
_FULL = tuple(f"limit[n=50000,k=100{draw}]" for draw in ("", ",draw=1", ",draw=2"))
_RANDOM = tuple(case.replace("k=100", "k=100,pattern=random") for case in _FULL)
_SMALL = ("limit", "limit[draw=1]", "limit[draw=2]", "limit[draw=3]")
_SETTING = "50,000 generated texts, 1,000 queries for nearly all pairs of 46 of them, top 100"

CLAIMS = [
    Claim(
        name="words-are-enough",
        paper=_PAPER,
        statement="BM25 comes close to perfect.",
        figure="93.6 % of what is wanted among the first 100",
        quantity=Level("bm25", "", _FULL),
        reproduced=(-inf, 0.07),
        holds=(-inf, 0.2),
        setting=_SETTING,
        seeds=1,
        timeout=120.0,
    ),
    Claim(
        name="fitted-vectors-are-not",
        paper=_PAPER,
        statement="Single-vector models find less than 20 % among the first 100.",
        figure="below about 20 %",
        quantity=Level("latent_semantic[dim=512]", "", _FULL),
        reproduced=(0.8, inf),
        holds=(0.5, inf),
        setting=f"{_SETTING}; 512 singular vectors instead of neural networks",
        seeds=1,
        timeout=300.0,
    ),
    Claim(
        name="it-is-the-pairs",
        paper=_PAPER,
        statement="With random pairs of documents the same vectors find far more.",
        figure="dense pairs are by far the hardest",
        quantity=Level("latent_semantic[dim=512]", "", _RANDOM),
        reproduced=(-inf, 0.5),
        holds=(-inf, 0.8),
        setting="50,000 generated texts, 1,000 queries for random pairs; 512 singular vectors, of "
        "which the claim before says what they find of the dense pairs",
        seeds=1,
        timeout=120.0,
    ),
    Claim(
        name="single-vectors-fail",
        paper=_PAPER,
        statement="Vectors of some thousand entries can't tell these documents apart.",
        figure="neural embeddings of up to 4,096 entries fail",
        quantity=Level("random_projection", "", _FULL),
        reproduced=(0.5, inf),
        holds=(0.3, inf),
        setting=f"{_SETTING}; 1,024 entries by random signs, fitted to nothing: what fails is "
        "fitting, not vectors",
        seeds=3,
        timeout=120.0,
    ),
    Claim(
        name="the-small-set-is-not-easy",
        paper=_PAPER,
        statement="With no more than 46 documents vectors of few entries still fail.",
        figure="models do not solve it at 46 documents",
        quantity=Level("latent_semantic[dim=8]", "", _SMALL),
        reproduced=(0.3, inf),
        holds=(0.1, inf),
        setting="46 generated texts, top 2; 8 singular vectors",
        seeds=1,
    ),
]
