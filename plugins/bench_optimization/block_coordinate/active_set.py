"""Greedy blocks that find the zeros of the solution: superlinear once the block holds the rest.

For x >= 0 (or a penalty l1) the block is made of the tau coordinates whose own step under L_i
promises most: d_i = max(x_i - g_i / L_i, 0) - x_i, by g_i d_i + L_i d_i^2 / 2. After finitely many
updates the zeros of the solution are zero; where tau is no less than the number of the others, the
block then holds all that is left to solve. The updates are

- tmp: two-metric projection. Coordinates at 0 that are pushed there take a gradient step, the
  others a Newton step; both are backtracked along the projected arc.
- pn: projected Newton, the exact minimiser of the block's quadratic model under the constraints.
- projected_gradient: one length for the block, which never becomes superlinear.

Cost of an update: a full gradient, O(n) for the choice and tau^3 for the block (pn: several times).

Departs from the paper: active is what is within 1e-10 of the block's largest entry, not within 1e-4
in any unit. Without penalty and constraints tmp is Newton's method on variable blocks.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.block_coordinate._descent import checked, descend, one_of
from bench_optimization.block_coordinate._model import Model
from bench_optimization.block_coordinate._selections import selection
from bench_optimization.block_coordinate._state import State
from bench_optimization.block_coordinate._updates import update
from harness.api import Solver

_UPDATES = {"tmp": "newton", "pn": "matrix", "projected_gradient": "gradient"}


@dataclass(frozen=True)
class ActiveSet(Solver):
    """Greedy variable blocks by progress under the constraints."""

    problem = "block_coordinate"
    papers = ("let-s-make-block-coordinate",)
    role = "paper"
    space: ClassVar = {
        "update": ("choice", "tmp", "pn", "projected_gradient"),
        "size": ("log integer", 5, 500),
    }

    update: str = "tmp"  # or pn, projected_gradient
    size: int = 100  # coordinates of a block; should be no less than those that are not 0
    updates: int = 10_000  # blocks at most
    tolerance: float = 1e-10  # of the conditions of optimality, relative to the start

    def __post_init__(self):
        one_of("update", self.update, tuple(_UPDATES))
        checked(self.tolerance, size=self.size, updates=self.updates)

    def solve(self, data, rng):
        state = State(Model(data))
        choose, rounds = selection(state, "gsl", "variable", self.size, rng)
        kind = _UPDATES[self.update]
        yield from descend(
            state,
            choose,
            lambda block: update(state, block, kind),
            rounds,
            self.updates,
            self.tolerance,
        )
