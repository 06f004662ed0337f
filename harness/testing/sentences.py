"""How the kit's sentences name a place, an end and what was printed."""

from __future__ import annotations

from harness.testing.lab import Run
from harness.testing.subjects import SEED, Spot


def where(spot: Spot) -> str:
    return f"on {spot.text}, seed {SEED}"


def ended(run: Run) -> str:
    """How a run failed, as the predicate of a sentence."""
    if run.status == "raised":
        return f"raised {run.message}"
    if run.status == "unsupported":
        return f"refused the case: {run.message}"
    if run.status == "timeout":
        return f"was still busy after {run.seconds:.1f} s and was killed"
    if run.status == "crashed":
        return f"crashed: {run.message}"
    if run.status == "memory":
        return f"ran out of memory ({run.message})"
    return f"gave an invalid answer: {run.message}"


def start(output: str) -> str:
    shown = " / ".join(output.strip().splitlines()[:2]) or output
    return repr(shown if len(shown) <= 160 else shown[:157] + "...")
