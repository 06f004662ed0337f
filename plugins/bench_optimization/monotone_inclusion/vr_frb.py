"""Forward-reflected-backward with variance reduction: one projection a step.

With a snapshot w and the snapshot before the last step's, w_before,

    z+ = J((1 - p) z + p w - t (F(w) + F_i(z) - F_i(w_before))),    t = step * sqrt(p (1 - p)) / L

and w moves to z+ with probability p = 1 / n (Alacaoglu and Malitsky 2022). It has no anchor, so
that it converges linearly where F is strongly monotone. A step costs 3 calls in the mean. L is the
average Lipschitz constant; a batch of b components has a smaller one, and p = b / n.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization._components import check_whole
from bench_optimization.monotone_inclusion._sampling import batch_lipschitz, coins, draws
from harness.api import Solver


@dataclass(frozen=True)
class VRFRB(Solver):
    """Loopless variance-reduced forward-reflected-backward."""

    problem = "monotone_inclusion"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.1, 20.0), "batch": ("log integer", 1, 100)}

    step: float = 0.99  # of sqrt(p (1 - p)) / L, below the bound of the theory
    batch: int = 1  # components of a correction

    def __post_init__(self):
        above_zero({"step": self.step})
        check_whole({"batch": self.batch}, least=1)

    def solve(self, oracle, rng):
        n, batch = oracle.n, min(self.batch, oracle.n)
        p = min(batch / n, 0.5)  # with 1 the step would be 0
        eta = self.step * math.sqrt(p * (1 - p)) / batch_lipschitz(oracle, batch)
        moves = coins(rng, p)
        z = w = before = oracle.start
        yield z
        at_w = oracle.operator(w)
        for some in draws(rng, n, batch):
            estimate = at_w + oracle.difference(z, before, some)
            z = oracle.resolvent(z + p * (w - z) - eta * estimate)
            yield z
            before = w
            if next(moves):
                w = z
                at_w = oracle.operator(w)
