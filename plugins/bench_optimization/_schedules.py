"""Learning-rate schedules: the share of the peak rate that each of a known number of steps gets.

Steps are counted from 1 to `steps`. The rate rises linearly to the peak, which it reaches at the
last step of the warm-up (at step 1 where there is none), and falls from there. A decay to zero
arrives at step `steps` + 1, the first that is not taken, so that every gradient counts: D2Z is
(T - t + 1) / (T - W + 1) for t > W, and (T - t + 1) / T without warm-up.

`ema_coefficients` is the view on decoupled weight decay of "Straight to Zero" (Bergsma and
others): with a_t = rate_t * decay the parameters are an average of the start and of the updates
x_t, theta_T = c_0 theta_0 + sum c_t x_t, where c_0 = prod (1 - a_j) and
c_t = a_t prod_{j > t} (1 - a_j).
"""

import numpy as np

COOLDOWN = 0.2  # the last part of wsd, in which its rate falls
STEPS = ((0.5, 0.1), (0.75, 0.1))  # after these parts of the run, the rate is cut by these factors


def _to(floor: float, shape: np.ndarray) -> np.ndarray:
    return floor + (1 - floor) * shape


def _linear(progress: np.ndarray) -> np.ndarray:
    return 1 - progress


def _cosine(progress: np.ndarray) -> np.ndarray:
    return (1 + np.cos(np.pi * progress)) / 2


# Name -> factors after the warm-up, by (progress from the peak to the end, step, steps, peak).
_SHAPES = {
    "constant": lambda u, t, steps, peak: np.ones_like(u),
    "linear": lambda u, t, steps, peak: _linear(u),
    "linear_10": lambda u, t, steps, peak: _to(0.1, _linear(u)),
    "cosine": lambda u, t, steps, peak: _cosine(u),
    "cosine_10": lambda u, t, steps, peak: _to(0.1, _cosine(u)),
    "wsd": lambda u, t, steps, peak: np.minimum(
        1, (steps - t + 1) / (min(round(COOLDOWN * steps), steps - peak) + 1)
    ),
    "step": lambda u, t, steps, peak: np.prod(
        [np.where(t > max(part * steps, peak), cut, 1.0) for part, cut in STEPS], axis=0
    ),
    "inverse_sqrt": lambda u, t, steps, peak: np.sqrt(peak / t),
}
NAMES = tuple(_SHAPES)


def check(name: str, warmup: float) -> None:
    """Refuse a schedule that is not there.

    Raises:
        ValueError: where the name is unknown, or the warm-up is no share of the steps.
    """
    if name not in _SHAPES:
        raise ValueError(f"schedule = {name!r}; expected one of {', '.join(NAMES)}")
    if not 0 <= warmup <= 1:
        raise ValueError(f"warmup = {warmup}; expected a share of the steps, from 0 to 1")


def factors(name: str, steps: int, warmup: float = 0.0) -> np.ndarray:
    """The factors of all steps, float64[steps], each above 0 and at most 1.

    Args:
        name: one of `NAMES`. warmup: the share of the steps in which the rate rises.
    """
    check(name, warmup)
    t = np.arange(1, steps + 1, dtype=np.float64)
    rising = round(warmup * steps)
    peak = max(rising, 1)
    progress = np.maximum(0, t - peak) / max(steps - peak + 1, 1)
    return np.where(t < rising, t / peak, _SHAPES[name](progress, t, steps, peak))


def factor(name: str, step: int, steps: int, warmup: float = 0.0) -> float:
    """The factor of one step, 1 <= step <= steps; `factors` is faster for all of them."""
    if not 1 <= step <= steps:
        raise ValueError(f"step = {step}; expected one from 1 to {steps}")
    return float(factors(name, steps, warmup)[step - 1])


def ema_coefficients(weights: np.ndarray) -> tuple[float, np.ndarray]:
    """The weights c_0 of the start and c_1..c_T of the updates in the last parameters.

    Args:
        weights: float64[T], a_t = rate_t * decay, within [0, 1].
    """
    kept = np.cumprod((1 - np.asarray(weights, np.float64))[::-1])[::-1]  # prod over j >= t
    if not len(kept):
        return 1.0, kept
    return float(kept[0]), weights * np.append(kept[1:], 1.0)
