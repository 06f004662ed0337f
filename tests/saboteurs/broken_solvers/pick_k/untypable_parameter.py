"""A parameter is a tuple, which no user can type.

Caught by: `loads`, which says "the default of parameter 'sizes'".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class UntypableParameter(Solver):
    """A parameter is a tuple, which no user can type."""

    problem = "pick_k"

    sizes: tuple[int, ...] = (1, 2)

    def solve(self, data, rng):
        yield rng.choice(len(data.values), data.k, replace=False).tolist()
