"""Its score writes into the instance.

Caught by: `instance_untouched`, which says "score() changes the instance".
"""

from broken_problems._healthy import LeastNumber

from harness.api import Instance


class Tallies(LeastNumber):
    """Its score writes into the instance."""

    def make(self, case, rng):
        return Instance({"values": 1.0 + rng.random(case.n), "tally": []}, sizes={"n": case.n})

    def score(self, instance, answer):
        instance.data["tally"].append(0)
        return super().score(instance, answer)
