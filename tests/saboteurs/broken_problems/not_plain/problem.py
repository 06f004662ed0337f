"""Its data hold a set, which is not plain data.

Caught by: `cases`, which says "not plain data".
"""

from broken_problems._healthy import LeastNumber

from harness.api import Instance


class NotPlain(LeastNumber):
    """Its data hold a set, which is not plain data."""

    def make(self, case, rng):
        return Instance({"values": rng.random(case.n), "odd": {1, 3}}, sizes={"n": case.n})
