"""How far a point is from Goldstein stationarity: the shortest mean of gradients near by.

For a radius delta, |grad f(x)|_delta is the length of the shortest vector in the convex hull of
all gradients in the ball around x. It is 0 at minima with kinks, where |grad f| is not. The
estimate takes the gradients at x and at 100 + 3 dim points of the ball, drawn once for each
instance, so that all answers are measured at the same offsets. A hull of fewer gradients is
smaller: the estimate is never below |grad f(x)|_delta.

The shortest vector is found exactly: the weights w >= 0 that minimise |G^T w|^2 + (1 - sum w)^2
point the same way as the best convex weights, as for a fixed direction of w both are least for
the same direction. This is non-negative least squares (Lawson and Hanson), O(dim^2) per weight.
As scipy's method now and then ends too early where gradients tie, what it finds is checked, and
where it falls short it is run again on the gradients in another order.
"""

import numpy as np

from bench_optimization._checks import finite

_SLACK = 1e-9  # of the optimality condition, in units of the longest gradient squared
_ORDERS = 10


def ball(rng, count, dim):
    """Points drawn uniformly from the unit ball, float64[count, dim]."""
    points = rng.normal(size=(count, dim))
    points /= np.maximum(np.linalg.norm(points, axis=1, keepdims=True), np.finfo(float).tiny)
    return points * rng.random((count, 1)) ** (1.0 / dim)


def offsets(rng, dim):
    """Where gradients are sampled, in units of the radius; the first is the point itself."""
    return np.concatenate([np.zeros((1, dim)), ball(rng, 100 + 3 * dim, dim)])


def shortest(gradients):
    """The shortest convex combination of the rows, all of them finite, float64[dim]."""
    largest = np.abs(gradients).max()
    if not largest > 0.0:
        return np.zeros(gradients.shape[1])
    rows = gradients / largest  # first, so that no square overflows
    scale = np.linalg.norm(rows, axis=1).max()
    rows /= scale
    best = _combined(rows)
    rng = np.random.default_rng(0)
    for _ in range(_ORDERS):
        # The shortest is the one that no row is behind of: <g, h> >= |g|^2 for all h in the hull.
        if best @ best - (rows @ best).min() <= _SLACK:
            break
        best = min(best, _combined(rng.permutation(rows)), key=np.linalg.norm)
    return best * scale * largest


def _combined(rows):
    """The combination that scipy takes for the shortest; rows of length 1 at most."""
    from scipy.optimize import nnls

    system = np.vstack([rows.T, np.ones(len(rows))])
    wanted = np.zeros(len(system))
    wanted[-1] = 1.0
    weights, _ = nnls(system, wanted, maxiter=50 * len(rows))
    return (weights / weights.sum()) @ rows


def stationarity(function, point, directions, radius):
    """The estimate of |grad f(point)|_radius with the gradients at point + radius * directions.

    Raises:
        InvalidAnswer: where one of these gradients is not finite.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        gradients = function.gradients(point + radius * directions)
    return float(np.linalg.norm(shortest(finite(gradients, "a gradient near the point"))))
