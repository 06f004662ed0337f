"""Projected gradient descent (Zinkevich): x = clip(x - a_t g), a_t = a / sqrt(t).

Its regret after T rounds is O(sqrt(T)) for every stream of convex losses. O(1) a round. The
textbook rate is the domain over the largest slope, 2 / 1010 on two of the families.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.adam_counterexample._player import SGD as PLAIN
from bench_optimization.adam_counterexample._player import _Player


@dataclass(frozen=True)
class SGD(_Player):
    """Projected gradient descent."""

    role = "baseline"
    space: ClassVar = {"learning_rate": ("log", 1e-4, 10.0), "decay": ("choice", True, False)}

    def solve(self, oracle, rng):
        yield from self.play(oracle, PLAIN, 0.0, 0.0)
