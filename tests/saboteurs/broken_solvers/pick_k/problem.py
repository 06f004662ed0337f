"""Pick the k least of n numbers; a healthy problem for broken solvers."""

from typing import ClassVar

import numpy as np

from harness.api import Instance, InvalidAnswer, InvalidCase, Problem, Symmetry


class PickK(Problem):
    """k different indexes; the cost is the sum of the numbers there."""

    title = "k least numbers"
    kind = "batch"
    cost_name = "sum"
    families: ClassVar = {"uniform": {"n": 50, "k": 5, "copies": 1}}
    suites: ClassVar = {
        "smoke": ["uniform", "uniform[n=400,k=20]"],
        "edge": ["uniform[n=1,k=1]", "uniform[n=5,k=5]", "uniform[n=12,k=3,copies=4]"],
    }

    def make(self, case, rng):
        if not 1 <= case.k <= case.n:
            raise InvalidCase(f"k is {case.k}, expected 1 to n = {case.n}")
        values = np.repeat(1.0 + rng.random(case.n), case.copies)[: case.n]
        return Instance({"values": values, "k": case.k}, sizes={"n": case.n})

    def score(self, instance, answer):
        values, k = instance.data["values"], instance.data["k"]
        if not isinstance(answer, list) or any(type(index) is not int for index in answer):
            raise InvalidAnswer("expected a list of integers")
        if len(answer) != k or len(set(answer)) != k:
            raise InvalidAnswer(f"{len(set(answer))} different indexes, expected {k}")
        if not 0 <= min(answer) <= max(answer) < len(values):
            raise InvalidAnswer(f"an index is out of range 0..{len(values) - 1}")
        return float(values[sorted(answer)].sum()), {}

    def exact(self, instance):
        return float(sum(sorted(instance.data["values"].tolist())[: instance.data["k"]]))

    def symmetries(self, instance, rng):
        values, k = instance.data["values"], instance.data["k"]
        order = rng.permutation(len(values)).tolist()
        yield Symmetry(
            "numbers permuted",
            Instance({"values": values[order], "k": k}, sizes=instance.sizes),
            back=lambda answer: [order[index] for index in answer],
        )
        yield Symmetry(
            "numbers doubled",
            Instance({"values": values * 2, "k": k}, sizes=instance.sizes),
            cost=lambda cost: 2 * cost,
            strict=True,
        )
