"""What the paper on eager sparse scoring says of how the time of queries grows.

It is measured here and not on the board of single queries: of thousands of queries in batches the
index is a small part.
"""

from harness.api import Claim, Growth

_SIZES = tuple(
    f"zipf[n={n},queries=5000]" for n in (8000, 11000, 16000, 22000, 32000, 45000, 64000)
)

CLAIMS = [
    Claim(
        name="eager-is-linear",
        paper="bm25s",
        statement="The time of a query grows as the postings of its words and the documents do, "
        "linearly here.",
        figure="linear",
        quantity=Growth("eager", _SIZES, "n", "trace"),
        reproduced=(0.8, 1.2),
        holds=(0.5, 1.5),
        setting="8,000 to 64,000 documents of 100 words by Zipf's law, 5,000 queries and the index",
    ),
]
