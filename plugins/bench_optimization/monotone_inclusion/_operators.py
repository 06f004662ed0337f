"""The operators: means F = (1/n) sum F_i of monotone components, each with a constraint.

An operator has `n`, `dim`, `full(z)` = F(z), `mean(z, indices)`, the mean of some components,
`change(u, v, indices)` = mean(u) - mean(v) for one reading of the components, and `resolvent(z)`,
the projection onto the constraint. Components of it are named by int64 indices, with repetitions.

The mean of b components costs O(b dim), and F itself O(n dim).
"""

import numpy as np


class Game:
    """A matrix game, min over x and max over y of y'Ax on two simplices: F(x, y) = (A'y, -Ax).

    F_i takes row i of A for x and column i for y, times n: (n y_i A[i, :], -n x_i A[:, i]).
    """

    def __init__(self, data):
        self.matrix = data["matrix"]
        self.n = len(self.matrix)
        self.dim = 2 * self.n
        self._columns = np.ascontiguousarray(self.matrix.T)

    def full(self, z):
        n, found = self.n, np.empty(self.dim)
        np.dot(z[n:], self.matrix, out=found[:n])
        np.dot(self.matrix, z[:n], out=found[n:])
        np.negative(found[n:], out=found[n:])
        return found

    def mean(self, z, indices):
        n, found = self.n, np.empty(self.dim)
        if len(indices) == 1:  # without a copy of the row
            i = indices[0]
            np.multiply(self.matrix[i], n * z[n + i], out=found[:n])
            np.multiply(self._columns[i], -n * z[i], out=found[n:])
            return found
        weight = n / len(indices)
        np.dot(weight * z[n:][indices], self.matrix[indices], out=found[:n])
        np.dot(-weight * z[:n][indices], self._columns[indices], out=found[n:])
        return found

    def change(self, u, v, indices):
        return self.mean(u - v, indices)

    def resolvent(self, z):
        n, found = self.n, np.empty(self.dim)
        found[:n] = simplex(z[:n])
        found[n:] = simplex(z[n:])
        return found

    def gap(self, z):
        """The duality gap of the projected point: what both could gain by their best replies."""
        x, y = np.split(self.resolvent(z), 2)
        return float((self.matrix @ x).max() - (y @ self.matrix).min())


class Rows:
    """A regression: F_i(z) = a_i s(a_i . z - b_i), where s is the identity or tanh."""

    def __init__(self, data):
        self.rows, self.targets = data["rows"], data["targets"]
        self.robust = data["robust"]
        self.n, self.dim = self.rows.shape

    def full(self, z):
        return (self._slopes(self.rows @ z - self.targets) @ self.rows) / self.n

    def mean(self, z, indices):
        rows = self.rows[indices]
        return (self._slopes(rows @ z - self.targets[indices]) @ rows) / len(indices)

    def change(self, u, v, indices):
        rows = self.rows[indices]
        if self.robust:
            targets = self.targets[indices]
            slopes = np.tanh(rows @ u - targets) - np.tanh(rows @ v - targets)
        else:
            slopes = rows @ (u - v)
        return (slopes @ rows) / len(indices)

    def resolvent(self, z):
        return z.copy()

    def _slopes(self, errors):
        return np.tanh(errors) if self.robust else errors


class Saddle:
    """A saddle point without a constraint, from components of rank 1.

    The function is the mean of (u_i . x)(v_i . y) + (mu/2)|x|^2 - (mu/2)|y|^2 - p . x - q . y, so
    that F_i(x, y) = (u_i (v_i . y) + mu x - p, -v_i (u_i . x) + mu y + q).
    """

    def __init__(self, data):
        self.left, self.right = data["left"], data["right"]
        self.mu, self.shift = data["mu"], data["shift"]
        self.n, self.half = self.left.shape
        self.dim = 2 * self.half
        self._coupling = self.left.T @ self.right / self.n

    def full(self, z):
        half, found = self.half, self.mu * z
        found += self.shift
        found[:half] += self._coupling @ z[half:]
        found[half:] -= z[:half] @ self._coupling
        return found

    def mean(self, z, indices):
        found = self._linear(z, indices)
        found += self.shift
        return found

    def change(self, u, v, indices):
        return self._linear(u - v, indices)

    def resolvent(self, z):
        return z.copy()

    def _linear(self, z, indices):
        half, found = self.half, self.mu * z
        left, right = self.left[indices], self.right[indices]
        found[:half] += (right @ z[half:]) @ left / len(indices)
        found[half:] -= (left @ z[:half]) @ right / len(indices)
        return found


KINDS = {"game": Game, "rows": Rows, "saddle": Saddle}


def operator(data) -> Game | Rows | Saddle:
    """The operator that an instance's data describe."""
    return KINDS[data["kind"]](data)


def residual(operator: Game | Rows | Saddle, z: np.ndarray) -> float:
    """|z - J(z - F(z))|, which is 0 at the solutions and nowhere else."""
    return float(np.linalg.norm(z - operator.resolvent(z - operator.full(z))))


def simplex(point: np.ndarray) -> np.ndarray:
    """The nearest point with entries of at least 0 whose sum is 1.

    It is max(point - t, 0), where t follows from the largest entries, those that stay above it.
    O(n log n) for the sort.
    """
    falling = np.sort(point)[::-1]
    over = np.cumsum(falling)
    over -= 1.0
    over /= _COUNTS[: len(point)] if len(point) <= len(_COUNTS) else np.arange(1, len(point) + 1)
    last = int(np.count_nonzero(falling > over)) - 1
    found = point - over[max(last, 0)]
    return np.maximum(found, 0.0, out=found)


_COUNTS = np.arange(1.0, 4097.0)  # kept, as projections take most of a cheap step
