"""One call of scipy.optimize.minimize, of which the start and the last point are seen."""

import contextlib
from collections.abc import Iterator

import numpy as np

from harness.api import BudgetSpent


def minimised(oracle, method: str, **options: float) -> Iterator[np.ndarray]:
    """The start, and where the method ends of itself or with its calls."""
    from scipy.optimize import minimize

    reached = [oracle.start]
    yield reached[0]
    with contextlib.suppress(BudgetSpent):
        minimize(
            oracle.value_and_gradient,
            oracle.start,
            jac=True,
            method=method,
            callback=lambda w: reached.append(w.copy()),
            options={"maxiter": oracle.calls, **options},
        )
    yield reached[-1]
