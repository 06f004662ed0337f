"""What is claimed of exact Hamming distances in O(n sqrt(m log m)) and less, as far as it shows.

The paper's own results are bounds; what runs here is the split that it improves on. Its rivals are
measured on the hard family, whose letters all occur about sqrt(m log2 m) times in the pattern. Our
naive loop compares 16 to 64 letters at a time; the theory's compares one.
"""

from math import inf

from harness.api import Claim, Growth, SameAnswers, Speedup

_PAPER = "faster-algorithms-text-pattern-hamming"
_SPLIT = "heavy_light"
_HARD = tuple(f"threshold[m={1000 << step}]" for step in range(7))
_HARD_SHORT = tuple(f"threshold[n=200000,m={250 << step}]" for step in range(6))
_KINDS = (
    "dna[n=20000,m=300]",
    "english[n=20000,m=500]",
    "uniform[n=20000,m=300,alphabet=2]",
    "uniform[n=20000,m=300,alphabet=1000]",
    "threshold[n=20000,m=2000]",
    "zipf[n=20000,m=2000]",
    "periodic[n=20000]",
    "fibonacci[n=20000]",
    "planted[n=20000]",
    "wide[n=20000,m=500]",
)
_ALL = tuple(
    kind if draw == 0 else f"{kind[:-1]},draw={draw}]" for kind in _KINDS for draw in range(8)
)
_SETTING = "uniform letters, sqrt(m / log2 m) of them"

CLAIMS = [
    Claim(
        name="the-split-is-exact",
        paper=_PAPER,
        statement="Splitting letters into heavy and light ones gives all distances exactly.",
        figure="exact",
        quantity=SameAnswers(_SPLIT, "naive", _ALL),
        reproduced=(0.95, 1.0),
        holds=(0.95, 1.0),
        setting="ten kinds of text, eight draws of each; every answer is also held against digests "
        "of the right one",
        seeds=1,
    ),
    Claim(
        name="time-of-the-split-grows-like-the-root-of-m",
        paper=_PAPER,
        statement="At a given n the time grows like sqrt(m), up to a root of its logarithm.",
        figure="n sqrt(m log m): exponent 0.5, 0.56 to 0.58 with the logarithm",
        quantity=Growth(_SPLIT, _HARD, "m", of="timing"),
        reproduced=(0.45, 0.70),
        holds=(0.0, 0.9),
        setting=f"{_SETTING}, n = 400,000",
    ),
    Claim(
        name="time-of-the-definition-grows-like-m",
        paper=_PAPER,
        statement="Comparing all letters of all windows takes time proportional to n m.",
        figure="exponent 1",
        quantity=Growth("naive_scalar", _HARD_SHORT, "m", of="timing"),
        reproduced=(0.9, 1.1),
        holds=(0.7, 1.3),
        setting=f"{_SETTING}, n = 200,000, m = 250 to 8000; one comparison after the other",
    ),
    Claim(
        name="the-split-overtakes-the-definition",
        paper=_PAPER,
        statement="For patterns of some thousand letters the split is faster than comparing all.",
        figure="no figure; asymptotic",
        quantity=Speedup(_SPLIT, "naive_scalar", "threshold[n=200000,m=4000]"),
        reproduced=(1.0, inf),
        setting=f"{_SETTING}, n = 200,000, m = 4000, one comparison after the other",
    ),
    Claim(
        name="the-split-overtakes-the-definition-in-vectors",
        paper=_PAPER,
        statement="For patterns of some thousand letters the split is faster than comparing all.",
        figure="no figure; asymptotic",
        quantity=Speedup(_SPLIT, "naive", "threshold[n=200000,m=4000]"),
        reproduced=(1.0, inf),
        setting=f"{_SETTING}, n = 200,000, m = 4000, against all comparisons in vectors",
    ),
    Claim(
        name="rare-letters-make-the-split-fast",
        paper=_PAPER,
        statement="With many letters the light half alone is almost linear, and overtakes sooner.",
        figure="no figure; n B with B the occurrences of a letter",
        quantity=Speedup(_SPLIT, "naive", "uniform[n=200000,alphabet=1000]"),
        reproduced=(1.0, inf),
        setting="1000 letters that are equally likely, n = 200,000, m = 1000, against all "
        "comparisons in vectors",
    ),
    Claim(
        name="exact-in-n-root-m",
        paper=_PAPER,
        statement="All distances in O(n sqrt(m)) expected time, and with another logarithm "
        "deterministically.",
        figure="O(n sqrt(m)) against O(n sqrt(m log m))",
        untestable="No implementation is known, and the factor to be seen, sqrt(log m), changes "
        "from 3.2 to 4.5 between m = 1000 and 10^6: no timing tells it from a cache.",
    ),
]
