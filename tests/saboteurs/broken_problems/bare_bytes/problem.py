"""Its data hold bare bytes, which cannot be stored.

Caught by: `cases`, which says "bare bytes".
"""

from broken_problems._healthy import LeastNumber

from harness.api import Instance


class BareBytes(LeastNumber):
    """Its data hold bare bytes, which cannot be stored."""

    def make(self, case, rng):
        return Instance({"values": rng.random(case.n), "text": b"abc"}, sizes={"n": case.n})
