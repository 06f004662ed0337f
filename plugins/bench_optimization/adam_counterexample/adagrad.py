"""AdaGrad (Duchi, Hazan and Singer), projected: x = clip(x - a g / sqrt(g_1^2 + ... + g_t^2)).

The rate falls by itself, and never rises: its regret is O(sqrt(T)). O(1) a round.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.adam_counterexample._player import MEAN, _Player


@dataclass(frozen=True)
class AdaGrad(_Player):
    """Rates by the sum of squared slopes."""

    role = "baseline"
    space: ClassVar = {"learning_rate": ("log", 1e-4, 10.0)}

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.decay:
            raise ValueError("decay = False; AdaGrad's rate always falls")

    def solve(self, oracle, rng):
        # a / sqrt(t) over the root of the mean is a over the root of the sum.
        yield from self.play(oracle, MEAN, 0.0, 0.0)
