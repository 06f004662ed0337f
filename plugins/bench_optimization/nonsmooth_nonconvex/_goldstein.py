"""How far a point is from Goldstein stationarity: the shortest mean of gradients near by.

For a radius delta, |grad f(x)|_delta is the length of the shortest vector in the convex hull of
all gradients in the ball around x. It is 0 at minima with kinks, where |grad f| is not. The
estimate takes the gradients at x and at 100 + 3 dim points of the ball, drawn once for each
instance, so that all answers are measured at the same offsets. A hull of fewer gradients is
smaller: the estimate is never below |grad f(x)|_delta.

The shortest vector is found exactly: the weights w >= 0 that minimise |G^T w|^2 + (1 - sum w)^2
point the same way as the best convex weights, as for a fixed direction of w both are least for
the same direction. This is non-negative least squares (Lawson and Hanson), O(dim^2) per weight.
"""

import numpy as np


def ball(rng, count, dim):
    """Points drawn uniformly from the unit ball, float64[count, dim]."""
    points = rng.normal(size=(count, dim))
    points /= np.maximum(np.linalg.norm(points, axis=1, keepdims=True), np.finfo(float).tiny)
    return points * rng.random((count, 1)) ** (1.0 / dim)


def offsets(rng, dim):
    """Where gradients are sampled, in units of the radius; the first is the point itself."""
    return np.concatenate([np.zeros((1, dim)), ball(rng, 100 + 3 * dim, dim)])


def shortest(gradients):
    """The shortest convex combination of the rows, float64[dim]."""
    from scipy.optimize import nnls

    scale = np.linalg.norm(gradients, axis=1).max()
    if not scale > 0.0:
        return np.zeros(gradients.shape[1])
    system = np.vstack([gradients.T / scale, np.ones(len(gradients))])
    wanted = np.zeros(len(system))
    wanted[-1] = 1.0
    weights, _ = nnls(system, wanted, maxiter=50 * len(gradients))
    return (weights / weights.sum()) @ gradients


def stationarity(function, point, directions, radius):
    """The estimate of |grad f(point)|_radius with the gradients at point + radius * directions."""
    return float(np.linalg.norm(shortest(function.gradients(point + radius * directions))))
