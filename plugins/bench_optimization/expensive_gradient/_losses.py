"""Losses of a model's outputs, the targets: one row of z for each component.

Each has `values(z, labels)`, one number a row, `gradients(z, labels)`, of the shape of z,
`smoothness`, the constant of one component's gradient, and `curvature(z)`, its Hessians, an array
(b, k, k), for the solver of reference.
"""

import numpy as np


class Logistic:
    """log(1 + exp(z)) - y z, with labels y of 0 and 1; z has one column."""

    smoothness = 0.25

    def values(self, z, labels):
        return np.logaddexp(0, z[:, 0]) - labels * z[:, 0]

    def gradients(self, z, labels):
        return (_sigmoid(z[:, 0]) - labels)[:, None]

    def curvature(self, z):
        share = _sigmoid(z[:, 0])
        return (share * (1 - share))[:, None, None]


class Squared:
    """(z - y)^2 / 2; z has one column."""

    smoothness = 1.0

    def values(self, z, labels):
        return (z[:, 0] - labels) ** 2 / 2

    def gradients(self, z, labels):
        return z - labels[:, None]

    def curvature(self, z):
        return np.ones((len(z), 1, 1))


class Softmax:
    """log(sum exp(z)) - z_y, with labels y of 0..k-1; z has k columns."""

    smoothness = 0.5

    def values(self, z, labels):
        top = z.max(axis=1)
        total = np.log(np.exp(z - top[:, None]).sum(axis=1)) + top
        return total - z[np.arange(len(z)), labels]

    def gradients(self, z, labels):
        found = _shares(z)
        found[np.arange(len(z)), labels] -= 1
        return found

    def curvature(self, z):
        shares = _shares(z)
        return np.eye(z.shape[1]) * shares[:, :, None] - shares[:, :, None] * shares[:, None]


LOSSES = {"logistic": Logistic(), "squared": Squared(), "softmax": Softmax()}


def _sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))  # without overflow


def _shares(z):
    found = np.exp(z - z.max(axis=1, keepdims=True))
    found /= found.sum(axis=1, keepdims=True)
    return found
