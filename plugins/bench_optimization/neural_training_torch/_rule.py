"""An optimiser made for PyTorch as an update rule of this pack.

Its tensors are the parameters' own memory, and so are those of the gradients: nothing is copied,
and the common loop, its schedules and its averages serve all. The schedule sets the optimiser's
rate before each step.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench_optimization._rules.base import Rule
from bench_optimization.neural_training._training import Trained


@dataclass
class TorchRule(Rule):
    """Optimisers, each of some of the parameters.

    Attributes:
        build: makes the optimisers from all parameters as tensors.
    """

    build: Callable[[list[Any]], list[Any]]

    def start(self, parameters: Sequence[np.ndarray]) -> None:
        import torch
        import torch._dynamo  # an optimiser imports it when it is made; here it is off the clock

        self._tensors = [torch.from_numpy(array).requires_grad_() for array in parameters]
        self.optimisers = self.build(self._tensors)

    def step(
        self, parameters: Sequence[np.ndarray], gradients: Sequence[np.ndarray], rate: float
    ) -> None:
        import torch

        for tensor, gradient in zip(self._tensors, gradients, strict=True):
            tensor.grad = torch.from_numpy(np.ascontiguousarray(gradient))
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = rate
            optimiser.step()

    @property
    def state(self) -> list[np.ndarray]:
        return [
            value.numpy()
            for optimiser in self.optimisers
            for kept in optimiser.state.values()
            for value in kept.values()
            if hasattr(value, "numpy")
        ]


@dataclass(frozen=True)
class TorchTrained(Trained):
    """An optimiser of PyTorch's kind, trained by the common loop."""

    def optimisers(self, tensors: list[Any], names: list[str], steps: int) -> list[Any]:
        """The optimisers, each of some of the tensors."""
        raise NotImplementedError(f"{type(self).__name__} must define optimisers()")

    def rule(self, steps: int, names: list[str]) -> Rule:
        return TorchRule(lambda tensors: self.optimisers(tensors, names, steps))


class ScheduleFreeRule(TorchRule):
    """One of the package schedulefree's: the parameters are the point where gradients are taken.

    The average, x = y + (1 - 1 / beta) (z - y), is what `eval()` of the package would put in their
    place; it is computed beside them, so that going back and forth adds no rounding.
    """

    def start(self, parameters: Sequence[np.ndarray]) -> None:
        super().start(parameters)
        for optimiser in self.optimisers:
            optimiser.train()

    def answer(self, parameters: Sequence[np.ndarray]) -> list[np.ndarray]:
        import torch

        found = []
        with torch.no_grad():
            for optimiser in self.optimisers:
                for group in optimiser.param_groups:
                    beta = group["momentum"] if "momentum" in group else group["betas"][0]
                    for tensor in group["params"]:
                        last = optimiser.state[tensor]["z"]
                        found.append(tensor.lerp(last, 1 - 1 / beta).numpy())
        return found
