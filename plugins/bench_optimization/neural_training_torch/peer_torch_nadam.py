"""torch.optim.NAdam, with its own defaults but for the rate."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training_torch._rule import TorchTrained


@dataclass(frozen=True)
class PeerTorchNAdam(TorchTrained):
    """torch.optim.NAdam."""

    problem = "neural_training_torch"
    role = "peer"
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 1e-3, 0.1)}

    learning_rate: float = 0.02

    def optimisers(self, tensors, names, steps):
        import torch

        return [torch.optim.NAdam(tensors, lr=self.learning_rate)]
