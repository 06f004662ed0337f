"""torch.optim.Adafactor: the rate of the schedule is the cap of its relative step."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training_torch._rule import TorchTrained


@dataclass(frozen=True)
class PeerTorchAdafactor(TorchTrained):
    """torch.optim.Adafactor."""

    problem = "neural_training_torch"
    role = "peer"
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 1e-3, 1.0)}

    learning_rate: float = 0.01

    def optimisers(self, tensors, names, steps):
        import torch

        return [torch.optim.Adafactor(tensors, lr=self.learning_rate)]
