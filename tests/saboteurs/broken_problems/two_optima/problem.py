"""Its oracle and its instances disagree.

Caught by: `exact`, which says "but make() gave the optimum".
"""

from broken_problems._healthy import LeastNumber

from harness.api import Instance


class TwoOptima(LeastNumber):
    """Its oracle and its instances disagree."""

    def make(self, case, rng):
        values = 1.0 + rng.random(case.n)
        return Instance({"values": values}, sizes={"n": case.n}, optimum=0.5)
