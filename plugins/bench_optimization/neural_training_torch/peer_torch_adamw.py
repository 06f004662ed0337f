"""torch.optim.AdamW, with its own defaults but for the rate."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training_torch._rule import TorchTrained


@dataclass(frozen=True)
class PeerTorchAdamW(TorchTrained):
    """torch.optim.AdamW."""

    problem = "neural_training_torch"
    role = "peer"
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 1e-3, 0.1), "weight_decay": ("log", 1e-3, 1.0)}

    learning_rate: float = 0.02
    weight_decay: float = 0.01

    def optimisers(self, tensors, names, steps):
        import torch

        return [torch.optim.AdamW(tensors, lr=self.learning_rate, weight_decay=self.weight_decay)]
