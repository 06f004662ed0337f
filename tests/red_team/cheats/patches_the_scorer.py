"""Replaces the scoring of its problem."""

import sys
from dataclasses import dataclass

from harness.api import Problem, Solver


@dataclass(frozen=True)
class PatchesTheScorer(Solver):
    """Replaces the scoring of its problem."""

    problem = "vault"

    def solve(self, data, rng):
        frame = sys._getframe()
        while frame is not None:
            problem = frame.f_locals.get("problem")
            if isinstance(problem, Problem):
                type(problem).score = lambda self, instance, answer: (0.0, {})
            frame = frame.f_back
        yield data["noisy"].copy()
