"""The same rule as `neural_training/muon`, on gradients that PyTorch computed."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training import muon


@dataclass(frozen=True)
class Muon(muon.Muon):
    """Momentum, orthogonalised."""

    problem = "neural_training_torch"
    role = "paper"
    papers = ("muon-scalable-llm-training",)
    requires = ("torch",)
    space: ClassVar = {
        "learning_rate": ("log", 2e-3, 0.2),
        "weight_decay": ("log", 1e-3, 1.0),
    }
