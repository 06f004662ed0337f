"""Neural training with PyTorch: the workloads of `neural_training`, with gradients by autograd.

Data, starts, budgets, scores and targets are those of that board; only gradients come from
PyTorch's own operations, on one thread. So rules of this pack and optimisers of PyTorch and of
packages made for it train on the very same gradients. The optimisers' own work is on the clock as
well: what a step costs in all is what a user of PyTorch would see.
"""

from functools import partial
from typing import Any, ClassVar

import numpy as np

from bench_optimization.neural_training._oracle import Oracle
from bench_optimization.neural_training.problem import NeuralTraining
from bench_optimization.neural_training_torch import _nets
from harness.api import Meter


class NeuralTrainingTorch(NeuralTraining):
    """Train a small network in float32, gradients by PyTorch."""

    title = "Neural training with PyTorch"
    # Without the deep chain: with 42 arrays a step of an optimiser takes up to 10 ms here.
    suites: ClassVar = {
        **NeuralTraining.suites,
        "smoke": NeuralTraining.suites["smoke"][:1],  # a process takes a second to import PyTorch
        "standard": [case for case in NeuralTraining.suites["standard"] if "depth=20" not in case],
    }

    def open(self, data: Any, meter: Meter) -> Any:
        import torch

        torch.set_num_threads(1)  # sums of several threads differ from run to run
        return _TorchOracle(data, meter)


class _TorchOracle(Oracle):
    """The oracle of `neural_training`, its gradients taken by autograd."""

    def __init__(self, data: Any, meter: Meter) -> None:
        super().__init__(data, meter)
        self._gradient = partial(_nets.gradient, data.net)
        # PyTorch knows no read-only arrays, and warns where it is given one.
        self._inputs, self._wanted = np.array(self._inputs), np.array(self._wanted)
