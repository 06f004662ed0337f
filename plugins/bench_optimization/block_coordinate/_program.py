"""Small quadratic programs by an active set: all free coordinates are solved for at once.

The coordinate that violates its condition of optimality most is set free, then the equations of the
free ones are solved, going only as far as signs stay, where what reaches 0 is held again. Each
round lowers the objective, so that no set of free coordinates comes twice (Lawson and Hanson 1974).
A round costs O(s^3) for s free coordinates and one product with H.
"""

from collections.abc import Callable

import numpy as np

Array = np.ndarray
_TOLERANCE = 1e-12  # of the linear term; what violates a condition by less does not


def program(
    product: Callable[[Array], Array],
    block: Callable[[Array], Array],
    linear: Array,
    diagonal: Array,
    l1: float = 0.0,
    nonnegative: bool = False,
    simplex: bool = False,
    start: Array | None = None,
) -> Array:
    """The minimiser of x'Hx/2 - linear'x + l1 |x|_1, with or without x >= 0, or on the simplex.

    Args:
        product: x -> H x. block: free coordinates -> their part of H. linear, diagonal: float64[n].
        start: a feasible point to begin at.

    Raises:
        ArithmeticError: where rounding keeps it from ending.
    """
    n = len(linear)
    x = np.zeros(n) if start is None else start.copy()
    sign = np.sign(x)
    if simplex and start is None:
        first = int(np.argmin(0.5 * diagonal - linear))
        x[first] = sign[first] = 1.0
    if sign.any():
        _descend(x, sign, block, linear, l1, simplex)
    barred = np.zeros(n, bool)  # freed without effect since the last step that had one
    for _ in range(50 * n + 100):
        slope = product(x) - linear
        level = float(slope[sign != 0].mean()) if simplex else 0.0
        rise = level - slope if simplex or nonnegative else np.abs(slope)
        violation = np.where((sign != 0) | barred, -np.inf, rise - l1)
        worst = int(violation.argmax())
        if violation[worst] <= _TOLERANCE * max(np.abs(linear).max(), l1):
            return x
        before = x.copy()
        sign[worst] = 1.0 if simplex or nonnegative else -np.sign(slope[worst])
        _descend(x, sign, block, linear, l1, simplex)
        if np.array_equal(before, x):
            barred[worst] = True
        else:
            barred[:] = False
    raise ArithmeticError("the set of free coordinates was not found")


def _descend(
    x: Array,
    sign: Array,
    block: Callable[[Array], Array],
    linear: Array,
    l1: float,
    simplex: bool,
) -> None:
    """Minimise over the free coordinates (sign not 0), dropping those that would change sign."""
    while True:
        free = np.flatnonzero(sign)
        part = block(free)
        goal = _solve(part, linear[free] - l1 * sign[free], simplex)
        crossing = goal * sign[free] <= 0
        if not crossing.any():
            x[free] = goal
            return
        at = x[free]
        reach = np.where(crossing, 0.0, np.inf)
        np.divide(at, at - goal, out=reach, where=crossing & (at != goal))
        share = float(reach.min())
        x[free] = at + share * (goal - at)
        out = free[crossing & (reach <= share * (1 + 1e-12))]
        x[out] = sign[out] = 0.0
        if not sign.any():
            return


def _solve(part: Array, right: Array, simplex: bool) -> Array:
    """The free coordinates' equations, their sum held at 1 on the simplex; refined once."""
    scale = 1 / np.sqrt(np.maximum(np.diagonal(part), 1e-300))
    if simplex:
        unit = float(np.diagonal(part).mean())
        count = len(right)
        part = np.block([[part, np.full((count, 1), unit)], [np.full((1, count), unit), 0.0]])
        right = np.append(right, unit)
        scale = np.append(scale, 1 / np.sqrt(unit))
    scaled = part * scale * scale[:, None]
    try:
        found = np.linalg.solve(scaled, scale * right)
        if not np.abs(found).max() < 1e12 * max(1.0, np.abs(scale * right).max()):
            raise np.linalg.LinAlgError
        found += np.linalg.solve(scaled, scale * (right - part @ (scale * found)))
    except np.linalg.LinAlgError:
        found = np.linalg.lstsq(scaled, scale * right, rcond=1e-12)[0]
    found = scale * found
    return found[:-1] if simplex else found
