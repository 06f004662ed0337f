"""pytorch_optimizer.AdEMAMix; warm-ups over the run and decoupled decay, as in our own."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training_torch._rule import TorchTrained


@dataclass(frozen=True)
class PeerPytorchOptimizerAdEMAMix(TorchTrained):
    """pytorch_optimizer.AdEMAMix."""

    problem = "neural_training_torch"
    role = "peer"
    requires = (
        "torch",
        "pytorch_optimizer",
    )
    space: ClassVar = {"learning_rate": ("log", 5e-4, 5e-2), "alpha": ("choice", 2.0, 5.0, 8.0)}

    learning_rate: float = 2e-3
    alpha: float = 8.0
    memory: float = 0.1  # 1 / (1 - beta3), as a share of the steps
    weight_decay: float = 0.01

    def optimisers(self, tensors, names, steps):
        import pytorch_optimizer

        return [
            pytorch_optimizer.AdEMAMix(
                tensors,
                lr=self.learning_rate,
                betas=(0.9, 0.999, max(0.9, 1 - 1 / max(2.0, self.memory * steps))),
                alpha=self.alpha,
                t_alpha_beta3=steps,
                weight_decay=self.weight_decay,
                weight_decouple=True,
            )
        ]
