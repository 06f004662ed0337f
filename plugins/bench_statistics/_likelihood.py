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
_CLOSE = 1e-6  # a step in ln v that is the last: the next would be of its square
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
    found = np.full((3, len(usable)), np.nan)
    one, rest, values = log_mean[usable], log_rest[usable], count[usable]

    low, high = np.full(one.shape, _EDGE), np.full(one.shape, 1 - _EDGE)
    log_v = np.zeros(one.shape)
    for _ in range(_COARSE):  # the profile has one top
        middle = (low + high) / 2
        _, slope, log_v = _beta_profile(middle, one, rest, log_v)
        low, high = np.where(slope > 0, middle, low), np.where(slope > 0, high, middle)
    top = (low + high) / 2
    height, _, at_top = _beta_profile(top, one, rest, log_v)
    wanted = height - _FALL / (2 * values)
    ends = []
    for edge in (_EDGE, 1 - _EDGE):
        inside, outside, log_v = top, np.full(one.shape, edge), at_top
        for _ in range(_COARSE):
            middle = (inside + outside) / 2
            height, _, log_v = _beta_profile(middle, one, rest, log_v)
            above = height > wanted
            inside, outside = np.where(above, middle, inside), np.where(above, outside, middle)
        ends.append(inside)
    found[:, usable] = top, *ends
    return found[0], found[1], found[2]


def _beta_profile(
    mean: np.ndarray, one: np.ndarray, rest: np.ndarray, log_v: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The log-likelihood per value at a mean, at the precision v that suits it best; its slope.

    It is concave in v for a given mean, so that its slope in v has one root: by Newton's method
    over ln v from `log_v`, and by bisection where a step would leave what holds the root.

    Returns:
        the height, the slope, and ln v.
    """
    from scipy.special import digamma, gammaln

    fixed = mean * one + (1 - mean) * rest
    low, high = np.full(mean.shape, -20.0), np.full(mean.shape, 35.0)
    log_v = log_v.copy()
    active = np.arange(len(mean))
    for _ in range(2 * _COARSE):
        t, m = log_v[active], mean[active]
        v = np.exp(t)
        a, b = m * v, (1 - m) * v
        slope = digamma(v) - m * digamma(a) - (1 - m) * digamma(b) + fixed[active]
        rising = slope > 0
        low[active] = np.where(rising, t, low[active])
        high[active] = np.where(rising, high[active], t)
        bend = v * (_trigamma(v) - m * m * _trigamma(a) - (1 - m) ** 2 * _trigamma(b))
        with np.errstate(divide="ignore", invalid="ignore"):
            new = t - slope / bend
        least, most = low[active], high[active]
        inside = (new > least) & (new < most)  # NaN is not
        new = np.where(inside, new, (least + most) / 2)
        log_v[active] = new
        active = active[np.abs(new - t) > _CLOSE]
        if not len(active):
            break
    v = np.exp(log_v)
    a, b = mean * v, (1 - mean) * v
    height = gammaln(v) - gammaln(a) - gammaln(b) + (a - 1) * one + (b - 1) * rest
    return height, digamma(b) - digamma(a) + one - rest, log_v


def _trigamma(x: np.ndarray) -> np.ndarray:
    """The slope of digamma to five digits; scipy's is exact and takes twenty times as long."""
    z = x + 3.0
    tail = (1.0 + (0.5 + (1 / 6 - 1 / (30 * z * z)) / z) / z) / z
    return np.asarray(x**-2.0 + (x + 1.0) ** -2.0 + (x + 2.0) ** -2.0 + tail)
