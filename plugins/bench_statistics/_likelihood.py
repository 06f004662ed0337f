"""Profile-likelihood intervals of a mean, for many small samples at once.

The interval holds the means at which twice the fall of the log-likelihood, maximised over the
other parameter, is at most the 95 % point of chi-squared with one degree of freedom. Only averages
over a sample enter, so that a function takes arrays of averages, one entry for each sample.
"""

from __future__ import annotations

import numpy as np

_FALL = 3.841458820694124  # the 95 % point of chi-squared with one degree of freedom
_STEPS = 100  # of bisection: more than doubles can tell apart
_COARSE = 45  # where one bisection is within another: to 12 digits
_EDGE = 1e-12  # of the means that are looked at


def gamma_shape(spread: np.ndarray) -> np.ndarray:
    """The maximum-likelihood shape k of a gamma law: ln k - digamma(k) = ln(mean) - mean(ln)."""
    from scipy.special import digamma

    low, high = np.full(np.shape(spread), -20.0), np.full(np.shape(spread), 40.0)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        above = middle - digamma(np.exp(middle)) > spread  # falls in k
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.exp((low + high) / 2)


def gamma_mean(
    count: np.ndarray, mean: np.ndarray, log_mean: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The ends of the interval of a gamma law's mean; the estimate is the sample's mean itself.

    With k the shape, the profile depends on the mean only through D = m/mu - ln(m/mu) - 1 + D0,
    D0 = ln(m) - mean(ln x), at which the best k solves ln k - digamma(k) = D. So the search is for
    the k to which the likelihood may fall, and mu follows by Lambert's W.

    Args:
        count, mean, log_mean: float[samples]: values, their mean, and the mean of their logarithms.

    Returns:
        low, high, float[samples]; NaN for fewer than two values, or where all are equal.
    """
    from scipy.special import digamma, gammaln, lambertw

    spread = np.log(mean) - log_mean
    usable = (count >= 2) & (spread > 1e-12)
    known = np.where(usable, spread, 1.0)

    def height(shape: np.ndarray) -> np.ndarray:  # rises in the shape
        return shape * digamma(shape) - shape - gammaln(shape)

    best = gamma_shape(known)
    wanted = height(best) - _FALL / (2 * np.maximum(count, 1))
    low, high = np.full(known.shape, -400.0), np.log(best)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        above = height(np.exp(middle)) > wanted
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    shape = np.exp((low + high) / 2)
    fall = np.maximum(np.log(shape) - digamma(shape) - known, 0.0)
    # z - ln z - 1 = fall has one root below 1 and one above it; mu is mean / z.
    roots = [-lambertw(-np.exp(-1 - fall), branch).real for branch in (-1, 0)]
    with np.errstate(divide="ignore"):
        ends = [np.where(usable, mean / root, np.nan) for root in roots]
    return ends[0], ends[1]


def beta_mean(
    count: np.ndarray, log_mean: np.ndarray, log_rest: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The mean of a beta law on (0, 1) by maximum likelihood, and the ends of its interval.

    Args:
        count, log_mean, log_rest: float[samples]: values u, the mean of ln u and of ln(1 - u).

    Returns:
        mean, low, high, float[samples]; NaN for fewer than two values, where all are equal, or
        where one is 0 or 1 (an infinite logarithm), which no beta law gives.
    """
    flat = np.exp(log_mean) + np.exp(log_rest) > 1 - 1e-12  # equality: all values are the same
    usable = (count >= 2) & np.isfinite(log_mean) & np.isfinite(log_rest) & ~flat
    one, rest = np.where(usable, log_mean, -1.0), np.where(usable, log_rest, -1.0)

    low, high = np.full(one.shape, _EDGE), np.full(one.shape, 1 - _EDGE)
    for _ in range(_COARSE):  # the profile has one top
        middle = (low + high) / 2
        rising = _beta_profile(middle, one, rest)[1] > 0
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    top = (low + high) / 2
    wanted = _beta_profile(top, one, rest)[0] - _FALL / (2 * np.maximum(count, 1))
    ends = []
    for edge in (_EDGE, 1 - _EDGE):
        inside, outside = top, np.full(one.shape, edge)
        for _ in range(_COARSE):
            middle = (inside + outside) / 2
            above = _beta_profile(middle, one, rest)[0] > wanted
            inside, outside = np.where(above, middle, inside), np.where(above, outside, middle)
        ends.append(np.where(usable, inside, np.nan))
    return np.where(usable, top, np.nan), ends[0], ends[1]


def _beta_profile(
    mean: np.ndarray, one: np.ndarray, rest: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The log-likelihood per value at a mean, at the precision v that suits it best; its slope.

    It is concave in v for a given mean, so that its slope in v is bisected, over ln v.
    """
    from scipy.special import digamma, gammaln

    fixed = mean * one + (1 - mean) * rest
    low, high = np.full(mean.shape, -20.0), np.full(mean.shape, 35.0)
    for _ in range(_COARSE):
        middle = (low + high) / 2
        v = np.exp(middle)
        slope = digamma(v) - mean * digamma(mean * v) - (1 - mean) * digamma((1 - mean) * v) + fixed
        low, high = np.where(slope > 0, middle, low), np.where(slope > 0, high, middle)
    v = np.exp((low + high) / 2)
    a, b = mean * v, (1 - mean) * v
    height = gammaln(v) - gammaln(a) - gammaln(b) + (a - 1) * one + (b - 1) * rest
    return height, digamma(b) - digamma(a) + one - rest
