"""SciPy's nnls: the active set of Lawson and Hanson, exact, for least squares with x >= 0.

A penalty l1 has no place in it, nor has any other family: there it yields the start and ends.
"""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class PeerNnls(Solver):
    """scipy.optimize.nnls."""

    problem = "block_coordinate"
    role = "peer"
    requires = ("scipy",)

    def solve(self, data, rng):
        from scipy.optimize import nnls
        from scipy.sparse import csc_array

        yield data.start
        if data.loss != "squares" or not data.nonnegative or data.l1 or data.l2:
            return
        if "matrix" in data:
            matrix = np.array(data.matrix)
        else:
            matrix = csc_array((data.values, data.rows, data.starts), shape=data.shape).toarray()
        yield nnls(matrix, np.array(data.target), maxiter=30 * data.shape[1])[0]
