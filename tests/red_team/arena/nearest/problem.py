"""Find the ten nearest of n points: distinct indices, scored by recall."""

import numpy as np

from harness.api import Instance, InvalidAnswer, Problem


class Nearest(Problem):
    """Ten nearest neighbours: ten different indices; the cost is 1 - recall."""

    title = "nearest neighbours"
    kind = "exact"
    cost_name = "1 - recall"
    compare = "difference"
    families = {"uniform": {"n": 500}}
    suites = {"smoke": ["uniform"]}

    def make(self, case, rng):
        points, query = rng.random((case.n, 4)), rng.random(4)
        right = np.argsort(((points - query) ** 2).sum(1))[:10]
        return Instance({"points": points, "query": query}, {"right": right}, {"n": case.n}, 0.0)

    def score(self, instance, answer):
        n = len(instance.data["points"])
        if type(answer) is not np.ndarray or answer.dtype.kind != "i" or answer.shape != (10,):
            raise InvalidAnswer("expected an array of 10 integer indices")
        if answer.min() < 0 or answer.max() >= n:
            raise InvalidAnswer(f"an index is out of range 0..{n - 1}")
        if len(np.unique(answer)) < 10:
            raise InvalidAnswer("an index is named more than once")
        return 1.0 - len(np.intersect1d(answer, instance.truth["right"])) / 10, {}
