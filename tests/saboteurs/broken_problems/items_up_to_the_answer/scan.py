"""Look at every number, after the first one was given."""

from dataclasses import dataclass

from broken_problems import _healthy


@dataclass(frozen=True)
class Scan(_healthy.Scan):
    """Look at every number, after the first one was given."""

    problem = "items_up_to_the_answer"

    def solve(self, data, rng):
        yield 0
        yield from super().solve(data, rng)
