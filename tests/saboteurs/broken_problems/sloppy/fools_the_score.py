"""It makes use of a score that does not look closely.

Caught by: `optimum`, which says "less than the exact optimum".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class FoolsTheScore(Solver):
    """A position far beyond the numbers."""

    problem = "sloppy"

    def solve(self, data, rng):
        yield 1000.0
