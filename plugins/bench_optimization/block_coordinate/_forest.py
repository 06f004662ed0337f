"""Blocks whose graph is a forest: found in a sparse matrix, and solved by eliminating leaves.

Nodes are coordinates, edges the entries of the bound of the Hessian off its diagonal. Eliminating
leaf a with parent c, joined by w, takes w^2 / H_aa from H_cc and w r_a / H_aa from the right-hand
side: O(|b|) for the block's equations.
"""

import numpy as np

from bench_optimization.block_coordinate._model import Array, Model
from bench_optimization.block_coordinate._state import Columns, State, bound_matrix
from harness.api import kernel


class Graph:
    """The graph of a symmetric matrix, and solutions of its equations on forests."""

    def __init__(self, matrix: Columns) -> None:
        self._matrix, n = matrix, matrix.n
        self._tree, self._mark = np.empty(n, np.int64), np.empty(n, np.int64)
        self._members, self._place = np.empty(n, np.int64), np.full(n, -1)
        self._kernel = kernel("block_coordinate")

    def forest(self, order: Array) -> Array:
        """The nodes, gone through in this order, that close no cycle with those before them."""
        count = self._kernel.bc_greedy_forest(
            self._matrix.indices,
            self._matrix.starts,
            self._matrix.n,
            order,
            len(order),
            self._tree,
            self._mark,
            self._members,
        )
        return self._members[:count].copy()

    def forests(self) -> list[Array]:
        """All nodes as forests: each takes in order what it can of those that are left."""
        left, found = np.arange(self._matrix.n), []
        while len(left):
            found.append(np.sort(self.forest(left)))
            left = np.setdiff1d(left, found[-1], assume_unique=True)
        return found

    def colours(self) -> list[Array]:
        """All nodes as sets without an edge, by greedy colouring; red and black on a lattice."""
        n = self._matrix.n
        colour, taken = np.empty(n, np.int64), np.empty(n + 1, np.int64)
        number = self._kernel.bc_colour(
            self._matrix.indices, self._matrix.starts, n, np.arange(n), colour, taken
        )
        return [np.flatnonzero(colour == c) for c in range(number)]

    def solve(self, block: Array, right: Array) -> Array:
        """The solution of the block's equations; the block must be a forest.

        Raises:
            ValueError: where it has a cycle.
        """
        count = len(block)
        out = np.empty(count)
        eliminated = self._kernel.bc_forest_solve(
            self._matrix.values,
            self._matrix.indices,
            self._matrix.starts,
            block,
            count,
            right,
            self._place,
            np.empty(3 * count, np.int64),
            np.empty(2 * count),
            out,
        )
        if eliminated < count:
            raise ValueError(f"{count - eliminated} of {count} nodes of the block are on cycles")
        return out


def graph_of(model: Model, state: State) -> Graph | None:
    """The graph of the bound of the Hessian; None where that bound is too large to be formed."""
    if state.sparse is not None:
        return Graph(state.sparse)
    matrix = bound_matrix(model) if state.hessian is None else state.hessian
    return None if matrix is None else Graph(Columns(matrix))
