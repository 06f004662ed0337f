"""What counts as a right answer where solvers are held against each other by what they use.

Where right answers are equally good (boards ranked by time), a run is right if it did not fail.
Where costs differ, an answer is right for a target if it is within it; each target is a view.
"""

from __future__ import annotations

from typing import Any

import numpy as np

SOLVED = "solved"
_MAIN = "1 %"


def limits(board: Any) -> dict[str, np.ndarray]:
    """View -> float[cases]: how far above the reference a right answer may be.

    The views are the targets of the board, or only `SOLVED`, where all answers that are no failure
    are right.
    """
    if board.rules.rank_by == "time" or not board.cases:
        return {SOLVED: np.full(len(board.cases), np.finfo(float).max)}
    of_cases = [board.targets(case) for case in board.cases]
    return {name: np.array([each[name] for each in of_cases], float) for name in of_cases[0]}


def main_view(views: Any) -> str:
    """The view that a table speaks of."""
    return _MAIN if _MAIN in views else list(views)[-1]


def right(board: Any) -> dict[str, np.ndarray]:
    """View -> float[solvers, cases]: 1 where every run is right, else 0; NaN where not tried."""
    worst = np.array(
        [[cell.max() if len(cell) else np.nan for cell in row] for row in board.above]
    ).reshape(board.shape)
    return {
        view: np.where(np.isnan(worst), np.nan, (worst <= limit).astype(float))
        for view, limit in limits(board).items()
    }


def right_times(board: Any) -> dict[str, np.ndarray]:
    """View -> float[solvers, cases]: seconds of a solve by pyperf, the median.

    Infinite where not every run is right, NaN where not tried, or right and not timed.
    """
    return {
        view: np.where(known == 1, board.times, np.where(known == 0, np.inf, np.nan))
        for view, known in right(board).items()
    }


def meaning(view: str) -> str:
    """What "right" means, for a note."""
    if view == SOLVED:
        return "A solver is right on a case if none of its runs failed."
    what = "equal to the best known" if view == "best known" else f"within {view} of the reference"
    return (
        f"A solver is right on a case if each of its runs ends {what}; its time is that of a whole "
        "solve, which may go on after the target is reached."
    )
