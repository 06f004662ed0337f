"""AMSGrad (Reddi, Kale and Kumar): Adam whose rates never rise again.

As Adam, with the largest v so far in the place of v:
m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; w = max(w, v); x = x - rate m / sqrt(w).
Adam forgets a rare large gradient, and may then walk away from the optimum for ever.
O(d) a step, three buffers.

`variant` says where the bias is corrected: "paper" nowhere, "torch" in m, and in w after the
maximum, "optax" in m, and in v before it. Departs from the paper: eps is added to the root, without
which a coordinate whose gradients are all 0 would be 0/0; eps=0 is the paper's form.
`weight_decay` is decoupled.
"""

from dataclasses import dataclass

from bench_optimization._rules.adam import Adam
from bench_optimization._rules.base import not_negative

VARIANTS = ("paper", "torch", "optax")


@dataclass
class AMSGrad(Adam):
    """Adam with the largest second moment so far."""

    update = "amsgrad"
    buffers = 3

    variant: str = "paper"
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        not_negative({"weight_decay": self.weight_decay})
        if self.variant not in VARIANTS:
            raise ValueError(f"variant = {self.variant!r}; expected one of {', '.join(VARIANTS)}")

    def scalars(self, step: int, rate: float) -> tuple[float, ...]:
        shrink = 1 - rate * self.weight_decay
        corrected = rate if self.variant == "paper" else rate / (1 - self.beta1**step)
        root = self.root(step) if self.variant == "torch" else 1.0
        scale = 1 / (1 - self.beta2**step) if self.variant == "optax" else 1.0
        return (*self.averaging(), scale, corrected, root, self.eps, shrink)
