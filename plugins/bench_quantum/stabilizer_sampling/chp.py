"""A tableau of its own for every shot, by the rules of Aaronson and Gottesman.

The errors of a shot are drawn, and with them it is a circuit without noise, which is run from the
beginning: O(n) bits for a gate, O(n^2) for a measurement. What simulating only the errors gains is
the ratio to this. Detectors are compared with those of a noiseless run.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_quantum._circuit import parse
from bench_quantum.stabilizer_sampling._outputs import packed
from bench_quantum.stabilizer_sampling._reference import by_chp, by_inverse_tableau
from bench_quantum.stabilizer_sampling._struck import Shots
from bench_quantum.stabilizer_simulation._run import run_chp, run_inverse
from harness.api import Solver, Unsupported


@dataclass(frozen=True)
class CHP(Solver):
    """A fresh tableau for each shot."""

    problem = "stabilizer_sampling"
    role = "baseline"
    growth: ClassVar = {"time": {"shots": 1}}

    tableau: str = "chp"  # or inverse, in which settled results are cheap
    most: int = 20_000_000  # steps of all shots: some seconds; larger tasks are refused

    def __post_init__(self):
        if self.tableau not in ("chp", "inverse"):
            raise ValueError(f"there is no tableau {self.tableau!r}; choose chp or inverse")

    def solve(self, data, rng):
        circuit = parse(data.circuit)
        steps = float((circuit.times() * (1 + np.diff(circuit.first_target))).sum()) * data.shots
        if steps > self.most:
            raise Unsupported(
                f"{data.shots} shots have {steps:.3g} steps, expected at most {self.most:.3g}: "
                "raise `most`, or use another solver"
            )
        run, known = run_chp, by_chp
        if self.tableau == "inverse":
            run, known = run_inverse, by_inverse_tableau
        shots = Shots(circuit)
        records = np.zeros((data.shots, circuit.n_measurements), np.uint8)
        for shot in range(data.shots):
            program = shots.draw(rng)
            records[shot] = run(program, rng.integers(2, size=program.n_coins, dtype=np.uint8))
        yield packed(circuit, records, data.what == "detectors", known(circuit))
