"""Estimate a mean from samples."""

from harness.api import Instance, InvalidAnswer, Problem


class ToyEstimation(Problem):
    """Mean of a normal law: a number, scored against the hidden mean."""

    title = "normal mean"
    kind = "estimation"
    cost_name = "squared error"
    compare = "difference"
    families = {"normal": {"n": 200}}
    suites = {"smoke": ["normal"]}

    def make(self, case, rng):
        mean = float(rng.normal())
        return Instance({"samples": rng.normal(mean, size=case.n)}, {"mean": mean}, {"n": case.n})

    def score(self, instance, answer):
        if type(answer) is not float:
            raise InvalidAnswer(f"the answer is a {type(answer).__name__}, expected a float")
        return (answer - instance.truth["mean"]) ** 2, {}
