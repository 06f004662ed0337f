"""Find the least of n numbers."""

import numpy as np

from harness.api import Instance, InvalidAnswer, InvalidCase, Problem, Symmetry


class ToyBatch(Problem):
    """Least number: an index into an array; the cost is the number there."""

    title = "least number"
    kind = "batch"
    cost_name = "value"
    families = {"uniform": {"n": 100, "low": 1.0}}
    suites = {
        "smoke": ["uniform", "uniform[n=1000]"],
        "standard": ["uniform", "uniform[n=1000]", "uniform[n=1000,draw=1]"],
        "edge": ["uniform[n=1]", "uniform[n=2]"],
    }

    def make(self, case, rng):
        if case.n < 1:
            raise InvalidCase(f"n is {case.n}, expected at least 1")
        values = rng.random(case.n) + case.low
        return Instance({"values": values}, sizes={"n": case.n})

    def score(self, instance, answer):
        values = instance.data["values"]
        if type(answer) is not int:
            raise InvalidAnswer(f"the answer is a {type(answer).__name__}, expected an index")
        if not 0 <= answer < len(values):
            raise InvalidAnswer(f"index {answer} is out of range 0..{len(values) - 1}")
        return float(values[answer]), {"rank": float(np.sum(values < values[answer]))}

    def exact(self, instance):
        return float(sorted(instance.data["values"].tolist())[0])

    def symmetries(self, instance, rng):
        values = instance.data["values"]
        order = rng.permutation(len(values))
        yield Symmetry(
            "numbers permuted",
            Instance({"values": values[order]}, sizes=instance.sizes),
            back=lambda answer: int(order[answer]),
        )
        yield Symmetry(
            "numbers doubled",
            Instance({"values": values * 2}, sizes=instance.sizes),
            cost=lambda cost: 2 * cost,
            strict=True,
        )
