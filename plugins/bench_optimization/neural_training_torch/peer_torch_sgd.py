"""torch.optim.SGD with momentum, or with Nesterov's."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training_torch._rule import TorchTrained


@dataclass(frozen=True)
class PeerTorchSGD(TorchTrained):
    """torch.optim.SGD."""

    problem = "neural_training_torch"
    role = "peer"
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 1e-2, 1.0), "nesterov": ("choice", True, False)}

    learning_rate: float = 0.2
    momentum: float = 0.9
    nesterov: bool = False

    def optimisers(self, tensors, names, steps):
        import torch

        return [
            torch.optim.SGD(
                tensors, lr=self.learning_rate, momentum=self.momentum, nesterov=self.nesterov
            )
        ]
