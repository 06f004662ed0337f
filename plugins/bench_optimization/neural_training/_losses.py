"""Cross-entropy and squared error: values, and derivatives by the outputs of a network.

Outputs are features first, float[outputs, samples]: reductions over the outputs of a sample then
run along whole rows, which numpy does with vector instructions. What is computed is of the
outputs' own precision.
"""

import numpy as np


def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each sample the loss in nats, and whether the largest logit is that of its label."""
    shifted = logits - logits.max(axis=0)
    of_label = shifted[labels, np.arange(len(labels))]
    # With ties the label must be the only largest one: a constant output is not always right.
    right = (shifted == 0).sum(axis=0) == 1
    return np.log(np.exp(shifted).sum(axis=0)) - of_label, right & (of_label == 0)


def cross_entropy_derivative(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The derivative of the mean over samples, (softmax - one-hot) / samples; in place."""
    logits -= logits.max(axis=0)
    np.exp(logits, out=logits)
    logits *= 1.0 / (len(labels) * logits.sum(axis=0))
    logits[labels, np.arange(len(labels))] -= 1.0 / len(labels)
    return logits


def squared_error(outputs: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Of each sample the mean squared error; `wanted` is float[samples, outputs]."""
    error = outputs - wanted.T
    return np.mean(error * error, axis=0)


def squared_error_derivative(outputs: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The derivative of the mean over samples; in place."""
    outputs -= wanted.T
    outputs *= 2.0 / outputs.size
    return outputs
