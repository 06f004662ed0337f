"""Its instances lack the size by which growth is charted.

Caught by: `sizes`, which says "expected a positive 'n'".
"""

from broken_problems._healthy import LeastNumber

from harness.api import Instance


class NoSize(LeastNumber):
    """Its instances lack the size by which growth is charted."""

    def make(self, case, rng):
        return Instance({"values": 1.0 + rng.random(case.n)}, sizes={"length": case.n})
