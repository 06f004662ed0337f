"""Raises an exception, after one answer."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Raises(Solver):
    """Raises an exception, after one answer."""

    problem = "vault"

    def solve(self, data, rng):
        yield data["noisy"].copy()
        raise ZeroDivisionError("a bug in the solver")
