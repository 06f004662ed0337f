"""torch.optim.Muon for hidden matrices, torch.optim.AdamW for all else.

Its Newton-Schulz steps are in bfloat16, and it takes matrices only: kernels of convolutions are
left to AdamW. Updates are scaled to the size of AdamW's, so that both have one rate and decay.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training._training import hidden
from bench_optimization.neural_training_torch._rule import TorchTrained


@dataclass(frozen=True)
class PeerTorchMuon(TorchTrained):
    """torch.optim.Muon."""

    problem = "neural_training_torch"
    role = "peer"
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 2e-3, 0.2), "weight_decay": ("log", 1e-3, 1.0)}

    learning_rate: float = 0.02
    weight_decay: float = 0.1

    def optimisers(self, tensors, names, steps):
        import torch

        places = [place for place in hidden(names) if tensors[place].ndim == 2]
        rest = [tensor for place, tensor in enumerate(tensors) if place not in places]
        given = {"lr": self.learning_rate, "weight_decay": self.weight_decay}
        made = [torch.optim.AdamW(rest, betas=(0.9, 0.95), **given)] if rest else []
        if places:
            matrices = [tensors[place] for place in places]
            made.append(torch.optim.Muon(matrices, adjust_lr_fn="match_rms_adamw", **given))
        return made
