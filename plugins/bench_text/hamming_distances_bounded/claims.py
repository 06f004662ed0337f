"""What is claimed of Hamming distances up to k, as far as it shows."""

from harness.api import Claim, Growth, SameAnswers

_PAPER = "faster-algorithms-text-pattern-hamming"
_BY_K = tuple(f"uniform[n=50000,m=2000,alphabet=2,k={k}]" for k in (20, 40, 80, 160, 320))

CLAIMS = [
    Claim(
        name="jumps-are-exact",
        paper=_PAPER,
        statement="Distances up to k are exact.",
        figure="exact",
        quantity=SameAnswers(
            "kangaroo",
            "early_stop",
            (
                "dna[n=20000,errors=0.01]",
                "english[n=20000,m=100]",
                "planted[n=20000]",
                "periodic[n=20000]",
                "fibonacci[n=20000,k=100]",
                "wide[n=20000,m=200,alphabet=3,k=120]",
            ),
        ),
        reproduced=(0.9, 1.0),
        holds=(0.9, 1.0),
        setting="six kinds of text, ten seeds of the fingerprints each",
        seeds=10,
    ),
    Claim(
        name="time-of-jumps-grows-like-k",
        paper=_PAPER,
        statement="Before, distances up to k took time proportional to n k for small k.",
        figure="exponent 1",
        quantity=Growth("kangaroo", _BY_K, "k", of="timing"),
        reproduced=(0.8, 1.2),
        holds=(0.5, 1.3),
        setting="two letters that are equally likely, n = 50,000, m = 2000",
    ),
    Claim(
        name="up-to-k-in-n-k-over-root-m",
        paper=_PAPER,
        statement="Distances up to k in O(n + n k / sqrt(m)).",
        figure="without the logarithms of what came before",
        untestable="No implementation is known; it rests on the sums of sets that the exact result "
        "rests on, and what it saves are logarithms.",
    ),
]
