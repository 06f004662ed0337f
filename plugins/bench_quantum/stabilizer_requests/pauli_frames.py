"""Pauli frames on request: the reference and the program are made once, then frames alone run.

The analysis is that of `stabilizer_simulation/inverse_tableau.py`: one noiseless run, O(n / 64) for
a result that is settled and O(n^2 / 64) for one that is random; memory 4 n^2 bits, which of d = 100
(n = 20,000) are 200 MB. A request takes O(1) for each operation and word of 64 shots, and one for
each error, whatever the number of qubits (`stabilizer_sampling/pauli_frames.py`); memory 2 n bits
and the answer's, and of the records as many as are looked back at, for each shot.

Departs from the paper as those two files say.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_quantum._circuit import parse
from bench_quantum.stabilizer_sampling._frames import sample
from bench_quantum.stabilizer_sampling._program import lower
from bench_quantum.stabilizer_sampling._reference import by_inverse_tableau
from harness.api import Solver


@dataclass(frozen=True)
class PauliFrames(Solver):
    """A reference from the inverse tableau, and frames for each request."""

    problem = "stabilizer_requests"
    papers = ("stim",)
    role = "paper"
    growth: ClassVar = {"time": {"shots": 1}}

    def solve(self, data, rng):
        circuit = parse(data.circuit)
        reference = np.packbits(by_inverse_tableau(circuit), bitorder="little")
        program = lower(circuit, detectors=False)
        for shots in data:
            *_, found = sample(program, shots, False, rng, reference)
            yield found
