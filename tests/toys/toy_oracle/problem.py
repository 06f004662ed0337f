"""Minimise a one-dimensional quadratic through an oracle that counts its calls."""

from harness.api import Instance, InvalidAnswer, Problem


class Oracle:
    def __init__(self, centre, meter):
        self._centre, self._meter = centre, meter

    def value(self, x):
        self._meter.count()
        return (x - self._centre) ** 2


class ToyOracle(Problem):
    """Quadratic: a point; the cost is its squared distance from the hidden centre."""

    title = "hidden quadratic"
    kind = "oracle"
    counts = "best"
    compare = "difference"
    families = {"quadratic": {"scale": 1.0}}
    suites = {"smoke": ["quadratic"], "edge": ["quadratic[scale=0.0]"]}

    def make(self, case, rng):
        return Instance({"centre": case.scale * float(rng.normal())}, sizes={"n": 1}, optimum=0.0)

    def open(self, data, meter):
        return Oracle(data["centre"], meter)

    def score(self, instance, answer):
        if type(answer) is not float:
            raise InvalidAnswer(f"the answer is a {type(answer).__name__}, expected a float")
        return (answer - instance.data["centre"]) ** 2, {}

    def exact(self, instance):
        return 0.0
