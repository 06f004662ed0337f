"""What is healthy about the broken problems, and a solver for them."""

from typing import ClassVar

from harness.api import Instance, InvalidAnswer, Problem, Solver, Symmetry


class LeastNumber(Problem):
    """The index of the least of n numbers."""

    title = "least number"
    families: ClassVar = {"uniform": {"n": 20}}
    suites: ClassVar = {"smoke": ["uniform"], "edge": ["uniform[n=1]"]}

    def make(self, case, rng):
        return Instance({"values": 1.0 + rng.random(case.n)}, sizes={"n": case.n})

    def score(self, instance, answer):
        values = instance.data["values"]
        if type(answer) is not int or not 0 <= answer < len(values):
            raise InvalidAnswer(f"expected an index 0..{len(values) - 1}")
        return float(values[answer]), {}

    def exact(self, instance):
        return float(instance.data["values"].min())

    def symmetries(self, instance, rng):
        values = instance.data["values"]
        order = rng.permutation(len(values)).tolist()
        yield Symmetry(
            "numbers permuted",
            Instance({**instance.data.as_dict(), "values": values[order]}, sizes=instance.sizes),
            back=lambda answer: order[answer],
        )


class Scan(Solver):
    """Look at every number."""

    def solve(self, data, rng):
        yield int(data["values"].argmin())
