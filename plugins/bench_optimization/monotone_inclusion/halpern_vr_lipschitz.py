"""Halpern's iteration on the resolvent, which a variance-reduced inner loop approximates.

The outer loop, u+ = a u_0 + (1 - a) R(u) with a = 1 / (k + 2), needs no cocoercivity: R(u), the
solution z of 0 in c F(z) + z - u + G(z), is firmly non-expansive for any monotone F. With
c = sqrt(n) / L that inner problem is so well conditioned that M = 0.05 n log(k + 2) steps of
loopless forward-reflected-backward do, from v = w = u, with P(z) = c F(z) + z - u:

    v+ = J((1 - p) v + p w - g (P(w) + P_i(v) - P_i(w_before))),    p = 1/n

and w moves to v+ with probability p. An outer step costs n + 3 M calls. Memory O(dim).

Departs from the paper: the number of inner steps is that of the authors' experiments, below what
the theory asks for, and one at least; a run that ends within an inner loop has the last outer point
to show.
"""

import math
from dataclasses import dataclass
from itertools import count
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization.monotone_inclusion._sampling import coins, draws
from harness.api import Solver

_SHOWN_EVERY = 512  # inner steps: some ten milliseconds


@dataclass(frozen=True)
class HalpernVRLipschitz(Solver):
    """Anchored resolvents by variance-reduced steps (the paper's Algorithm 2)."""

    problem = "monotone_inclusion"
    papers = ("variance-reduced-halpern-iteration-finite",)
    role = "paper"
    space: ClassVar = {
        "step": ("log", 0.1, 20.0),
        "reach": ("log", 0.1, 10.0),
        "inner": ("log", 0.01, 1.0),
    }

    step: float = 1.0  # of sqrt(p (1 - p)) over the constant of P, 1 + reach * sqrt(n)
    reach: float = 1.0  # c in units of sqrt(n) / L
    inner: float = 0.05  # inner steps per component and log(k + 2), as published

    def __post_init__(self):
        above_zero({"step": self.step, "reach": self.reach, "inner": self.inner})

    def solve(self, oracle, rng):
        n = oracle.n
        p = min(1 / n, 0.5)  # a single component needs a step too
        scale = self.reach * math.sqrt(n) / oracle.average_lipschitz
        g = self.step * math.sqrt(p * (1 - p)) / (self.reach * math.sqrt(n) + 1)
        picks, moves = draws(rng, n, 1), coins(rng, p)
        anchor = u = oracle.start
        yield u
        for k in count():
            v = w = before = u
            at_w = scale * oracle.operator(w) + w - u
            for number in range(max(1, int(self.inner * n * math.log(k + 2)))):
                change = scale * oracle.difference(v, before, next(picks)) + (v - before)
                v = oracle.resolvent((1 - p) * v + p * w - g * (at_w + change))
                before = w
                if next(moves):
                    w = v
                    at_w = scale * oracle.operator(w) + w - u
                if number % _SHOWN_EVERY == _SHOWN_EVERY - 1:
                    yield u
            pull = 1 / (k + 2)
            u = pull * anchor + (1 - pull) * v
            yield u
