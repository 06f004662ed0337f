"""Hamming distances within a factor: estimates that get better, against those that are exact.

Given are a text of n letters, a pattern of m and an epsilon. Wanted is an estimate E[i] of each of
the n - m + 1 distances H[i]. The cost is the largest relative error,

    max over windows of |E[i] - H[i]| / H[i],

and a window that equals the pattern must be told to have distance 0. The aim is an error of epsilon
at most; the curve of cost over time shows when a solver is there, and whether an exact count would
have been faster. Estimates that no distance can have (negative, above m, no number) are invalid,
and so is any but 0 where the distance is 0. A pattern that is found is no matter of chance.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from bench_text.hamming_distances import _families
from bench_text.hamming_distances._checks import check_lengths, window_sentence
from bench_text.hamming_distances._letters import by_definition, renamed, window_distance
from harness.api import Case, Instance, InvalidAnswer, InvalidCase, Problem, Symmetry

_TINY = 1 << 20  # comparisons
_LEAST_EPSILON = 1e-6  # a map has 2 / epsilon bins
_NAMES = ("dna", "english", "uniform", "zipf", "periodic", "planted", "wide", "file")


class ApproximateHamming(Problem):
    """Estimate the number of mismatches of a pattern at every place of a text.

    `data` holds `text` and `pattern`, arrays of the same dtype: uint8, uint16 or int32, and
    `epsilon`, the relative error that is aimed at. An answer is an array of n - m + 1 numbers.
    """

    title = "Hamming distances within 1 + epsilon"
    kind = "estimation"
    cost_name = "largest relative error"
    compare = "difference"
    size = "inverse_epsilon"
    families: ClassVar = {
        name: {**_families.FAMILIES[name], "epsilon": 0.25} for name in _NAMES
    } | {
        # Every letter of the text differs from every one of the pattern: the distances are m, and
        # two letters that a map takes for the same make all estimates of its round 0.
        "disjoint": {"n": 100_000, "m": 1000, "epsilon": 0.25},
    }
    suites: ClassVar = {
        "smoke": [
            "uniform[n=3000,m=200,alphabet=300]",
            "planted[n=2000,m=100]",
            "disjoint[n=1000,m=100]",
        ],
        "standard": [
            "uniform[n=100000,alphabet=2000]",
            "uniform[n=100000,alphabet=2000,epsilon=0.1]",
            "english[n=100000]",
            "dna[n=100000]",
            "zipf[n=100000,m=5000,alphabet=5000]",
            "planted[n=100000,alphabet=1000]",
            "periodic[n=100000,period=50,alphabet=50]",
            "disjoint",
        ],
        "large": [
            "uniform[n=1000000,m=10000,alphabet=10000]",
            "english[n=1000000,m=10000,epsilon=0.1]",
        ],
        "growth": [
            f"uniform[n=40000,alphabet=2000,epsilon={epsilon}]" for epsilon in (0.4, 0.2, 0.1, 0.05)
        ],
        "edge": [
            "uniform[n=1,m=1,alphabet=1]",
            "uniform[n=60,m=8,alphabet=2]",
            "wide[n=400,m=30,alphabet=20]",
            "periodic[n=500,m=100,period=1]",
            "disjoint[n=64,m=64]",
            "planted[n=600,m=64,epsilon=0.5]",
        ],
    }
    starter = """\
# data.text: n letters, data.pattern: m letters (uint8, uint16 or int32, both alike)
# data.epsilon: the relative error that is aimed at
# answer: an array of n - m + 1 estimates, 0 where the window equals the pattern
windows = np.lib.stride_tricks.sliding_window_view(data.text, len(data.pattern))
yield np.array([(window != data.pattern).sum() for window in windows], np.float64)
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        if not _LEAST_EPSILON <= case.epsilon < 1:
            raise InvalidCase(
                f"epsilon is {case.epsilon}, expected {_LEAST_EPSILON} or more and less than 1: "
                "write epsilon=0.25, say"
            )
        if case.family == "disjoint":
            text, pattern = _disjoint(case)
        else:
            text, pattern = _families.made(case, rng)
        return _instance(text, pattern, float(case.epsilon))

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        right = instance.truth["distances"]
        estimates = _estimates(answer, instance)
        wrong = (right == 0) & (estimates != 0)
        if wrong.any():
            i = int(wrong.argmax())
            raise InvalidAnswer(window_sentence(instance, i, float(estimates[i]), 0))
        losses = (right - estimates) / np.maximum(right, 1)
        sizes = np.abs(losses)
        # Of epsilon itself: two roundings.
        beyond = sizes > instance.data["epsilon"] * (1 + 1e-12)
        return float(sizes.max()), {
            "mean_relative_error": float(sizes.mean()),
            "mean_relative_loss": float(losses.mean()),
            "largest_overestimate": float(max(0.0, -losses.min())),
            "share_beyond_epsilon": float(beyond.mean()),
            "within_epsilon": float(not beyond.any()),
        }

    def exact(self, instance: Instance) -> float | None:
        text, pattern = instance.data["text"], instance.data["pattern"]
        if (len(text) - len(pattern) + 1) * len(pattern) > _TINY:
            return None
        distances = [window_distance(text, pattern, i) for i in range(len(text) - len(pattern) + 1)]
        return self.score(instance, np.array(distances))[0]

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        text, pattern, epsilon = (instance.data[name] for name in ("text", "pattern", "epsilon"))
        yield Symmetry("letters renamed", _instance(*renamed(text, pattern, rng), epsilon))
        yield Symmetry(
            "both turned round",
            _instance(text[::-1].copy(), pattern[::-1].copy(), epsilon),
            back=lambda answer: np.asarray(answer)[::-1],
        )


def _disjoint(case: Any) -> tuple[np.ndarray, np.ndarray]:
    check_lengths(case.n, case.m)
    return np.zeros(case.n, np.uint8), np.ones(case.m, np.uint8)


def _instance(text: np.ndarray, pattern: np.ndarray, epsilon: float) -> Instance:
    return Instance(
        data={"text": text, "pattern": pattern, "epsilon": epsilon},
        truth={"distances": by_definition(text, pattern)},
        sizes={
            "n": len(text),
            "m": len(pattern),
            "alphabet": len(np.unique(pattern)),
            "inverse_epsilon": 1 / epsilon,
        },
        optimum=0.0,
    )


def _estimates(answer: object, instance: Instance) -> np.ndarray:
    """An answer as float64[n - m + 1].

    Raises:
        InvalidAnswer: where it is none, or holds what no distance can be.
    """
    n, m = len(instance.data["text"]), len(instance.data["pattern"])
    wanted = f"expected an array of the {n - m + 1} estimates"
    if type(answer) is not np.ndarray:  # of a masked array nothing differs
        told = "None" if answer is None else f"of type {type(answer).__name__}"
        raise InvalidAnswer(f"the answer is {told}, {wanted}")
    if answer.dtype.kind not in "fiu":
        raise InvalidAnswer(f"the answer has dtype {answer.dtype}, {wanted}")
    if answer.shape != (n - m + 1,):
        raise InvalidAnswer(f"the answer has the shape {answer.shape}, {wanted}")
    estimates = answer.astype(np.float64)
    outside = ~((estimates >= 0) & (estimates <= m))  # NaN too
    if outside.any():
        i = int(outside.argmax())
        raise InvalidAnswer(f"the estimate of window {i} is {estimates[i]}, expected 0..{m}")
    return estimates
