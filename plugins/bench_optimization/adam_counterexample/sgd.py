"""Projected gradient descent (Zinkevich): x = clip(x - a_t g / G), a_t = a / sqrt(t).

G bounds the slopes: the textbook's step is about the domain's length over G, so that the rate means
here what it means to the methods that divide by slopes of their own. Its regret after T rounds is
O(sqrt(T)) for every stream of convex losses. O(1) a round.
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
        yield from self.play(oracle, PLAIN, 0.0, 0.0, unit=oracle.steepest)
