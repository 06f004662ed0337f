"""The objective of a case: products with A, values, gradients, curvatures, proximal steps.

F(x) = sum_i loss((A x)_i) + l2 |x|^2 / 2 + l1 |x|_1 over all x, x >= 0, or the simplex. Of a
softmax loss with k classes x is a matrix of features x classes, by rows: coordinate f k + c.
"""

from typing import Any

import numpy as np

from harness.api import kernel

Array = np.ndarray
CURVATURE = {"squares": 1.0, "logistic": 0.25, "softmax": 0.5}  # bounds of the loss's


class Model:
    """What the data say, ready for use.

    Attributes:
        m, features, k, n: rows, columns of A, classes, coordinates (features * k).
        columns: float64[features, m], A transposed; None where A is sparse.
        squares: of the columns' lengths, float64[features].
        curvature: bounds of the second derivatives, float64[n]; 0 for an empty column.
    """

    def __init__(self, data: Any) -> None:
        self.loss, self.target = data.loss, data.target
        self.l1, self.l2 = float(data.l1), float(data.l2)
        self.nonnegative, self.simplex = bool(data.nonnegative), bool(data.simplex)
        self.m, self.features = (int(length) for length in data.shape)
        self.k = int(data.classes)
        self.n = self.features * self.k
        self.start = np.array(data.start)
        self.columns: Array | None = None
        if "matrix" in data:
            self.columns = np.ascontiguousarray(data.matrix.T)
            self._rows: Any = data.matrix
            self.squares = np.einsum("ij,ij->i", self.columns, self.columns)
        else:
            from scipy import sparse

            self.entries, self.indices, self.starts = data.values, data.rows, data.starts
            self._rows = sparse.csc_array((data.values, data.rows, data.starts), shape=data.shape)
            of = np.repeat(np.arange(self.features), np.diff(data.starts))
            self.squares = np.bincount(of, data.values**2, minlength=self.features)
        self.bound = CURVATURE[self.loss] * (1 - 1 / self.k if self.k > 1 else 1.0)
        self.curvature = self.bound * np.repeat(self.squares, self.k) + self.l2
        self._kernel = kernel("block_coordinate")

    @property
    def smooth(self) -> bool:
        """Whether there is neither a penalty l1 nor a constraint."""
        return not (self.l1 or self.nonnegative or self.simplex)

    @property
    def quadratic(self) -> bool:
        return self.loss == "squares"

    def predict(self, x: Array) -> Array:
        """A x: float64[m], or [m, k]."""
        return self._rows @ (x.reshape(-1, self.k) if self.k > 1 else x)

    def transposed(self, values: Array) -> Array:
        """A' values, flat: float64[n]."""
        if self.columns is not None:
            return (self.columns @ values).ravel()
        return (self._rows.T @ values).ravel()

    def gram(self) -> Any:
        """A'A: an array, or a sparse one where A is sparse."""
        return self._rows.T @ self._rows

    def rows_scaled(self, weights: Array) -> Any:
        """A with row i times weights[i]."""
        if self.columns is not None:
            return self._rows * weights[:, None]
        from scipy import sparse

        return sparse.csc_array(sparse.diags_array(weights) @ self._rows)

    def slopes(self, z: Array) -> Array:
        """The derivative of the loss by z = A x."""
        if self.loss == "squares":
            return z - self.target
        if self.loss == "logistic":
            return -self.target * sigmoid(-self.target * z)
        shares = softmax(z)
        shares[np.arange(self.m), self.target] -= 1
        return shares

    def gradient(self, x: Array, z: Array) -> Array:
        """Of the smooth part."""
        return self.transposed(self.slopes(z)) + self.l2 * x

    def loss_at(self, z: Array) -> float:
        if self.loss == "squares":
            residual = z - self.target
            return float(0.5 * (residual @ residual))
        if self.loss == "logistic":
            return float(np.logaddexp(0, -self.target * z).sum())
        most = z.max(axis=1)
        logs = most + np.log(np.exp(z - most[:, None]).sum(axis=1))
        return float((logs - z[np.arange(self.m), self.target]).sum())

    def value(self, x: Array, z: Array | None = None) -> float:
        """F(x), where z = A x if known."""
        z = self.predict(x) if z is None else z
        penalty = self.l1 * float(np.abs(x).sum()) if self.l1 else 0.0
        return self.loss_at(z) + 0.5 * self.l2 * float(x @ x) + penalty

    def steps(self, x: Array, gradient: Array, curvature: Array) -> Array:
        """For each coordinate alone, the step that minimises its model; 0 where curvature is."""
        safe = np.where(curvature > 0, curvature, np.inf)
        to = x - gradient / safe
        if self.nonnegative:
            to = np.maximum(to - self.l1 / safe, 0)
        elif self.l1:
            to = np.sign(to) * np.maximum(np.abs(to) - self.l1 / safe, 0)
        return to - x

    def proximal(self, v: Array, curvature: float) -> Array:
        """The feasible point that minimises curvature |u - v|^2 / 2 + l1 |u|_1."""
        if self.simplex:
            return onto_simplex(v, 1.0)
        if self.nonnegative:
            return np.maximum(v - self.l1 / curvature, 0)
        if self.l1:
            return np.sign(v) * np.maximum(np.abs(v) - self.l1 / curvature, 0)
        return v

    def unrest(self, x: Array, gradient: Array) -> float:
        """How far from optimal: 0 at an optimum, in the unit of the gradient.

        The largest |step| * curvature of a coordinate; on the simplex, what the worst positive
        coordinate's derivative is above the least.
        """
        if self.simplex:
            return float(gradient[x > 0].max() - gradient.min())
        if self.smooth:
            return float(np.abs(gradient).max())
        return float((np.abs(self.steps(x, gradient, self.curvature)) * self.curvature).max())

    def total_curvature(self) -> float:
        """A bound of the largest eigenvalue of the Hessian, by 50 steps of the power method.

        A hundredth is added, as the method approaches from below. Steps of 1 / L still go down
        where it is short of the eigenvalue by less than half.
        """
        v = np.cos(np.arange(self.features))
        most = 0.0
        for _ in range(50):
            length = float(np.linalg.norm(v))
            if not length:
                break
            v = v / length
            w = self._rows @ v
            most = float(w @ w)
            v = self._rows.T @ w
        return max(1.01 * CURVATURE[self.loss] * most, float(self.bound * self.squares.max()))

    # Blocks

    def add(self, block: Array, d: Array, z: Array) -> None:
        """z += A d, for d on the coordinates of a block alone."""
        if self.k > 1:
            features, classes = np.divmod(block, self.k)
            if self.columns is not None:
                change = np.zeros((len(block), self.k))
                change[np.arange(len(block)), classes] = d
                z += self.columns[features].T @ change
            else:
                for feature, c, step in zip(features, classes, d, strict=True):
                    part = slice(self.starts[feature], self.starts[feature + 1])
                    z[self.indices[part], c] += step * self.entries[part]
        elif self.columns is not None:
            z += d @ self.columns[block]
        else:
            self._kernel.bc_add_columns(
                self.entries, self.indices, self.starts, block, d, len(block), z
            )

    def columns_of(self, features: Array) -> Array:
        """Columns of A, transposed: float64[len(features), m]."""
        if self.columns is not None:
            return self.columns[features]
        return np.ascontiguousarray(self._rows[:, features].toarray().T)

    def block_bound(self, block: Array) -> Array:
        """The block's part of the bound of the Hessian."""
        features, classes = np.divmod(block, self.k)
        product = CURVATURE[self.loss] * self._products(features)
        if self.k > 1:
            product *= (classes[:, None] == classes) - 1 / self.k
        product.flat[:: len(block) + 1] += self.l2
        return product

    def block_hessian(self, block: Array, z: Array) -> Array:
        """The block's part of the Hessian at x, where z = A x."""
        features, classes = np.divmod(block, self.k)
        if self.loss == "squares":
            product = self._products(features)
        elif self.loss == "logistic":
            shares = sigmoid(z)
            product = self._products(features, shares * (1 - shares))
        else:
            part = self.columns_of(features)
            weighted = part * softmax(z).T[classes]
            product = (weighted @ part.T) * (classes[:, None] == classes) - weighted @ weighted.T
        product.flat[:: len(block) + 1] += self.l2
        return product

    def _products(self, features: Array, weights: Array | None = None) -> Array:
        """A_b' diag(weights) A_b for columns of A."""
        if self.columns is not None:
            part = self.columns[features]
            return (part if weights is None else part * weights) @ part.T
        part = self._rows[:, features]
        right = part.copy()
        if weights is not None:
            right.data *= weights[right.indices]
        return (part.T @ right).toarray()


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)), without overflow."""
    low = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, low) / (1 + low)


def softmax(z: Array) -> Array:
    """Shares of the classes, by rows."""
    shares = np.exp(z - z.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


def onto_simplex(v: Array, total: float) -> Array:
    """The nearest u >= 0 of this sum: v - t, cut off at 0, with the t that makes the sum right."""
    descending = np.sort(v)[::-1]
    shifts = (np.cumsum(descending) - total) / np.arange(1, len(v) + 1)
    shift = shifts[np.count_nonzero(descending > shifts) - 1]
    u = np.maximum(v - shift, 0)
    return u * (total / u.sum()) if total > 0 else np.zeros_like(v)
