"""The package stim on request: its compiled sampler, into a file in its format b8 and back.

Compiling makes the reference sample. The file is the fastest way to all the bits; its calls for
arrays transpose bit by bit. The wheel runs its SSE2 build also where the processor has more.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class Stim(Solver):
    """stim.CompiledMeasurementSampler."""

    problem = "stabilizer_requests"
    papers = ("stim",)
    role = "peer"
    requires = ("stim",)
    growth: ClassVar = {"time": {"shots": 1}}

    def solve(self, data, rng):
        import stim

        sampler = stim.Circuit(data.circuit).compile_sampler(seed=int(rng.integers(2**63)))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "samples.b8"
            for shots in data:
                sampler.sample_write(shots, filepath=str(path), format="b8")
                yield np.fromfile(path, np.uint8).reshape(shots, (data.bits + 7) // 8)
