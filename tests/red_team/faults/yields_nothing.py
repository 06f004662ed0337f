"""Ends without an answer."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class YieldsNothing(Solver):
    """Ends without an answer."""

    problem = "vault"

    def solve(self, data, rng):
        yield from ()
