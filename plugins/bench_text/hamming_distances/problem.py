"""Hamming distances: in how many letters a pattern differs from each window of a text.

Given are a text of n letters and a pattern of m, m <= n. Wanted are all n - m + 1 distances,
exactly: H[i] is the number of j with text[i + j] != pattern[j]. Every answer that is not right is
invalid, so that the contest is time.

All distances of an answer are held against the text in O(n log n), whatever computed them: at three
random points x modulo 2^31 - 1 the sum of H[i] x^i must be what the places of the letters say it
is. A wrong answer passes with a probability below (n / 2^31)^3. Some windows are counted too.
"""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bench_text.hamming_distances import _families
from bench_text.hamming_distances._checks import distances_of, refuse_wrong
from bench_text.hamming_distances._digests import Digests, random_points
from bench_text.hamming_distances._letters import by_definition, renamed
from harness.api import Case, Instance, Problem, Symmetry

_TINY = 1 << 20  # comparisons


class HammingDistances(Problem):
    """Count the mismatches of a pattern at every place of a text.

    `data` holds `text` and `pattern`, arrays of the same dtype: uint8, uint16 or int32, whichever
    is the smallest that holds all letters; letters are whole numbers 0..2^31-1. An answer is an
    int32 array of the n - m + 1 distances, that of the window text[i:i + m] at place i.
    """

    title = "Hamming distances"
    kind = "exact"
    cost_name = "wrong distances"
    compare = "difference"
    rank_by = "time"
    size = "m"
    families: ClassVar = _families.FAMILIES
    suites: ClassVar = {
        "smoke": [
            "dna[n=5000,m=100]",
            "uniform[n=3000,m=200,alphabet=300]",
            "periodic[n=2000,m=300]",
        ],
        "standard": [
            "dna",
            "english[n=400000,m=2000]",
            "uniform[n=1000000,m=300,alphabet=2]",
            "uniform[n=100000,m=1000,alphabet=10000]",
            "threshold[n=200000,m=10000]",
            "zipf[n=200000,m=3000]",
            "periodic[n=400000]",
            "fibonacci[n=200000,m=4000]",
        ],
        "large": [
            "dna[n=10000000]",
            "english[n=10000000]",
            "dna[n=10000000,m=100000]",
            "threshold[n=1000000,m=30000]",
            "threshold[n=1000000,m=100000]",
            "threshold[n=2000000,m=1000000]",
            "zipf[n=2000000,m=300000,alphabet=10000]",
        ],
        "growth": [f"threshold[m={1000 << step}]" for step in range(8)],
        "tuning": [
            "threshold[n=150000,m=8000]",
            "threshold[n=150000,m=40000]",
            "zipf[n=150000,m=20000,alphabet=400]",
            "dna[n=500000,m=700]",
            "uniform[n=150000,m=5000,alphabet=100]",
        ],
        "edge": [
            "uniform[n=1,m=1,alphabet=1]",
            "uniform[n=2,m=1,alphabet=2]",
            "uniform[n=64,m=64,alphabet=2]",
            "uniform[n=65,m=64,alphabet=1]",
            "uniform[n=300,m=257,alphabet=256]",
            "wide[n=400,m=30]",
            "wide[n=2000,m=1200,alphabet=900]",
            "dna[n=700,m=63]",
            "fibonacci[n=610,m=233]",
            "periodic[n=500,m=100,period=1]",
            "planted[n=1500,m=128]",
        ],
    }
    starter = """\
# data.text: n letters, data.pattern: m letters (uint8, uint16 or int32, both alike)
# answer: an int32 array of n - m + 1 distances
windows = np.lib.stride_tricks.sliding_window_view(data.text, len(data.pattern))
yield np.array([(window != data.pattern).sum() for window in windows], np.int32)
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        text, pattern = _families.made(case, rng)
        return with_truth(text, pattern, rng)

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        distances = distances_of(answer, instance)
        refuse_wrong(distances, instance)
        return 0.0, {
            "least_distance": float(distances.min()),
            "mean_distance": float(distances.mean()),
        }

    def exact(self, instance: Instance) -> float | None:
        text, pattern = instance.data["text"], instance.data["pattern"]
        if (len(text) - len(pattern) + 1) * len(pattern) > _TINY:
            return None
        return self.score(instance, by_definition(text, pattern))[0]

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        text, pattern = instance.data["text"], instance.data["pattern"]
        yield Symmetry("letters renamed", with_truth(*renamed(text, pattern, rng), rng))
        yield Symmetry(
            "both turned round",
            with_truth(text[::-1].copy(), pattern[::-1].copy(), rng),
            back=lambda answer: np.asarray(answer)[::-1],
        )


def with_truth(text: np.ndarray, pattern: np.ndarray, rng: np.random.Generator) -> Instance:
    """The instance of a text and a pattern, with what an answer is held against."""
    n, m = len(text), len(pattern)
    points = random_points(rng)
    digests = Digests(text, pattern)
    return Instance(
        data={"text": text, "pattern": pattern},
        truth={
            "points": points,
            "digests": np.array([digests.of_windows(n - m + 1, x) for x in points]),
            "windows": rng.integers(n - m + 1, size=16),
        },
        sizes={"n": n, "m": m, "alphabet": len(np.unique(pattern))},
        optimum=0.0,
    )
