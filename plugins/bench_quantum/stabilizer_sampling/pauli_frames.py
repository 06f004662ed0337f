"""Pauli frames: follow only the errors, of thousands of shots at a time.

A noiseless reference sample is computed once, by the inverse tableau. Each shot then differs from
it by a Pauli error, two bits x and z for each qubit, on which a gate is a linear map (CX: x of the
target takes x of the control, z of the control takes z of the target). A measurement of Z records x
and makes z random, which is where the randomness of quantum mechanics enters: Z after a measurement
changes nothing that is to come but what is random anyway. Detectors need no reference.

Bits of one qubit lie side by side for all shots of a block, 64 in a word, so that a gate takes
O(shots / 64) whatever the number of qubits. Noise is sparse: where the next error strikes is drawn
from a geometric law, so that a channel takes O(1 + errors). In all O(shots (gates + measurements) /
64 + errors + shots bits / 64), and memory for a block of 2 bits for each qubit, and for a sample.

Departs from the paper: a stream of trials runs on through all channels of equal probability, so
that a channel without a hit takes nothing; detectors are written while the block runs, so that
records are kept only for as long as something looks back at them; the block is as large as the
processor's cache allows instead of all shots.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_quantum._circuit import parse
from bench_quantum.stabilizer_sampling._frames import samples
from harness.api import Solver


@dataclass(frozen=True)
class PauliFrames(Solver):
    """Bit-packed frames and sparse noise."""

    problem = "stabilizer_sampling"
    papers = ("stim",)
    role = "paper"
    growth: ClassVar = {"time": {"shots": 1, "steps": 1}}

    block: int = 0  # shots in a block, a multiple of 512; 0: as the cache allows

    def __post_init__(self):
        if self.block < 0 or self.block % 512:
            raise ValueError(f"block is {self.block}, expected 0 or a multiple of 512: choose 1024")

    def solve(self, data, rng):
        detectors = data.what == "detectors"
        circuit = parse(data.circuit)
        for found in samples(circuit, data.shots, detectors, rng, self.block // 64):
            if found is not None:
                yield found
