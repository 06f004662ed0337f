"""What the paper says of the time of greedy training, as quantities that records determine.

Both solvers are in C, read a text that is one word, and make the same merges; the naive one counts
all pairs anew before each merge.
"""

from math import inf

from harness.api import Claim, Growth, SameAnswers, Speedup, SpeedupGrowth

_PAPER = "formal-perspective-byte-pair-encoding"
_BY_N = (
    *(f"generated[size={n},split=False]" for n in (62500, 125000, 250000, 500000)),
    "generated[split=False]",
)
_BY_MERGES = tuple(
    f"english[merges={merges},split=False]" for merges in (100, 200, 400, 800, 1600, 3200)
)
_SAME = (
    "english[size=20000,merges=300]",
    "english[size=20000,merges=300,split=False]",
    "runs[size=3000,merges=60,split=False]",
    "fibonacci",
    "random[size=5000,merges=200]",
    "scripts[size=5000]",
)
_REAL = "English text, or generated, as one word, no white space cut; both programs in C"

CLAIMS = [
    Claim(
        name="fast-equals-naive",
        paper=_PAPER,
        statement="The fast algorithm makes the merges of the greedy one.",
        figure="an implementation of the same algorithm",
        quantity=SameAnswers("greedy_heap", "greedy_naive", _SAME),
        reproduced=(0.9, 1.0),
        seeds=10,
        setting="six kinds of text; overlapping counts, ties to the smallest ids",
    ),
    Claim(
        name="fast-time-in-n",
        paper=_PAPER,
        statement="Greedy training takes O(N log M): linear in the length of the text.",
        figure="O(N log M): exponent 1 in N",
        quantity=Growth("greedy_heap", _BY_N, "n"),
        reproduced=(0.7, 1.2),
        holds=(0.5, 1.5),
        setting=_REAL,
    ),
    Claim(
        name="fast-time-in-merges",
        paper=_PAPER,
        statement="Its time hardly depends on the number of merges: a logarithm of M.",
        figure="O(N log M): a logarithm in M",
        quantity=Growth("greedy_heap", _BY_MERGES, "merges"),
        reproduced=(0.0, 0.4),
        holds=(-0.2, 0.6),
        setting=_REAL,
    ),
    Claim(
        name="naive-time-in-merges",
        paper=_PAPER,
        statement="Counting anew before each merge takes O(N M).",
        figure="O(N M): exponent 1 in M, for a text that didn't shrink",
        quantity=Growth("greedy_naive", _BY_MERGES, "merges"),
        reproduced=(0.7, 1.2),
        holds=(0.5, 1.4),
        setting=f"{_REAL}; merges shorten the text, which lowers the exponent",
    ),
    Claim(
        name="speedup-grows-with-merges",
        paper=_PAPER,
        statement="The fast algorithm gains on the naive one nearly in proportion to M.",
        figure="M / log M",
        quantity=SpeedupGrowth("greedy_heap", "greedy_naive", _BY_MERGES, "merges"),
        reproduced=(0.4, 1.1),
        holds=(0.2, 1.3),
        setting=_REAL,
    ),
    Claim(
        name="speedup-at-3200-merges",
        paper=_PAPER,
        statement="At thousands of merges it is many times as fast.",
        figure="O(N log M) against O(N M)",
        quantity=Speedup("greedy_heap", "greedy_naive", _BY_MERGES[-1]),
        reproduced=(50.0, inf),
        holds=(5.0, inf),
        setting=_REAL,
    ),
]
