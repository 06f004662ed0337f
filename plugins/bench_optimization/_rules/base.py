"""What an update rule is, and the loop of those that are one fused kernel.

A rule is a dataclass of hyper-parameters, all but the learning rate, which each step is told. It
changes parameters in place and keeps its buffers from step to step.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

import numpy as np

from harness.api import kernel

Arrays = Sequence[np.ndarray]


class Rule:
    """An update rule.

    A gradient of NaN makes the parameter it belongs to NaN, and leaves the others as they would be:
    the other entries where a rule goes by entries, the other arrays where it goes by matrices or
    rows. An infinite one does the same, or makes it infinite; but to a sign it is one like others.
    """

    def start(self, parameters: Arrays) -> None:
        """Allocate the buffers; forgets an earlier run.

        Args:
            parameters: float32 or float64, C-contiguous and writable, of any shape, also empty.
        """
        raise NotImplementedError(f"{type(self).__name__} must define start(self, parameters)")

    def step(self, parameters: Arrays, gradients: Arrays, rate: float) -> None:
        """One update, in place; `rate` is the learning rate of this step.

        Args:
            parameters: of the shapes and dtypes of the start, which may be other arrays.
            gradients: are only read, and share no memory with the parameters.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must define step(self, parameters, gradients, rate)"
        )

    @property
    def state(self) -> list[np.ndarray]:
        """All buffers, so that their memory can be held against what the paper states."""
        raise NotImplementedError(f"{type(self).__name__} must define state(self)")

    def answer(self, parameters: Arrays) -> Arrays:
        """What the run has to show; a rule that trains at another point than its answer says so."""
        return parameters


class FusedRule(Rule):
    """A rule whose update of an array is one call of a kernel, each buffer read and written once.

    Class attributes:
        update: the kernel's name, `opt_<update>_f32` and `_f64`.
        buffers: how many buffers of the parameter's shape it keeps.
    """

    update: ClassVar[str] = ""
    buffers: ClassVar[int] = 0

    def start(self, parameters: Arrays) -> None:
        self._steps = 0
        self._updates = [_update(self.update, checked(array)) for array in parameters]
        self._sizes = [array.size for array in parameters]
        self._buffers = [
            tuple(np.zeros(array.shape, array.dtype) for _ in range(self.buffers))
            for array in parameters
        ]

    def step(self, parameters: Arrays, gradients: Arrays, rate: float) -> None:
        self._steps += 1
        scalars = self.scalars(self._steps, rate)
        own = zip(self._buffers, self._updates, self._sizes, strict=True)
        for array, gradient, (buffers, update, size) in zip(
            parameters, gradients, own, strict=True
        ):
            if array.size != size:  # C would go beyond the end of the buffers
                raise ValueError(
                    f"a parameter has {array.size} entries; at the start it had {size}"
                )
            update(size, array, matched(gradient, array), *buffers, *scalars)

    @property
    def state(self) -> list[np.ndarray]:
        return [buffer for buffers in self._buffers for buffer in buffers]

    def scalars(self, step: int, rate: float) -> tuple[float, ...]:
        """The kernel's last arguments at a step, counted from 1."""
        raise NotImplementedError(f"{type(self).__name__} must define scalars(self, step, rate)")


def checked(array: np.ndarray) -> np.ndarray:
    """The same array.

    Raises:
        ValueError: where a rule cannot update it in place.
    """
    if not isinstance(array, np.ndarray) or array.dtype not in (np.float32, np.float64):
        kind = getattr(array, "dtype", type(array).__name__)
        raise ValueError(f"a parameter is of {kind}; expected an array of float32 or float64")
    if not array.flags.c_contiguous or not array.flags.writeable:
        raise ValueError(
            f"a parameter of shape {array.shape} is not C-contiguous and writable; make a copy"
        )
    return array


def matched(gradient: np.ndarray, array: np.ndarray) -> np.ndarray:
    """A gradient as its parameter is: of its dtype, C-contiguous; itself where it is already.

    Raises:
        ValueError: where the shapes differ.
    """
    if gradient.shape != array.shape:
        raise ValueError(
            f"a gradient has the shape {gradient.shape}, its parameter has {array.shape}"
        )
    if gradient.dtype == array.dtype and gradient.flags.c_contiguous:
        return gradient
    return np.ascontiguousarray(gradient, array.dtype).reshape(array.shape)


def shares(parameters: Mapping[str, float]) -> None:
    """Refuse hyper-parameters that are not within [0, 1), such as momenta.

    Raises:
        ValueError: with the name of the first that is not.
    """
    for name, value in parameters.items():
        if not 0 <= value < 1:
            raise ValueError(f"{name} = {value}; expected a number from 0 to below 1")


def not_negative(parameters: Mapping[str, float]) -> None:
    """Refuse hyper-parameters below 0, and such that are not finite.

    Raises:
        ValueError: with the name of the first.
    """
    for name, value in parameters.items():
        if not 0 <= value < math.inf:
            raise ValueError(f"{name} = {value}; expected a finite number, 0 or above")


def _update(name: str, array: np.ndarray) -> Callable[..., None]:
    return getattr(kernel("optimisers"), f"opt_{name}_f{8 * array.itemsize}")
