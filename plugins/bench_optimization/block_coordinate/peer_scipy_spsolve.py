"""SciPy's sparse direct solver: the normal equations of least squares by LU, exact.

The honest rival on graphs, where it is fast. What it can't do, it leaves: with a penalty l1, with
constraints, with another loss, or where A has fewer rows than columns and no l2, it yields the
start and ends.
"""

from dataclasses import dataclass

import numpy as np

from bench_optimization.block_coordinate._model import Model
from harness.api import Solver


@dataclass(frozen=True)
class PeerSpsolve(Solver):
    """scipy.sparse.linalg.spsolve (SuperLU)."""

    problem = "block_coordinate"
    role = "peer"
    requires = ("scipy",)

    def solve(self, data, rng):
        import warnings

        from scipy.sparse import csc_array, eye_array
        from scipy.sparse.linalg import MatrixRankWarning, spsolve

        model = Model(data)
        yield model.start
        if not model.smooth or not model.quadratic or (model.m < model.n and not model.l2):
            return
        normal = csc_array(model.gram()) + model.l2 * eye_array(model.n)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MatrixRankWarning)
            found = spsolve(csc_array(normal), model.transposed(model.target))
        if np.isfinite(found).all():
            yield np.atleast_1d(found)
