"""Exact expected risks of stochastic gradient descent, of its averages and of its schedules.

All are recursions of second moments per eigenvalue lambda_i of the Hessian H, with e = u - u* the
error of the iterate. The excess risk is 1/2 sum_i lambda_i E e_i^2.

**Regression** (Gaussian inputs of covariance H, targets of noise variance s^2, batches of B fresh
samples, step d). With b_i = E e_i^2 and S = sum_j lambda_j b_j,

    b_i' = (1 - 2 d lambda_i) b_i
           + d^2 ((1 + 1/B) lambda_i^2 b_i + lambda_i S / B) + d^2 s^2 lambda_i / B,

where S, of the fourth moment of the inputs, couples all directions. For an average that adds
(1 - a) of the iterate, with error f, c_i = E f_i e_i and d_i = E f_i^2,

    c_i' = (1 - d lambda_i) (a c_i + (1 - a) b_i),
    d_i' = a^2 d_i + 2 a (1 - a) c_i + (1 - a)^2 b_i,

if it takes in the iterate before the step, and with the iterate after it ("shifted")

    d_i' = a^2 d_i + 2 a (1 - a) (1 - d lambda_i) c_i + (1 - a)^2 b_i',
    c_i' = a (1 - d lambda_i) c_i + (1 - a) b_i'.

**Quadratic** (gradient noise of covariance s^2 H / B, of no relation to the iterate):

    m_i' = (1 - d lambda_i) m_i,    v_i' = (1 - d lambda_i)^2 v_i + d^2 s^2 lambda_i / B.

The law of the first is in "Understanding SGD with Exponential Moving Average", the second is that
by which "Straight to Zero" and "EMA Without the Lag" are judged here; the noisy parabola is that of
"How to Scale Your EMA".
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Moments:
    """Per direction: E e^2 of the iterate, E f e, and E f^2 of the average."""

    last: np.ndarray
    mixed: np.ndarray
    average: np.ndarray

    def risks(self, spectrum: np.ndarray) -> tuple[float, float]:
        """The excess risks of the iterate and of the average."""
        return float(spectrum @ self.last) / 2, float(spectrum @ self.average) / 2


def regression(
    spectrum: np.ndarray,
    start: np.ndarray,
    steps: Sequence[float],
    noise: float,
    decays: float | Sequence[float] = 0.0,
    batch: int = 1,
    shifted: bool = True,
) -> Moments:
    """The moments after all steps.

    Args:
        spectrum: float64[d], the eigenvalues. start: float64[d], the error of the start.
        steps: the step of each update. noise: standard deviation of the targets.
        decays: of the average, one for all updates or one for each.
        shifted: whether the average takes in the iterate after the step, or that before it.
    """
    b, c, d = (np.asarray(start, np.float64) ** 2 for _ in range(3))
    for step, decay in zip(steps, np.broadcast_to(decays, len(steps)), strict=True):
        kept, new = 1 - step * spectrum, 1 - decay
        coupled = spectrum @ b + noise * noise
        after = b * (1 - 2 * step * spectrum + (1 + 1 / batch) * (step * spectrum) ** 2)
        after += step * step / batch * spectrum * coupled
        b, c, d = _averaged(b, after, c, d, kept, decay, new, shifted)
    return Moments(b, c, d)


def quadratic(
    spectrum: np.ndarray,
    start: np.ndarray,
    steps: Sequence[float],
    noise: float,
    decays: float | Sequence[float] = 0.0,
    batch: int = 1,
    shifted: bool = True,
) -> Moments:
    """The same for gradient noise of covariance noise^2 H / batch."""
    b, c, d = (np.asarray(start, np.float64) ** 2 for _ in range(3))
    for step, decay in zip(steps, np.broadcast_to(decays, len(steps)), strict=True):
        kept, new = 1 - step * spectrum, 1 - decay
        after = kept * kept * b + (step * noise) ** 2 / batch * spectrum
        b, c, d = _averaged(b, after, c, d, kept, decay, new, shifted)
    return Moments(b, c, d)


def _averaged(b, after, c, d, kept, decay, new, shifted):
    if shifted:
        d = decay * decay * d + 2 * decay * new * kept * c + new * new * after
        c = decay * kept * c + new * after
    else:
        d = decay * decay * d + 2 * decay * new * c + new * new * b
        c = kept * (decay * c + new * b)
    return after, c, d


def mean_of_average(
    spectrum: np.ndarray, start: np.ndarray, step: float, decay: float, steps: int
) -> np.ndarray:
    """E f_i of the average over the iterates before each step.

    e_0 (a^N + (1 - a) (q^N - a^N) / (q - a)) with q = 1 - step lambda, and the limit N a^(N-1) of
    the quotient where q is near a.
    """
    kept = 1 - step * np.asarray(spectrum, np.float64)
    apart = kept - decay
    near = np.abs(apart) < 1e-9 * decay
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = (kept**steps - decay**steps) / apart
    quotient = np.where(near, steps * decay ** (steps - 1), quotient)
    return start * (decay**steps + (1 - decay) * quotient)


def stable_step(spectrum: np.ndarray, batch: int = 1) -> float:
    """The step of regression below which second moments stay bounded.

    The root of sum_i d lambda_i / B / (2 - (1 + 1/B) d lambda_i) = 1.
    """
    share = 1 + 1 / batch
    low, high = 0.0, 2 / (share * float(np.max(spectrum)))
    for _ in range(100):
        middle = (low + high) / 2
        scaled = middle * np.asarray(spectrum, np.float64)
        if np.any(share * scaled >= 2) or np.sum(scaled / batch / (2 - share * scaled)) > 1:
            high = middle
        else:
            low = middle
    return low


@dataclass(frozen=True)
class Parabola:
    """a theta^2 / 2 with gradient noise of variance b (a theta)^2 + c, and an EMA of the points.

    theta' = theta - eta (a theta + e), Var e = (b (a theta)^2 + c) / kappa,
    zeta' = rho zeta + (1 - rho) theta'. Moments of theta and zeta from theta_0 = zeta_0 = 1.
    """

    a: float = 1.0
    b: float = 0.5
    c: float = 0.1

    def moments(self, steps: int, eta: float, rho: float, kappa: float = 1.0) -> np.ndarray:
        """float64[steps + 1, 5]: E theta, E zeta, E theta^2, E zeta theta, E zeta^2."""
        kept = 1 - eta * self.a
        m = z = p = q = r = 1.0
        found = np.empty((steps + 1, 5))
        found[0] = m, z, p, q, r
        for step in range(1, steps + 1):
            m = kept * m
            z = rho * z + (1 - rho) * m
            after = kept * kept * p + eta * eta * (self.b * self.a**2 * p + self.c) / kappa
            r = rho * rho * r + 2 * rho * (1 - rho) * kept * q + (1 - rho) ** 2 * after
            q = rho * kept * q + (1 - rho) * after
            p = after
            found[step] = m, z, p, q, r
        return found
