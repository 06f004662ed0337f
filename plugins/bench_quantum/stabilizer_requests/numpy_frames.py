"""Pauli frames in numpy on request: as `stabilizer_sampling/numpy_frames.py`, which has the rules.

The reference is made once, by the tableau of Aaronson and Gottesman. A request takes some
microseconds for each target of a whole run, and O(shots / 64) beside.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_quantum._circuit import parse
from bench_quantum.stabilizer_sampling._reference import by_chp
from bench_quantum.stabilizer_sampling.numpy_frames import Frames
from harness.api import Solver


@dataclass(frozen=True)
class NumpyFrames(Solver):
    """Frames, one numpy call for each target."""

    problem = "stabilizer_requests"
    papers = ("stim",)
    role = "baseline"
    growth: ClassVar = {"time": {"shots": 1, "steps": 1}}

    def solve(self, data, rng):
        circuit = parse(data.circuit).compacted()
        known = by_chp(circuit)
        for shots in data:
            flips = Frames(circuit, (shots + 63) // 64, rng).run()[:, :shots].T
            yield np.packbits(flips ^ known, axis=1, bitorder="little")
