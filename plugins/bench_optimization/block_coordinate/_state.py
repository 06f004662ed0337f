"""What a run of block descent keeps: the point, A x or the gradient, and H where that pays.

Of least squares the gradient itself is kept up to date, by the columns of H = A'A + l2 of the
coordinates that moved, where H fits: as a sparse matrix if it is one, else as an array up to some
thousand coordinates. Otherwise A x is kept, and gradients are computed from it when asked for: a
whole one costs a pass over A, that of a block its columns.
"""

from typing import Any

import numpy as np

from bench_optimization.block_coordinate._model import CURVATURE, Array, Model
from harness.api import kernel

DENSE = 3000  # coordinates up to which H is kept as an array, 72 MB
_WORK = 30_000_000  # products up to which A'A is formed of a sparse A
_SPARSE = 0.1  # share of entries up to which H counts as sparse


class State:
    """The run's point, and what is known there.

    Attributes:
        x: the point. hessian: float64[n, n], or None. sparse: H as a Columns, or None.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.x = model.start.copy()
        self.hessian: Array | None = None
        self.sparse: Columns | None = None
        if model.quadratic:
            found = bound_matrix(model)
            if isinstance(found, np.ndarray):
                self.hessian = found
            elif found is not None:
                self.sparse = Columns(found)
        self._kept = self.hessian is not None or self.sparse is not None
        self.z = model.predict(self.x)
        self._gradient: Array | None = model.gradient(self.x, self.z) if self._kept else None

    def gradient(self) -> Array:
        """Of the smooth part, whole; not to be written to."""
        if self._gradient is None:
            self._gradient = self.model.gradient(self.x, self.z)
        return self._gradient

    def gradient_of(self, block: Array) -> Array:
        """The block's part of the gradient."""
        if self._gradient is not None:
            return self._gradient[block]
        model, slopes = self.model, self.model.slopes(self.z)
        if model.k > 1:
            features, classes = np.divmod(block, model.k)
            part = np.einsum("bi,bi->b", model.columns_of(features), slopes.T[classes])
        elif model.columns is not None:
            part = model.columns[block] @ slopes
        else:
            part = np.empty(len(block))
            kernel("block_coordinate").bc_dot_columns(
                model.entries, model.indices, model.starts, slopes, block, len(block), part
            )
        return part + model.l2 * self.x[block]

    def bound_of(self, block: Array) -> Array:
        """The block's part of the bound of the Hessian; of least squares, of the Hessian."""
        if self.hessian is not None:
            return self.hessian[block[:, None], block]
        if self.sparse is not None:
            return self.sparse.block(block)
        return self.model.block_bound(block)

    def hessian_of(self, block: Array) -> Array:
        """The block's part of the Hessian at the point."""
        if self.model.quadratic:
            return self.bound_of(block)
        return self.model.block_hessian(block, self.z)

    def move(self, block: Array, d: Array) -> None:
        """Add d to the block's coordinates."""
        self.x[block] += d
        if self.hessian is not None:
            self._gradient += d @ self.hessian[block]
        elif self.sparse is not None:
            self.sparse.add(block, d, self._gradient)
        else:
            self.model.add(block, d, self.z)
            self._gradient = None

    def product(self, block: Array, d: Array) -> Array:
        """The bound of the Hessian times d on the block, of least squares: float64[n]."""
        if self.hessian is not None:
            return d @ self.hessian[block]
        whole = np.zeros(self.model.n)
        if self.sparse is not None:
            self.sparse.add(block, d, whole)
            return whole
        whole[block] = d
        return self.model.transposed(self.model.predict(whole)) + self.model.l2 * whole

    def change(self, block: Array, d: Array, gradient: Array) -> float:
        """F(x + d) - F(x), for d on a block, of which gradient is the part."""
        model, at = self.model, self.x[block]
        if model.quadratic:
            change = float(gradient @ d) + 0.5 * self._bend(block, d)
        else:
            z = self.z.copy()
            model.add(block, d, z)
            change = model.loss_at(z) - model.loss_at(self.z)
            change += model.l2 * float(at @ d + 0.5 * (d @ d))
        if model.l1:
            change += model.l1 * float(np.abs(at + d).sum() - np.abs(at).sum())
        return change

    def _bend(self, block: Array, d: Array) -> float:
        """d'Hd."""
        if self.hessian is not None:
            return float(d @ self.hessian[block[:, None], block] @ d)
        if self.sparse is not None:
            return float(d @ self.product(block, d)[block])
        moved = np.zeros(self.model.m)
        self.model.add(block, d, moved)
        return float(moved @ moved) + self.model.l2 * float(d @ d)

    def rounding(self) -> float:
        """Below this a difference of values of F says nothing."""
        return 0.0 if self.model.quadratic else 1e-15 * self.model.value(self.x, self.z)

    def unrest(self) -> float:
        """How far the point is from optimal, in the unit of the gradient."""
        return self.model.unrest(self.x, self.gradient())


class Columns:
    """A sparse symmetric matrix as the kernels take it: by columns, nothing stored twice."""

    def __init__(self, matrix: Any) -> None:
        from scipy import sparse

        matrix = sparse.csc_array(matrix)
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        matrix.sort_indices()
        self.matrix = matrix
        self.n = matrix.shape[0]
        self.values = matrix.data
        self.indices = matrix.indices.astype(np.int32)
        self.starts = matrix.indptr.astype(np.int64)
        self._kernel = kernel("block_coordinate")

    def add(self, block: Array, d: Array, out: Array) -> None:
        """out += columns of the block times d."""
        self._kernel.bc_add_columns(
            self.values, self.indices, self.starts, block, d, len(block), out
        )

    def block(self, block: Array) -> Array:
        """Rows and columns of the block, as an array."""
        return self.matrix[:, block][block].toarray()


def bound_matrix(model: Model) -> Any:
    """The bound of the Hessian: an array, a sparse matrix, or None where it would be too large."""
    if model.columns is None:
        counts = np.bincount(model.indices, minlength=model.m).astype(float)
        if float(counts @ counts) * model.k > _WORK:
            return None
    elif model.n > DENSE:
        return None
    gram = CURVATURE[model.loss] * model.gram()
    dense = isinstance(gram, np.ndarray)
    if model.k > 1 and (dense or model.n <= DENSE):
        between = np.eye(model.k) - 1 / model.k
        gram, dense = np.kron(gram if dense else gram.toarray(), between), True
    elif model.k > 1:
        return None
    if not dense and gram.nnz > _SPARSE * model.n**2 and model.n <= DENSE:
        gram, dense = gram.toarray(), True
    if dense:
        gram.flat[:: model.n + 1] += model.l2
        return gram
    from scipy import sparse

    return gram + model.l2 * sparse.eye_array(model.n) if model.l2 else gram
