"""RMSProp (Tieleman and Hinton), projected: steps over the root of a fading mean of squares.

v = beta2 v + (1 - beta2) g^2; x = clip(x - a_t g / sqrt(v)). A large slope that comes seldom is
divided by itself, the small ones between by what is left of it. O(1) a round.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.adam_counterexample._player import ADAPTIVE, _Player, aimed


@dataclass(frozen=True)
class RMSProp(_Player):
    """Rates by a fading mean of squared slopes."""

    role = "baseline"
    space: ClassVar = {"learning_rate": ("log", 1e-4, 10.0), "decay": ("choice", True, False)}

    beta2: float | None = None  # the decay at which the stream is aimed

    def solve(self, oracle, rng):
        yield from self.play(oracle, ADAPTIVE, 0.0, aimed(self.beta2, oracle.beta2))
