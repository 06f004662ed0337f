"""What the paper on the limits of embeddings says of LIMIT, with texts of our own.

Its embeddings are neural networks of up to 4,096 entries a vector. Here a truncated SVD of the
texts' own words stands for them, as vectors fitted to a corpus; random signs show what vectors do
that are fitted to nothing. So the claims on vectors speak of these, and where they come out against
the paper, it is against what it concludes for all single vectors, not against what it measured.
"""

from math import inf

from harness.api import Claim, CostGap, Level

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
        name="words-beat-fitted-vectors",
        paper=_PAPER,
        statement="BM25 finds by far more than the best single-vector models.",
        figure="93.6 % against less than 20 % among the first 100",
        quantity=CostGap("latent_semantic[dim=512]", "bm25", _FULL),
        reproduced=(0.7, inf),
        holds=(0.3, inf),
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
        "which the claims before say what they find of the dense pairs",
        seeds=1,
        timeout=120.0,
    ),
    Claim(
        name="single-vectors-fail",
        paper=_PAPER,
        statement="It is the single vector that fails, whatever made it: with some thousand "
        "entries, too, most of what is wanted is not found.",
        figure="models of up to 4,096 entries find less than 20 %; a limit of the single vector",
        quantity=Level("random_projection", "", _FULL),
        reproduced=(0.8, inf),
        holds=(0.5, inf),
        setting=f"{_SETTING}; 1,024 entries by random signs, fitted to nothing: where these find "
        "it, what fails is the fitting and not the vector",
        seeds=3,
        timeout=120.0,
    ),
    Claim(
        name="the-small-set-is-not-easy",
        paper=_PAPER,
        statement="With no more than 46 documents single vectors still fail.",
        figure="none of the models solves it at 46 documents",
        quantity=Level("latent_semantic", "", _SMALL),
        reproduced=(0.3, inf),
        holds=(0.1, inf),
        setting="46 generated texts, top 2; 32 singular vectors, fitted to these very texts, where "
        "the models have 768 entries or more and know other texts",
        seeds=1,
    ),
]
