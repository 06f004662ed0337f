"""It cannot make its own smallest case.

Caught by: `cases`, which says "make() on uniform[n=1]: ValueError: too small".
"""

from broken_problems._healthy import LeastNumber


class FailsOnEdge(LeastNumber):
    """It cannot make its own smallest case."""

    def make(self, case, rng):
        if case.n < 2:
            raise ValueError("too small")
        return super().make(case, rng)
