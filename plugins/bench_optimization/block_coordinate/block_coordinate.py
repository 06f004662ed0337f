"""Block coordinate descent whose blocks, choice of the next one and step are exchangeable parts.

Each update chooses a block b of tau coordinates and replaces x_b by x_b + d, d = -g_b / L_b
(gradient), -H_bb^-1 g_b with a bound H of the Hessian (matrix) or a Newton step. The greedy rules
choose the block of the largest progress under a bound: |g_b|^2 / L_b, sum g_i^2 / D_i, or
g_b' H_bb^-1 g_b, which is the exact progress of a matrix step on a quadratic. Variable blocks are
the tau coordinates of the largest g_i^2 / D_i. A greedy choice must measure the step in use: with
the rule gsd and a gradient step on unsorted blocks it stalls at blocks of unlike curvatures.

Cost of an update: O(n log n) for a greedy choice, tau^3 for the block, and tau columns of H, or a
pass over A where H is not kept (then random and cyclic choices, which read tau columns of A, cost
far less than greedy ones).

Departs from the paper: with penalties and constraints as `_selections` and `_updates` say; Newton
steps backtrack by quadratic interpolation and need a share of 1e-10 of the promised decrease, as
the authors' program has it; constants L_b are computed, not found by doubling.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.block_coordinate._descent import checked, descend, one_of
from bench_optimization.block_coordinate._model import Model
from bench_optimization.block_coordinate._partitions import PARTITIONS
from bench_optimization.block_coordinate._selections import GREEDY, SELECTIONS, selection
from bench_optimization.block_coordinate._state import State
from bench_optimization.block_coordinate._updates import UPDATES, update
from harness.api import Solver


@dataclass(frozen=True)
class BlockCoordinateDescent(Solver):
    """Blocks by a partition or variable, chosen by a rule, moved by an update."""

    problem = "block_coordinate"
    papers = ("let-s-make-block-coordinate",)
    role = "paper"
    space: ClassVar = {
        "partition": ("choice", "sort", "order", "average", "variable"),
        "selection": ("choice", "random", "cyclic", "lipschitz", "gs", "gsl", "gsd", "gsq"),
        "update": ("choice", "gradient", "matrix", "newton"),
        "size": ("log integer", 1, 500),
    }

    partition: str = "variable"  # or sort, order, average: fixed blocks
    selection: str = "gsd"  # or random, cyclic, lipschitz, gs, gsl, gsq
    update: str = "newton"  # or gradient, matrix; of least squares newton is matrix
    size: int = 20  # coordinates of a block; a factorisation of 20 x 20 costs what a choice does
    updates: int = 10_000  # blocks at most
    tolerance: float = 1e-10  # of the conditions of optimality, relative to the start

    def __post_init__(self):
        one_of("partition", self.partition, PARTITIONS)
        one_of("selection", self.selection, SELECTIONS)
        one_of("update", self.update, UPDATES)
        checked(self.tolerance, size=self.size, updates=self.updates)

    def solve(self, data, rng):
        state = State(Model(data))
        choose, rounds = selection(state, self.selection, self.partition, self.size, rng)
        yield from descend(
            state,
            choose,
            lambda block: update(state, block, self.update),
            rounds,
            self.updates,
            self.tolerance,
            drawn=self.selection not in GREEDY,
        )
