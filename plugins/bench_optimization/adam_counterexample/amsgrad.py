"""AMSGrad (Reddi, Kale and Kumar), projected: Adam whose rates never rise again.

m and v as in Adam, w = max(w, v), x = clip(x - a_t m / sqrt(w)). A large slope is remembered for
ever, so that sqrt(w) / a_t never falls, which is what Adam lacks. O(1) a round.

variant="torch" divides m and w by 1 - beta^t, w after the maximum; "paper" corrects nothing. No
eps, as a slope is never 0.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.adam_counterexample._player import LARGEST, _Player, aimed


@dataclass(frozen=True)
class AMSGrad(_Player):
    """Momentum over the largest mean of squared slopes so far."""

    role = "paper"
    papers = ("convergence-adam-beyond",)
    space: ClassVar = {"learning_rate": ("log", 1e-4, 10.0), "decay": ("choice", True, False)}

    beta1: float | None = None  # the decays at which the stream is aimed
    beta2: float | None = None
    variant: str = "paper"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.variant not in ("paper", "torch"):
            raise ValueError(f"variant = {self.variant!r}; expected paper or torch")

    def solve(self, oracle, rng):
        betas = aimed(self.beta1, oracle.beta1), aimed(self.beta2, oracle.beta2)
        yield from self.play(oracle, LARGEST, *betas, self.variant == "torch")
