"""pytorch_optimizer.Ranger21: the paper's, with softplus smoothing and normalised gradients.

Its own schedule runs: the common one is switched off.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training_torch._rule import TorchTrained


@dataclass(frozen=True)
class PeerPytorchOptimizerRanger21(TorchTrained):
    """pytorch_optimizer.Ranger21."""

    problem = "neural_training_torch"
    role = "peer"
    requires = (
        "torch",
        "pytorch_optimizer",
    )
    space: ClassVar = {"learning_rate": ("log", 1e-3, 0.1)}

    learning_rate: float = 0.02
    schedule: str = "constant"  # it has its own
    warmup: float = 0.0

    def optimisers(self, tensors, names, steps):
        import pytorch_optimizer

        return [pytorch_optimizer.Ranger21(tensors, lr=self.learning_rate, num_iterations=steps)]
