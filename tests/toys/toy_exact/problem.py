"""Count the ones of a bit string."""

from harness.api import Instance, InvalidAnswer, Problem


class ToyExact(Problem):
    """Count of ones: the one right number; the contest is time."""

    title = "count of ones"
    kind = "exact"
    compare = "difference"
    rank_by = "time"
    families = {"bits": {"n": 1000}}
    suites = {"smoke": ["bits"]}

    def make(self, case, rng):
        bits = rng.integers(2, size=case.n).astype("uint8")
        return Instance({"bits": bits}, {"count": int(bits.sum())}, {"n": case.n}, 0.0)

    def score(self, instance, answer):
        right = instance.truth["count"]
        if type(answer) is not int or answer != right:
            raise InvalidAnswer(f"{answer!r} ones, but there are {right}")
        return 0.0, {}
