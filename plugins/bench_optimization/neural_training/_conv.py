"""A convolutional network on small square images: 3 x 3 kernels, ReLU, mean pooling, a dense head.

A convolution is a product of the kernels, float[outputs, inputs * 9], with the columns, in which
each place of the image has its 3 x 3 neighbourhood (zeros beyond the border). Samples are the last
axis: a row of neighbours is then one stretch of memory, so that the columns are nine copies of
blocks, and the layout of the kernels needs no change. Pooling is over 2 x 2 places, after the last
convolution. Time is that of the products, 6 multiply-adds per kernel entry, place and sample;
memory 9 copies of each layer's inputs.
"""

import numpy as np

from bench_optimization.neural_training import _losses

CLASSES = 10


class Convolutional:
    """Convolutions, then a linear classifier.

    Args:
        side: of the square images, even; they have one channel.
        channels: outputs of each convolution.
    """

    def __init__(self, side: int, channels: list[int]) -> None:
        self._side = side
        self.shapes: dict[str, tuple[int, ...]] = {}
        for number, (inputs, outputs) in enumerate(zip([1, *channels], channels, strict=False)):
            self.shapes[f"conv{number}.weight"] = (outputs, inputs, 3, 3)
            self.shapes[f"conv{number}.bias"] = (outputs,)
        self.shapes["head.weight"] = (CLASSES, channels[-1] * (side // 2) ** 2)
        self.shapes["head.bias"] = (CLASSES,)

    def _forward(
        self, parameters: list[np.ndarray], inputs: np.ndarray
    ) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray, np.ndarray]:
        """Columns and results of each convolution, what was pooled, the logits."""
        side, samples = self._side, len(inputs)
        image = inputs.T.reshape(1, side, side, samples)
        columns, images = [], []
        for at in range(0, len(parameters) - 2, 2):
            kernels, biases = parameters[at : at + 2]
            columns.append(_columns(image))
            flat = kernels.reshape(len(kernels), -1) @ columns[-1]
            flat += biases[:, None]
            np.maximum(flat, 0, out=flat)
            image = flat.reshape(len(kernels), side, side, samples)
            images.append(image)
        pooled = image[:, 0::2, 0::2] + image[:, 0::2, 1::2]
        pooled += image[:, 1::2, 0::2]
        pooled += image[:, 1::2, 1::2]
        pooled *= 0.25
        pooled = pooled.reshape(-1, samples)
        logits = parameters[-2] @ pooled
        logits += parameters[-1][:, None]
        return columns, images, pooled, logits

    def gradient(
        self, parameters: list[np.ndarray], inputs: np.ndarray, wanted: np.ndarray
    ) -> list[np.ndarray]:
        """The gradient of the mean loss over samples."""
        side, half, samples = self._side, self._side // 2, len(inputs)
        columns, images, pooled, logits = self._forward(parameters, inputs)
        derivative = _losses.cross_entropy_derivative(logits, wanted)
        found = [derivative.sum(axis=1), derivative @ pooled.T]
        below = parameters[-2].T @ derivative
        below *= 0.25
        spread = below.reshape(-1, half, 1, half, 1, samples)
        derivative = np.empty((len(images[-1]), half, 2, half, 2, samples), below.dtype)
        derivative[...] = spread
        for at in range(len(parameters) - 4, -1, -2):
            kernels = parameters[at]
            flat = derivative.reshape(len(kernels), -1)
            flat *= images.pop().reshape(flat.shape) > 0
            found += [flat.sum(axis=1), (flat @ columns.pop().T).reshape(kernels.shape)]
            if at:
                derivative = _folded(kernels.reshape(len(kernels), -1).T @ flat, side, samples)
        return found[::-1]

    def losses(
        self, parameters: list[np.ndarray], inputs: np.ndarray, wanted: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Of each sample the loss, and whether it is classified rightly."""
        return _losses.cross_entropy(self._forward(parameters, inputs)[-1], wanted)


def _columns(image: np.ndarray) -> np.ndarray:
    """float[channels, side, side, samples] as float[channels * 9, side * side * samples]."""
    channels, side, _, samples = image.shape
    padded = np.zeros((channels, side + 2, side + 2, samples), image.dtype)
    padded[:, 1:-1, 1:-1] = image
    columns = np.empty((channels, 3, 3, side, side, samples), image.dtype)
    for i in range(3):
        for j in range(3):
            columns[:, i, j] = padded[:, i : i + side, j : j + side]
    return columns.reshape(channels * 9, -1)


def _folded(columns: np.ndarray, side: int, samples: int) -> np.ndarray:
    """The transpose of `_columns`: each place gets the sum over the columns that it is in."""
    parts = columns.reshape(-1, 3, 3, side, side, samples)
    padded = np.zeros((len(parts), side + 2, side + 2, samples), columns.dtype)
    for i in range(3):
        for j in range(3):
            padded[:, i : i + side, j : j + side] += parts[:, i, j]
    return np.ascontiguousarray(padded[:, 1:-1, 1:-1])
