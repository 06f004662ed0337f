"""The iteration within torch.optim.Muon: the same five steps in bfloat16.

One step of the optimiser from zero without momentum, whose update is the iteration's result times
a known factor; the optimiser's own work is part of the time.
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class PeerTorchMuon(Solver):
    """torch.optim.Muon."""

    problem = "polar_factor"
    role = "peer"
    requires = ("torch",)

    def solve(self, data, rng):
        import numpy as np
        import torch
        import torch._dynamo  # an optimiser's first step imports it; here it is off the clock

        matrix = torch.nn.Parameter(torch.zeros(data.matrix.shape))
        matrix.grad = torch.from_numpy(data.matrix.astype(np.float32))
        torch.optim.Muon([matrix], lr=1.0, weight_decay=0.0, momentum=0.0, nesterov=False).step()
        rows, cols = data.matrix.shape
        yield -matrix.detach().numpy() / np.float32(max(1.0, rows / cols) ** 0.5)
