"""What the problems of this pack share: points held to their shape, gaps on a scale of decades."""

import math
from collections.abc import Mapping

import numpy as np

from harness.api import InvalidAnswer, Meter

LEAST_GAP = 1e-10  # to which the optima are known: what is below it is one


def vector(answer: object, length: int, what: str = "the point") -> np.ndarray:
    """An answer as float64[length].

    Raises:
        InvalidAnswer: where it is no such vector, or not finite.
    """
    if not isinstance(answer, np.ndarray) or answer.dtype.kind not in "fiu":
        raise InvalidAnswer(
            f"{what} is {_told(answer)}, expected an array of {length} real numbers"
        )
    if answer.shape != (length,):
        raise InvalidAnswer(f"{what} has the shape {answer.shape}, expected ({length},)")
    return finite(np.asarray(answer, np.float64), what)


def finite(values: np.ndarray, what: str = "the point") -> np.ndarray:
    """The same values.

    Raises:
        InvalidAnswer: where one of them is not finite.
    """
    bad = int(np.count_nonzero(~np.isfinite(values)))
    if bad:
        raise InvalidAnswer(
            f"{what} is not finite in {bad} of {values.size} entries: the run diverged; "
            "a smaller learning rate may help"
        )
    return values


def decades(gap: float, scale: float) -> float:
    """The log10 of a gap against that of the start, from -10 (solved) upwards.

    Args:
        gap: value - optimum, also a rounding below 0. scale: the same at the start, above 0.
    """
    if not math.isfinite(gap):
        raise InvalidAnswer("the value at the point is not finite: the run diverged")
    return math.log10(max(gap / scale, LEAST_GAP))


def limit(meter: Meter, calls: int) -> None:
    """Allow so many calls at most, or fewer where the run's own budget says so."""
    meter.limit = calls if meter.limit is None else min(meter.limit, calls)


def above_zero(parameters: Mapping[str, float]) -> None:
    """Refuse parameters that must be above 0.

    Raises:
        ValueError: with the name of the first that is not.
    """
    for name, value in parameters.items():
        if not value > 0 or not math.isfinite(value):
            raise ValueError(f"{name} = {value}; expected a finite number above 0")


def _told(answer: object) -> str:
    if isinstance(answer, np.ndarray):
        return f"an array of {answer.dtype}"
    return f"a {type(answer).__name__}"
