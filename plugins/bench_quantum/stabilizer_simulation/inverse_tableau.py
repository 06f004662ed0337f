"""Inverse tableau: of each Pauli X_q and Z_q what it was at the beginning, T(P) = U^-1 P U.

Gates multiply a row or two, O(n / 64) words. A measurement of Z_q reads the row T(Z_q): where it
has no X part, the result is settled and is the sign of the row, O(n / 64), which is the point of
the inverse. Else the state collapses by column operations on the whole table, O(n^2 / 64). Memory
4 n^2 bits.

Departs from the paper: it transposes the table and collapses column by column, for one measurement
after the other. Here 64 measurements are worked out on their own rows, and what they ask of the
columns is done to the other rows in one pass, as a product of bit matrices with tables of sums
(`cext/tableau.c`); rows that no later operation needs are left out of that pass (`rows`), such as
all T(X_q) in measurements at the end. Phases are those of i^k X^x Z^z, for which a product of rows
needs one parity only. Loops are unrolled, and none is folded.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_quantum.stabilizer_simulation._run import prepare, run_inverse
from harness.api import Solver


@dataclass(frozen=True)
class InverseTableau(Solver):
    """Rows of U^-1 P U, packed."""

    problem = "stabilizer_simulation"
    role = "paper"
    papers = ("stim",)
    growth: ClassVar = {"time": {"n": 3}, "memory": {"n": 2}}  # where n results are random

    rows: str = "needed"  # which a collapse keeps up to date: needed (by what follows), or all

    def __post_init__(self):
        if self.rows not in ("needed", "all"):
            raise ValueError(f"rows is {self.rows!r}, expected 'needed' or 'all'")

    def solve(self, data, rng):
        program, coins = prepare(data, rng)
        yield run_inverse(program, coins, keep=self.rows == "all")
