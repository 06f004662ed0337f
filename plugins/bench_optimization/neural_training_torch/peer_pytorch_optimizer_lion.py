"""pytorch_optimizer.Lion, with decoupled decay."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training_torch._rule import TorchTrained


@dataclass(frozen=True)
class PeerPytorchOptimizerLion(TorchTrained):
    """pytorch_optimizer.Lion."""

    problem = "neural_training_torch"
    role = "peer"
    requires = (
        "torch",
        "pytorch_optimizer",
    )
    space: ClassVar = {"learning_rate": ("log", 1e-4, 1e-2), "weight_decay": ("log", 1e-2, 10.0)}

    learning_rate: float = 2e-3
    weight_decay: float = 0.1

    def optimisers(self, tensors, names, steps):
        import pytorch_optimizer

        return [
            pytorch_optimizer.Lion(tensors, lr=self.learning_rate, weight_decay=self.weight_decay)
        ]
