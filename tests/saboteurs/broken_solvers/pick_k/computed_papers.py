"""Its papers are not literal.

Caught by: `loads`, which says "as a literal tuple".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class ComputedPapers(Solver):
    """Its papers are not literal."""

    problem = "pick_k"
    papers = tuple(sorted({"a-paper", "another-paper"}))

    def solve(self, data, rng):
        yield rng.choice(len(data.values), data.k, replace=False).tolist()
