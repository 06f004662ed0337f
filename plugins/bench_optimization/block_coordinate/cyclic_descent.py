"""Cyclic coordinate descent: the coordinates one after the other, each minimised alone.

Coordinate i takes the step of its model, d = -g_i / L_i, with a penalty or x >= 0 the proximal one.
No gradient is needed but g_i, so that a round costs two passes over A, what one gradient costs. On
the simplex neighbours are paired, each pair exchanging what is best, and the pairs are drawn anew
each round, as the same ones could never reach all shares.
"""

from dataclasses import dataclass

import numpy as np

from bench_optimization.block_coordinate._descent import checked
from bench_optimization.block_coordinate._model import Model
from bench_optimization.block_coordinate._sweeps import Sweeps, rounds
from harness.api import Solver


@dataclass(frozen=True)
class CyclicDescent(Solver):
    """Single coordinates in turn."""

    problem = "block_coordinate"

    rounds: int = 20_000  # through all coordinates at most
    tolerance: float = 1e-10  # of the conditions of optimality, relative to the start
    shuffle: bool = False  # the order anew each round

    def __post_init__(self):
        checked(self.tolerance, rounds=self.rounds)

    def solve(self, data, rng):
        model = Model(data)
        in_turn, anew = np.arange(model.n), self.shuffle or model.simplex
        orders = (rng.permutation(model.n) if anew else in_turn for _ in range(self.rounds))
        yield from rounds(Sweeps(model), orders, self.tolerance)
