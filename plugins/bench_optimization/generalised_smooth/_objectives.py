"""The objectives: means over components whose curvature grows with their gradient.

All but one are means of phi(a_i . x, b_i) for a function phi of two numbers, times a constant:

    phase        (t^2 - b)^2 / 2            exponential  exp(-t b)
    quartic      (t - b)^4 / 4              cosh         cosh(t - b) - 1

with `penalty` |x|^2 / 2 added. Each has `value(x)`, `gradient(x, rows)`, the mean gradient over
some components (`rows` = None: all), and `hessian(x)`. The mean over k components of dimension d
costs O(k d), a Hessian O(n d^2).
"""

import numpy as np


def _phase(t, b):
    return 0.5 * (t * t - b) ** 2, lambda: 2 * (t * t - b) * t, lambda: 6 * t * t - 2 * b


def _quartic(t, b):
    off = t - b
    square = off * off
    return 0.25 * square * square, lambda: square * off, lambda: 3 * square


def _cosh(t, b):
    off = t - b
    # 2 sinh(u / 2)^2 is cosh(u) - 1 without cancellation.
    return 2 * np.sinh(0.5 * off) ** 2, lambda: np.sinh(off), lambda: np.cosh(off)


def _exponential(t, b):
    found = np.exp(-t * b)
    return found, lambda: -b * found, lambda: b * b * found


LINKS = {"phase": _phase, "quartic": _quartic, "cosh": _cosh, "exponential": _exponential}


class Linked:
    """times * mean phi(a_i . x, b_i) + penalty |x|^2 / 2."""

    def __init__(self, data):
        self.rows, self.targets = data["rows"], data["targets"]
        self.times, self.penalty = data["times"], data["penalty"]
        self._link = LINKS[data["objective"]]
        self.n, self.dim = self.rows.shape

    def value(self, x):
        values = self._link(self.rows @ x, self.targets)[0]
        return float(self.times * values.mean() + 0.5 * self.penalty * (x @ x))

    def gradient(self, x, rows=None):
        matrix, targets = self.rows, self.targets
        if rows is not None:
            matrix, targets = matrix.take(rows, axis=0), targets.take(rows)
        slopes = self._link(matrix @ x, targets)[1]()
        slopes *= self.times / len(slopes)
        found = slopes @ matrix
        if self.penalty:
            found += self.penalty * x
        return found

    def hessian(self, x):
        curvatures = self._link(self.rows @ x, self.targets)[2]()
        found = (self.rows.T * (curvatures * (self.times / self.n))) @ self.rows
        found[np.diag_indices(self.dim)] += self.penalty
        return found


class ChiSquareRobust:
    """Distributionally robust least squares, penalised by the chi-square divergence, in its dual.

        f(w, h) = lam mean ((l_i - h) / lam + 2)_+^2 / 4 - lam + h,  l_i = (a_i . w - b_i)^2 / 2,

    the greatest weighted mean of the losses l_i less lam times the divergence of the weights from
    equal ones, with h the best there is. A point is w and then h. It is convex, as the square of a
    positive part is and grows with l_i, which is convex; the curvature grows with the losses.
    """

    def __init__(self, data):
        self.rows, self.targets, self.lam = data["rows"], data["targets"], data["lam"]
        self.n = len(self.rows)
        self.dim = self.rows.shape[1] + 1

    def _parts(self, x, matrix, targets):
        off = matrix @ x[:-1] - targets
        return off, np.maximum((0.5 * off * off - x[-1]) / self.lam + 2, 0.0)

    def value(self, x):
        _, above = self._parts(x, self.rows, self.targets)
        return float(self.lam * (0.25 * (above @ above) / self.n - 1) + x[-1])

    def gradient(self, x, rows=None):
        matrix, targets = self.rows, self.targets
        if rows is not None:
            matrix, targets = matrix.take(rows, axis=0), targets.take(rows)
        off, above = self._parts(x, matrix, targets)
        above *= 0.5 / len(above)
        found = np.empty(self.dim)
        found[-1] = 1.0 - above.sum()
        above *= off
        np.matmul(above, matrix, out=found[:-1])
        return found

    def hessian(self, x):
        """Where a loss is at the kink of its positive part, the curvature from below."""
        off, above = self._parts(x, self.rows, self.targets)
        inside = (above > 0.0) / (2 * self.n * self.lam)
        found = np.empty((self.dim, self.dim))
        cross = -(inside * off) @ self.rows
        found[:-1, :-1] = (self.rows.T * (inside * off**2 + above / (2 * self.n))) @ self.rows
        found[:-1, -1] = found[-1, :-1] = cross
        found[-1, -1] = inside.sum()
        return found


def objective(data):
    """The objective that an instance's data describe."""
    kind = ChiSquareRobust if data["objective"] == "robust_regression" else Linked
    return kind(data)
