"""Hamming distances up to k: what is above it need only be known to be.

Given are a text of n letters, a pattern of m and a bound k. Wanted is, for each of the n - m + 1
windows of the text, the number of letters in which it differs from the pattern where that is k at
most, else k + 1. Every answer that is not right is invalid, so that the contest is time.

The right answer is counted by the definition when the case is made, a letter of the pattern after
the other; windows that have reached k + 1 are left out.
"""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bench_text.hamming_distances import _families
from bench_text.hamming_distances._checks import distances_of, window_sentence
from bench_text.hamming_distances._letters import by_definition, renamed, window_distance
from harness.api import Case, Instance, InvalidAnswer, InvalidCase, Problem, Symmetry

_TINY = 1 << 20  # comparisons
_MOST = 2**31 - 2  # k + 1 is a distance of 32 bits


class HammingDistancesBounded(Problem):
    """Find the windows in which a pattern has at most k mismatches, and how many.

    `data` holds `text` and `pattern`, arrays of the same dtype: uint8, uint16 or int32, and `k`. An
    answer is an int32 array of the n - m + 1 distances, k + 1 where they are above k.
    """

    title = "Hamming distances up to k"
    kind = "exact"
    cost_name = "wrong distances"
    compare = "difference"
    rank_by = "time"
    size = "k"
    families: ClassVar = {
        name: {**parameters, "k": 10} for name, parameters in _families.FAMILIES.items()
    }
    suites: ClassVar = {
        "smoke": [
            "dna[n=5000,m=100]",
            "planted[n=3000,m=200]",
            "periodic[n=2000,m=300,k=3]",
        ],
        "standard": [
            "dna[n=400000,errors=0.01,k=20]",
            "english[n=400000,m=100,k=5]",
            "planted",
            "planted[n=200000,m=10000,k=100,errors=100]",
            "periodic[n=100000,k=30]",
            "fibonacci[n=40000,k=100]",
            "uniform[n=200000,alphabet=2,k=300]",
        ],
        "large": [
            "dna[n=10000000,errors=0.01,k=20]",
            "planted[n=4000000,m=10000,k=100,errors=100]",
            "fibonacci[n=400000,m=10000,k=1000]",
        ],
        "growth": [f"uniform[n=50000,m=2000,alphabet=2,k={k}]" for k in (10, 20, 40, 80, 160, 320)],
        "edge": [
            "uniform[n=1,m=1,alphabet=1,k=1]",
            "uniform[n=60,m=8,alphabet=2,k=1]",
            "uniform[n=300,m=257,alphabet=256,k=400]",
            "wide[n=400,m=30,alphabet=3,k=12]",
            "fibonacci[n=610,m=233,k=90]",
            "periodic[n=500,m=100,period=1,k=2]",
            "planted[n=1500,m=128]",
        ],
    }
    starter = """\
# data.text: n letters, data.pattern: m letters (uint8, uint16 or int32, both alike), data.k
# answer: an int32 array of n - m + 1 distances, k + 1 where they are above k
windows = np.lib.stride_tricks.sliding_window_view(data.text, len(data.pattern))
distances = [(window != data.pattern).sum() for window in windows]
yield np.minimum(distances, data.k + 1).astype(np.int32)
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        if not 1 <= case.k <= _MOST:
            raise InvalidCase(
                f"k is {case.k}, expected 1 to {_MOST} mismatches: write k=10, say (for k=0 search "
                "for the pattern itself)"
            )
        text, pattern = _families.made(case, rng)
        return _instance(text, pattern, int(case.k))

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        k, right = instance.data["k"], instance.truth["distances"]
        distances = distances_of(answer, instance, most=k + 1)
        wrong = distances != right
        if wrong.any():
            i = int(wrong.argmax())
            raise InvalidAnswer(window_sentence(instance, i, int(distances[i]), int(right[i])))
        return 0.0, {
            "windows_within_k": float(np.count_nonzero(right <= k)),
            "least_distance": float(right.min()),
        }

    def exact(self, instance: Instance) -> float | None:
        text, pattern, k = (instance.data[name] for name in ("text", "pattern", "k"))
        if (len(text) - len(pattern) + 1) * len(pattern) > _TINY:
            return None
        distances = [window_distance(text, pattern, i) for i in range(len(text) - len(pattern) + 1)]
        return self.score(instance, np.minimum(distances, k + 1).astype(np.int32))[0]

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        text, pattern, k = (instance.data[name] for name in ("text", "pattern", "k"))
        yield Symmetry("letters renamed", _instance(*renamed(text, pattern, rng), k))
        yield Symmetry(
            "both turned round",
            _instance(text[::-1].copy(), pattern[::-1].copy(), k),
            back=lambda answer: np.asarray(answer)[::-1],
        )


def _instance(text: np.ndarray, pattern: np.ndarray, k: int) -> Instance:
    sizes = {"n": len(text), "m": len(pattern), "k": k, "alphabet": len(np.unique(pattern))}
    return Instance(
        data={"text": text, "pattern": pattern, "k": k},
        truth={"distances": by_definition(text, pattern, most=k + 1)},
        sizes=sizes,
        optimum=0.0,
    )
