"""Greedy coordinate descent: the coordinate of the largest progress, one at a time.

The rule is the progress of the coordinate's own step, g_i^2 / (2 L_i) (gsl), or |g_i| (gs). Of
least squares the gradient is kept up to date by the columns of H, in the kernel, O(n) a step. On
the simplex a pair moves: the coordinate of the least derivative takes from the positive one that
promises most, d (g_j - g_i) - d^2 (H_ii + H_jj - 2 H_ij) / 2 with d no more than x_j. Other losses
need a whole gradient for each step, a pass over A, which is what makes greed expensive there.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization.block_coordinate._descent import checked, descend, one_of
from bench_optimization.block_coordinate._model import Model
from bench_optimization.block_coordinate._selections import selection
from bench_optimization.block_coordinate._state import State
from bench_optimization.block_coordinate._updates import update
from harness.api import Solver, kernel

_SLICE = 2_000_000  # coordinates looked at between answers, about a millisecond


@dataclass(frozen=True)
class GreedyDescent(Solver):
    """Single coordinates by their progress; pairs on the simplex."""

    problem = "block_coordinate"
    space: ClassVar = {"rule": ("choice", "gsl", "gs")}

    rule: str = "gsl"  # or gs
    updates: int = 400_000  # steps at most
    gradients: int = 10_000  # steps at most where each costs a whole gradient
    tolerance: float = 1e-10  # of the conditions of optimality, relative to the start

    def __post_init__(self):
        one_of("rule", self.rule, ("gsl", "gs"))
        checked(self.tolerance, updates=self.updates, gradients=self.gradients)

    def solve(self, data, rng):
        model = Model(data)
        state = State(model)
        if state.hessian is None and (state.sparse is None or model.simplex):
            choose, rounds = selection(state, self.rule, "variable", 1, rng)
            yield from descend(
                state,
                choose,
                lambda block: update(state, block, "gradient"),
                rounds,
                min(self.updates, self.gradients),
                self.tolerance,
            )
            return
        yield state.x
        tol = self.tolerance * state.unrest()
        done, most = 0, max(1, _SLICE // model.n)
        while done < self.updates:
            steps = min(most, self.updates - done)
            taken = self._steps(state, steps, tol)
            done += taken
            yield state.x
            if taken < steps:
                return

    def _steps(self, state: State, steps: int, tol: float) -> int:
        model, run = state.model, kernel("block_coordinate")
        ends = (steps, tol, state.x, state.gradient())
        if model.simplex:
            return run.bc_exchange(state.hessian, model.n, *ends)
        curvature = model.curvature
        top = float(curvature.max()) or 1.0
        scale = curvature if self.rule == "gsl" else np.full(model.n, top)
        rule = (curvature, scale, model.l1, int(model.nonnegative), *ends)
        if state.sparse is None:
            return run.bc_greedy_dense(state.hessian, model.n, *rule)
        sparse = state.sparse
        return run.bc_greedy_sparse(sparse.values, sparse.indices, sparse.starts, model.n, *rule)
