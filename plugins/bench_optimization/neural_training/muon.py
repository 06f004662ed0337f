"""Muon: momentum whose hidden matrices are made nearly orthogonal, so that all directions count.

Hidden are all weights but embeddings, positions and the head, so that the first layer of a chain
is; those, biases and gains are AdamW's, with the same rate and decay. Kernels of convolutions are
taken as matrices, outputs x rest. Where nothing is hidden, as in a factorisation, this is AdamW
with betas (0.9, 0.95). Departs from the paper: the transformer here has queries, keys and values in
one matrix, and they are made orthogonal together.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._rules import muon
from bench_optimization.neural_training._training import Trained, hidden


@dataclass(frozen=True)
class Muon(Trained):
    """Momentum, orthogonalised."""

    problem = "neural_training"
    role = "paper"
    papers = ("muon-scalable-llm-training",)
    space: ClassVar = {
        "learning_rate": ("log", 2e-3, 0.2),
        "weight_decay": ("log", 1e-3, 1.0),
    }

    learning_rate: float = 0.02
    momentum: float = 0.95
    nesterov: bool = True
    weight_decay: float = 0.1
    scale: str = "match_rms"  # or original: how long an update of a matrix is

    def rule(self, steps, names):
        places = tuple(hidden(names))
        return muon.Muon(self.momentum, self.nesterov, self.weight_decay, self.scale, hidden=places)
