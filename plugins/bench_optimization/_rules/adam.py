"""Adam (Kingma and Ba): momentum, and rates by a fading mean of squared gradients.

m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
x = x - rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps). The divisions by 1 - beta^t undo
that the buffers begin at 0, so that the first step has the length `rate`. Without eps the steps do
not change when all gradients are multiplied by the same number. O(d) a step, two buffers.
"""

from dataclasses import dataclass

from bench_optimization._rules.base import FusedRule, not_negative, shares


@dataclass
class Adam(FusedRule):
    """Momentum, scaled coordinate by coordinate."""

    update = "adam"
    buffers = 2

    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8

    def __post_init__(self) -> None:
        shares({"beta1": self.beta1, "beta2": self.beta2})
        not_negative({"eps": self.eps})

    def scalars(self, step: int, rate: float) -> tuple[float, ...]:
        corrected = rate / (1 - self.beta1**step)
        return (*self.averaging(), corrected, 0.0, self.root(step), self.eps, 1.0)

    def averaging(self) -> tuple[float, ...]:
        """The weights of the old and the new, of both buffers."""
        return self.beta1, 1 - self.beta1, self.beta2, 1 - self.beta2

    def root(self, step: int) -> float:
        """What the root of the second buffer is multiplied by, so that it is unbiased."""
        return (1 - self.beta2**step) ** -0.5
