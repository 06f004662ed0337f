"""The cases: data of each objective, a start, and a point known to be good where there is one."""

import numpy as np

from harness.api import InvalidCase


def robust_phase(case, rng):
    """Gaussian rows a_i, b_i = (a_i . x*)^2 with |x*| = 1, and a share of outliers U(0, 5)."""
    _at_least_one(case, "n", "dim")
    rows = rng.normal(size=(case.n, case.dim))
    planted = rng.normal(size=case.dim)
    planted /= np.linalg.norm(planted)
    targets = (rows @ planted) ** 2
    bad = rng.choice(case.n, _share(case, "outliers", case.n), replace=False)
    targets[bad] = rng.uniform(0.0, 5.0, len(bad))
    start = np.full(case.dim, 2.0 / np.sqrt(case.dim))
    return {"rows": rows, "targets": targets}, start, planted


def relu_net(case, rng):
    """A wider net learns a narrower one from Gaussian inputs; a share of the targets is wrong."""
    _at_least_one(case, "n", "inputs", "hidden", "teacher")
    inputs = rng.normal(size=(case.n, case.inputs))
    weights = rng.normal(size=(case.teacher, case.inputs)) / np.sqrt(case.inputs)
    heads = rng.choice([-1.0, 1.0], case.teacher)
    targets = np.maximum(inputs @ weights.T, 0.0) @ heads
    bad = rng.choice(case.n, _share(case, "outliers", case.n), replace=False)
    targets[bad] += rng.uniform(-5.0, 5.0, len(bad))
    start = np.concatenate(
        [
            rng.normal(size=case.hidden * case.inputs) * np.sqrt(2.0 / case.inputs),
            np.zeros(case.hidden),
            rng.normal(size=case.hidden) * np.sqrt(2.0 / case.hidden),
            np.zeros(1),
        ]
    )
    return {"inputs": inputs, "targets": targets, "hidden": int(case.hidden)}, start, None


def factorisation(case, rng):
    """A product of Gaussian factors, of which a share of entries is moved by U(-5, 5)."""
    _at_least_one(case, "height", "columns", "rank")
    left = rng.normal(size=(case.height, case.rank))
    right = rng.normal(size=(case.columns, case.rank))
    matrix = left @ right.T
    bad = rng.choice(matrix.size, _share(case, "outliers", matrix.size), replace=False)
    matrix.ravel()[bad] += rng.uniform(-5.0, 5.0, len(bad))
    start = rng.normal(size=(case.height + case.columns) * case.rank)
    planted = np.concatenate([left.ravel(), right.ravel()])
    return {"matrix": matrix, "rank": int(case.rank)}, start, planted


def max_quadratics(case, rng):
    """Maxima of `pieces` quadratics; the first has curvature 1, so that each is bounded below.

    The other curvatures are U(-curvature, curvature): with 0 they are constants.
    """
    _at_least_one(case, "n", "dim", "pieces")
    shape = (case.n, case.pieces)
    curvatures = rng.uniform(-1.0, 1.0, shape) * case.curvature
    curvatures[:, 0] = 1.0
    centres = rng.normal(size=(*shape, case.dim))
    heights = rng.normal(size=shape)
    start = rng.normal(size=case.dim)
    start *= 5.0 / np.linalg.norm(start)
    data = {"curvatures": curvatures, "heights": heights, "centres": centres}
    return data, start, None


def _at_least_one(case, *names):
    for name in names:
        if getattr(case, name) < 1:
            raise InvalidCase(
                f"{name} = {getattr(case, name)}; expected at least 1: write {name}=5"
            )


def _share(case, name, count):
    share = getattr(case, name)
    if not 0.0 <= share <= 1.0:
        raise InvalidCase(f"{name} = {share}; expected a share from 0 to 1: write {name}=0.1")
    return round(share * count)
