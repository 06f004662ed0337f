"""Fully connected networks: classifiers, autoencoders, deep linear maps; backpropagation by hand.

With h_0 the inputs, layer l gives z_l = W_l h_(l-1) + b_l and h_l = activation(z_l); the last
layer's z are the outputs. Backwards, with d_l the derivative of the loss by z_l,

    dW_l = d_l h_(l-1)',   db_l = d_l 1,   d_(l-1) = (W_l' d_l) * activation'(z_(l-1)).

The derivative of every activation here is a function of h itself, so that z is not kept. Arrays
are features first, float[features, samples]; weights are float[outputs, inputs]. Time is that of
the products: 6 multiply-adds per weight and sample, of which 2 are the forward pass.
"""

import numpy as np

from bench_optimization.neural_training import _losses

ACTIVATIONS = ("relu", "tanh", "identity")


class Dense:
    """A chain of layers.

    Args:
        widths: of the inputs, the hidden layers and the outputs.
        activation: of the hidden layers.
        classes: cross-entropy to labels; else squared error to vectors.
        biases: whether layers have them.
        head: whether the last layer is named so, and not as one more hidden one.
    """

    def __init__(
        self,
        widths: list[int],
        activation: str = "relu",
        classes: bool = True,
        biases: bool = True,
        head: bool = True,
    ) -> None:
        self._activation, self._classes, self._biases = activation, classes, biases
        layers = [f"layer{number}" for number in range(len(widths) - 1)]
        if head:
            layers[-1] = "head"
        self.shapes: dict[str, tuple[int, ...]] = {}
        for name, inputs, outputs in zip(layers, widths[:-1], widths[1:], strict=True):
            self.shapes[f"{name}.weight"] = (outputs, inputs)
            if biases:
                self.shapes[f"{name}.bias"] = (outputs,)

    def _forward(self, parameters: list[np.ndarray], inputs: np.ndarray) -> list[np.ndarray]:
        """h_0, ..., and the outputs."""
        step = 1 + self._biases
        kept = [inputs.T]
        for at in range(0, len(parameters), step):
            z = parameters[at] @ kept[-1]
            if self._biases:
                z += parameters[at + 1][:, None]
            if at + step < len(parameters):
                if self._activation == "relu":
                    np.maximum(z, 0, out=z)
                elif self._activation == "tanh":
                    np.tanh(z, out=z)
            kept.append(z)
        return kept

    def gradient(
        self, parameters: list[np.ndarray], inputs: np.ndarray, wanted: np.ndarray
    ) -> list[np.ndarray]:
        """The gradient of the mean loss over samples."""
        kept = self._forward(parameters, inputs)
        outputs = kept.pop()
        derivative = (
            _losses.cross_entropy_derivative(outputs, wanted)
            if self._classes
            else _losses.squared_error_derivative(outputs, wanted)
        )
        found: list[np.ndarray] = []
        for at in range(len(parameters) - 1 - self._biases, -1, -1 - self._biases):
            below = kept.pop()
            if self._biases:
                found.append(derivative.sum(axis=1))
            found.append(derivative @ below.T)
            if at:
                derivative = parameters[at].T @ derivative
                if self._activation == "relu":
                    derivative *= below > 0
                elif self._activation == "tanh":
                    derivative *= 1 - below * below
        return found[::-1]

    def losses(
        self, parameters: list[np.ndarray], inputs: np.ndarray, wanted: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Of each sample the loss, and whether it is classified rightly (None without classes)."""
        outputs = self._forward(parameters, inputs)[-1]
        if self._classes:
            return _losses.cross_entropy(outputs, wanted)
        return _losses.squared_error(outputs, wanted), None
