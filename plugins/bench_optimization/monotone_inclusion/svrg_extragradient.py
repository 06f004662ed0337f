"""Extragradient with variance reduction: F at a snapshot looks ahead, a component corrects it.

With a snapshot w, the mixture m = (1 - p) z + p w and t = step * sqrt(p) / L,

    h = J(m - t F(w)),    z+ = J(m - t (F(w) + F_i(h) - F_i(w)))

and w moves to z+ with probability p = 2 / n (Alacaoglu and Malitsky 2022). A step costs 4 calls in
the mean, and n + sqrt(n) L / eps calls make the gap eps. L is the average Lipschitz constant of the
components; of a batch of b it is smaller, and p = 2 b / n then.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization._components import check_whole
from bench_optimization.monotone_inclusion._sampling import batch_lipschitz, coins, draws
from harness.api import Solver


@dataclass(frozen=True)
class SVRGExtragradient(Solver):
    """Loopless variance-reduced extragradient."""

    problem = "monotone_inclusion"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.1, 20.0), "batch": ("log integer", 1, 100)}

    step: float = 0.99  # of sqrt(p) / L, below the bound of the theory
    batch: int = 1  # components of a correction

    def __post_init__(self):
        above_zero({"step": self.step})
        check_whole({"batch": self.batch}, least=1)

    def solve(self, oracle, rng):
        n, batch = oracle.n, min(self.batch, oracle.n)
        p = min(2 * batch / n, 1.0)
        eta = self.step * math.sqrt(p) / batch_lipschitz(oracle, batch)
        moves = coins(rng, p)
        z = w = oracle.start
        yield z
        at_w = oracle.operator(w)
        for some in draws(rng, n, batch):
            middle = z + p * (w - z)
            ahead = oracle.resolvent(middle - eta * at_w)
            estimate = at_w + oracle.difference(ahead, w, some)
            z = oracle.resolvent(middle - eta * estimate)
            yield z
            if next(moves):
                w = z
                at_w = oracle.operator(w)
