"""Positive numbers: which of n numbers are greater than zero?

An answer is their indexes, in any order.
"""

import numpy as np

from harness.api import Instance, InvalidAnswer, Problem


class Signs(Problem):
    """The indexes of the positive numbers, in any order; the cost is how many are wrong."""

    title = "Positive numbers"
    kind = "exact"
    cost_name = "wrong indexes"
    compare = "difference"
    families = {"normal": {"n": 50}}
    suites = {"smoke": [f"normal[n={n}]" for n in (50, 100, 200, 400)], "edge": ["normal[n=1]"]}

    def make(self, case, rng):
        numbers = rng.normal(size=case.n)
        return Instance({"numbers": numbers}, {"positive": numbers > 0}, {"n": case.n})

    def score(self, instance, answer):
        return float((~self.items(instance, answer)).sum()), {}

    def items(self, instance, answer):
        positive = instance.truth["positive"]
        return _chosen(answer, len(positive)) == positive

    def normal(self, instance, answer):
        return np.sort(answer)

    def exact(self, instance):
        return 0.0


def _chosen(answer, n):
    if not isinstance(answer, np.ndarray) or answer.dtype.kind not in "iu" or answer.ndim != 1:
        raise InvalidAnswer("expected an array of indexes")
    if len(answer) and not (answer.min() >= 0 and answer.max() < n):
        raise InvalidAnswer(f"expected indexes 0..{n - 1}")
    if len(np.unique(answer)) < len(answer):
        raise InvalidAnswer("an index occurs twice")
    chosen = np.zeros(n, bool)
    chosen[answer] = True
    return chosen
