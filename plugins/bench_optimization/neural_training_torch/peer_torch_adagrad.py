"""torch.optim.Adagrad, with its own defaults but for the rate."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training_torch._rule import TorchTrained


@dataclass(frozen=True)
class PeerTorchAdagrad(TorchTrained):
    """torch.optim.Adagrad."""

    problem = "neural_training_torch"
    role = "peer"
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 1e-2, 1.0)}

    learning_rate: float = 0.2

    def optimisers(self, tensors, names, steps):
        import torch

        return [torch.optim.Adagrad(tensors, lr=self.learning_rate)]
