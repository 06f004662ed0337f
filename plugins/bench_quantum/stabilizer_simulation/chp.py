"""CHP: the tableau of n stabilizers and n destabilizers of the state.

A measurement that anticommutes with a stabilizer is random: this stabilizer is multiplied into all
other generators that anticommute with it, and replaced, O(n^2 / 64). Else the result is the sign of
a product of stabilizers, which the destabilizers tell: O(n^2 / 64) too, where the inverse tableau
takes O(n / 64).

Departs from the paper of Aaronson and Gottesman ("Improved simulation of stabilizer circuits"):
bits are packed over the generators and not over the qubits, so that a gate takes O(n / 64) instead
of O(n), and gates beyond CNOT, H and S act at once (`cext/chp.c`). Memory 4 n^2 bits.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_quantum.stabilizer_simulation._run import prepare, run_chp
from harness.api import Solver


@dataclass(frozen=True)
class CHP(Solver):
    """Stabilizers and destabilizers, packed."""

    problem = "stabilizer_simulation"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 3}, "memory": {"n": 2}}  # where n bits are measured

    def solve(self, data, rng):
        yield run_chp(*prepare(data, rng))
