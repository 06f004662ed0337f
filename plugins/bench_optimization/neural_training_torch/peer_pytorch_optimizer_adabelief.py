"""pytorch_optimizer.AdaBelief, without rectification, with decoupled decay."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training_torch._rule import TorchTrained


@dataclass(frozen=True)
class PeerPytorchOptimizerAdaBelief(TorchTrained):
    """pytorch_optimizer.AdaBelief."""

    problem = "neural_training_torch"
    role = "peer"
    requires = (
        "torch",
        "pytorch_optimizer",
    )
    space: ClassVar = {"learning_rate": ("log", 1e-3, 0.1)}

    learning_rate: float = 0.02
    eps: float = 1e-16
    weight_decay: float = 0.01

    def optimisers(self, tensors, names, steps):
        import pytorch_optimizer

        return [
            pytorch_optimizer.AdaBelief(
                tensors, lr=self.learning_rate, eps=self.eps, weight_decay=self.weight_decay
            )
        ]
