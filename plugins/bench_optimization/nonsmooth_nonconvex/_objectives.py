"""The objectives: means over components that are neither smooth nor convex.

Each has `value(x)`, `gradient(x, rows)`, the mean gradient over some components (`rows` = None:
all of them), and `gradients(points)`, the full gradient at many points, row by row. `level` is the
least value at the places where all gradients vanish whatever the data, infinite if there are none.
Where a
component has a kink, the derivative of |t| at 0 counts as 0, that of max(t, 0) too, and of equal
quadratics the first one's counts.

The mean over b of n components of dimension d costs O(b d), for max_quadratics k times that.
"""

import math

import numpy as np

_ENTRIES_AT_ONCE = 4_000_000  # of a temporary array


class RobustPhase:
    """Phase retrieval with outliers: mean |(a_i . x)^2 - b_i|."""

    def __init__(self, data):
        self.rows, self.targets = data["rows"], data["targets"]
        self.n, self.dim = self.rows.shape
        self.level = float(np.abs(self.targets).mean())  # at 0

    def value(self, x):
        return float(np.abs((self.rows @ x) ** 2 - self.targets).mean())

    def gradient(self, x, rows=None):
        matrix, targets = self.rows, self.targets
        if rows is not None:
            matrix, targets = matrix.take(rows, axis=0), targets.take(rows)
        inner = matrix @ x
        slopes = np.sign(inner * inner - targets)
        slopes *= inner
        slopes *= 2.0 / len(slopes)
        return slopes @ matrix

    def gradients(self, points):
        found = np.empty_like(points)
        for part in _parts(len(points), self.n):
            inner = points[part] @ self.rows.T
            found[part] = (np.sign(inner * inner - self.targets) * inner) @ self.rows
        return found * (2.0 / self.n)


class ReluNet:
    """A net with one hidden layer and absolute loss: mean |v . max(W z_i + c, 0) + e - y_i|.

    The point holds W (hidden x inputs, by rows), c, v and e, in this order.
    """

    def __init__(self, data):
        self.inputs, self.targets = data["inputs"], data["targets"]
        self.hidden = data["hidden"]
        self.n, self.width = self.inputs.shape
        self.dim = self.hidden * (self.width + 2) + 1
        # All units dead, and the best constant.
        self.level = float(np.abs(self.targets - np.median(self.targets)).mean())

    def parts(self, x):
        """The arrays W, c, v and the number e, as views."""
        split = self.hidden * self.width
        return (
            x[:split].reshape(self.hidden, self.width),
            x[split : split + self.hidden],
            x[split + self.hidden : -1],
            x[-1],
        )

    def outputs(self, x):
        """What the net says of all inputs, float64[n]."""
        weights, shifts, heads, constant = self.parts(x)
        return np.maximum(self.inputs @ weights.T + shifts, 0.0) @ heads + constant

    def value(self, x):
        return float(np.abs(self.outputs(x) - self.targets).mean())

    def gradient(self, x, rows=None):
        inputs, targets = self.inputs, self.targets
        if rows is not None:
            inputs, targets = inputs.take(rows, axis=0), targets.take(rows)
        weights, shifts, heads, constant = self.parts(x)
        before = inputs @ weights.T
        before += shifts
        after = np.maximum(before, 0.0)
        signs = np.sign(after @ heads + (constant - targets))
        signs /= len(signs)
        back = np.multiply.outer(signs, heads)
        back *= before > 0.0
        found = np.empty(self.dim)
        split = self.hidden * self.width
        np.matmul(back.T, inputs, out=found[:split].reshape(self.hidden, self.width))
        back.sum(axis=0, out=found[split : split + self.hidden])
        np.matmul(signs, after, out=found[split + self.hidden : -1])
        found[-1] = signs.sum()
        return found

    def gradients(self, points):
        return np.array([self.gradient(point) for point in points])


class Factorisation:
    """Matrix factorisation in l1: mean |(U V^T)_ij - M_ij|; a component is an entry of M.

    Component i * columns + j is the entry (i, j). The point holds U, then V, by rows.
    """

    def __init__(self, data):
        self.matrix, self.rank = data["matrix"], data["rank"]
        self.height, self.columns = self.matrix.shape
        self.flat = self.matrix.ravel()
        self.n = self.matrix.size
        self.dim = (self.height + self.columns) * self.rank
        self.level = float(np.abs(self.matrix).mean())  # at 0

    def factors(self, x):
        """U and V as views."""
        split = self.height * self.rank
        return x[:split].reshape(-1, self.rank), x[split:].reshape(-1, self.rank)

    def value(self, x):
        left, right = self.factors(x)
        return float(np.abs(left @ right.T - self.matrix).mean())

    def gradient(self, x, rows=None):
        left, right = self.factors(x)
        found = np.zeros(self.dim)
        to_left, to_right = self.factors(found)
        if rows is None:
            signs = np.sign(left @ right.T - self.matrix)
            signs /= self.n
            np.matmul(signs, right, out=to_left)
            np.matmul(signs.T, left, out=to_right)
            return found
        i, j = np.divmod(rows, self.columns)
        of_left, of_right = left.take(i, axis=0), right.take(j, axis=0)
        signs = np.sign((of_left * of_right).sum(axis=1) - self.flat.take(rows))[:, None]
        signs /= len(rows)
        np.add.at(to_left, i, signs * of_right)
        np.add.at(to_right, j, signs * of_left)
        return found

    def gradients(self, points):
        return np.array([self.gradient(point) for point in points])


class MaxQuadratics:
    """Maxima of quadratics: mean max_j (c_ij / 2 |x - p_ij|^2 + h_ij), some of the c_ij below 0."""

    level = math.inf

    def __init__(self, data):
        self.curvatures, self.heights = data["curvatures"], data["heights"]
        self.centres = data["centres"]  # n x pieces x dim
        self.n, self.pieces, self.dim = self.centres.shape
        self._flat = self.centres.reshape(self.n, -1)
        self._constants = self.heights + 0.5 * self.curvatures * (self.centres**2).sum(axis=2)

    def _levels(self, x, centres, curvatures, constants):
        inner = centres @ x
        return constants + curvatures * (0.5 * (x @ x) - inner)

    def value(self, x):
        levels = self._levels(x, self.centres, self.curvatures, self._constants)
        return float(levels.max(axis=1).mean())

    def gradient(self, x, rows=None):
        if rows is None:
            centres, curvatures, constants = self.centres, self.curvatures, self._constants
        else:
            centres = self._flat.take(rows, axis=0).reshape(-1, self.pieces, self.dim)
            curvatures = self.curvatures.take(rows, axis=0)
            constants = self._constants.take(rows, axis=0)
        top = self._levels(x, centres, curvatures, constants).argmax(axis=1)
        each = np.arange(len(top))
        slopes = curvatures[each, top]
        return (slopes.sum() * x - slopes @ centres[each, top]) / len(top)

    def gradients(self, points):
        return np.array([self.gradient(point) for point in points])


def _parts(count, width):
    """Slices of 0..count-1, of so many that a temporary array of that width stays small."""
    size = max(1, _ENTRIES_AT_ONCE // width)
    return [slice(start, start + size) for start in range(0, count, size)]


OBJECTIVES = {
    "robust_phase": RobustPhase,
    "relu_net": ReluNet,
    "factorisation": Factorisation,
    "max_quadratics": MaxQuadratics,
}


def objective(data):
    """The objective that an instance's data describe."""
    return OBJECTIVES[data["objective"]](data)
