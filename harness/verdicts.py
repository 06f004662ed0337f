"""The verdict on a claim: where the interval of its quantity lies, and what failures may decide.

Failed runs of a solver count against what is claimed of it. No failed run counts for a claim, and
none of the rival's against it: a rival that crashes says nothing of the solver.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.claim import (
    CONTRADICTED,
    INCONCLUSIVE,
    REPRODUCED,
    WEAKER,
    Claim,
    Level,
    SameAnswers,
    ScoreGrowth,
    ScoreRatio,
    Speedup,
    SpeedupGrowth,
)
from harness.estimates import Estimate, estimate
from harness.readings import Missing, Unmeasurable
from harness.statistics.board import Board

if TYPE_CHECKING:
    import pandas as pd

KEPT = (REPRODUCED, WEAKER)


def verdict(claim: Claim, found: Estimate) -> tuple[str, str]:
    """The verdict on an estimate, and its reason."""
    value, low, high = found.interval.value, found.interval.low, found.interval.high
    (first, last), (least, most) = claim.reproduced, claim.range_that_holds
    if isinstance(claim.quantity, SameAnswers) and found.proof is not None and last >= 1:
        return _on_equality(claim, found)
    if math.isnan(value):
        return INCONCLUSIVE, "Nothing could be measured: the runs that are needed failed."
    if math.isnan(low) or math.isnan(high):
        if math.isinf(value):
            return INCONCLUSIVE, "Failed or endless runs on some case leave no interval."
        return INCONCLUSIVE, "The runs are too few, or tell too little, for an interval."
    if first <= low and high <= last:
        return REPRODUCED, "The whole interval lies in the range that keeps the claim."
    if high < least or most < low:
        return CONTRADICTED, "The whole interval lies outside of what the claim allows."
    if least <= low and high <= most and (high < first or last < low):
        return WEAKER, "The direction is as claimed, the amount is not reached."
    return INCONCLUSIVE, "The interval reaches across a border of what the claim allows."


def _on_equality(claim: Claim, found: Estimate) -> tuple[str, str]:
    share = found.interval
    if found.proof:
        if share.low >= claim.reproduced[0]:
            return REPRODUCED, "No run differed."
        return INCONCLUSIVE, "No run differed, but there are too few to say how rare that may be."
    middle_ground = claim.range_that_holds[0] < claim.reproduced[0]
    if middle_ground and share.value >= claim.range_that_holds[0]:
        return WEAKER, "Not all runs gave one answer."
    return CONTRADICTED, "Not all runs gave one answer."


def despite_failures(
    claim: Claim, found: tuple[str, str], rows: pd.DataFrame, board: Callable[[pd.DataFrame], Board]
) -> tuple[str, str]:
    """The verdict and its reason, taken back where failed runs alone decide it.

    Args:
        claim: what is judged. found: its verdict by all runs.
        rows: the records behind it.
        board: makes a board of some of them.
    """
    quantity = claim.quantity
    assert quantity is not None
    failed = ~rows["status"].isin(["ok", "skipped"])
    of_rival = rows["label"] == getattr(quantity, "rival", None)
    if isinstance(quantity, Speedup | SpeedupGrowth) and quantity.clock == "trace":
        failed &= ~(of_rival & (rows["status"] == "timeout"))  # it counts with its limit
    if found[0] in KEPT and failed.any():
        if isinstance(
            quantity, Level | ScoreGrowth | ScoreRatio
        ):  # a failed run has no score that is known
            return INCONCLUSIVE, "Some runs failed, and what they would have scored is not known."
        rest = _again(claim, board(rows[~failed]))
        if rest in KEPT:
            return found if rest == found[0] or found[0] == WEAKER else (WEAKER, _WITHOUT)
        return INCONCLUSIVE, "It would be kept by runs that failed, and they count for no claim."
    theirs = failed & of_rival
    if found[0] != CONTRADICTED or not theirs.any():
        return found
    if _again(claim, board(rows[~theirs])) == CONTRADICTED:
        return found
    return INCONCLUSIVE, "It would be contradicted by failed runs of the rival alone."


_WITHOUT = "The direction is as claimed; without the runs that failed the amount is not reached."


def _again(claim: Claim, board: Board) -> str:
    assert claim.quantity is not None
    try:
        return verdict(claim, estimate(claim.quantity, board))[0]
    except (Missing, Unmeasurable):
        return INCONCLUSIVE
