"""The settings with which a solver was run: labels that share the solver and differ in parameters.

A score is how far a run's cost is above the reference, as a share of a unit: the reference itself
where costs are compared as ratios, else the unit in which the board's targets are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from harness.api import NotApplicable


def settings_of(board: Any) -> dict[str, list[int]]:
    """Solver -> the rows of its settings on the board, of solvers that have several.

    Raises:
        NotApplicable: where nobody ran with several.
    """
    found: dict[str, list[int]] = {}
    for i, label in enumerate(board.labels):
        found.setdefault(board.solvers[label], []).append(i)
    several = {solver: rows for solver, rows in found.items() if len(rows) > 1}
    if not several:
        raise NotApplicable(
            "Nobody was run with several settings; `bench run -s 'name[parameter=value]'` adds one."
        )
    return several


def scores(board: Any) -> list[list[np.ndarray]]:
    """Solver x case -> float[seeds]: the score of each run; infinite where it failed."""
    units = [1.0 if board.relative else board.targets(case)["10 %"] / 0.1 for case in board.cases]
    return [[cell / unit for cell, unit in zip(row, units, strict=True)] for row in board.above]


def common_cases(cells: Sequence[Sequence[np.ndarray]], rows: Sequence[int]) -> list[int]:
    """The cases on which all these rows were tried."""
    cases = len(cells[0]) if cells else 0
    return [j for j in range(cases) if all(len(cells[i][j]) for i in rows)]


def best_weights(count: int, k: int) -> np.ndarray:
    """Weights of the sorted values, smallest first, for the expected smallest of k drawn.

    Drawn without replacement, each set of k alike: an unbiased estimate (a U-statistic).
    w_i = C(count - i, k - 1) / C(count, k) for i = 1 .. count.
    """
    from scipy.special import gammaln

    after = np.arange(count - 1, -1, -1).astype(float)  # values that are larger
    possible = after >= k - 1
    logs = np.full(count, -np.inf)
    logs[possible] = (
        gammaln(after[possible] + 1)
        - gammaln(k)
        - gammaln(after[possible] - k + 2)
        - (gammaln(count + 1) - gammaln(k + 1) - gammaln(count - k + 1))
    )
    return np.asarray(np.exp(logs))


def expected_best(values: np.ndarray, k: int) -> np.ndarray:
    """The expected smallest of k of the values, drawn without replacement.

    Args:
        values: float[..., settings]; infinite for a setting that failed, which is the worst.
        k: from 1 to the number of settings.

    Returns:
        float[...]; infinite where the best of k may be a failure.
    """
    ordered = np.sort(values, axis=-1)
    weights = best_weights(ordered.shape[-1], k)
    used = weights > 0  # 0 times infinite is nothing here
    return np.asarray((ordered[..., used] * weights[used]).sum(axis=-1))
