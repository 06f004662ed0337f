"""Guess each bit before the next is shown."""

from harness.api import Events, Instance, InvalidAnswer, Problem


class ToyOnline(Problem):
    """Bit stream: after each bit, a guess of the next; the cost is the share of wrong guesses."""

    title = "next bit"
    kind = "online"
    cost_name = "share of errors"
    compare = "difference"
    families = {"alternating": {"n": 50}}
    suites = {"smoke": ["alternating"]}

    def make(self, case, rng):
        return Instance({"bits": [i % 2 for i in range(case.n)]}, sizes={"n": case.n})

    def open(self, data, meter):
        return Events(data["bits"], meter)

    def score(self, instance, answer):
        bits = instance.data["bits"]
        if any(type(guess) is not int for guess in answer):
            raise InvalidAnswer("a guess is not an integer")
        pairs = list(zip(answer, bits[1:], strict=False))
        return sum(guess != bit for guess, bit in pairs) / max(1, len(pairs)), {}
