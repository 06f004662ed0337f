"""torch.optim.RMSprop, with its own defaults but for the rate."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training_torch._rule import TorchTrained


@dataclass(frozen=True)
class PeerTorchRMSprop(TorchTrained):
    """torch.optim.RMSprop."""

    problem = "neural_training_torch"
    role = "peer"
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 5e-4, 5e-2)}

    learning_rate: float = 5e-3
    alpha: float = 0.99

    def optimisers(self, tensors, names, steps):
        import torch

        return [torch.optim.RMSprop(tensors, lr=self.learning_rate, alpha=self.alpha)]
