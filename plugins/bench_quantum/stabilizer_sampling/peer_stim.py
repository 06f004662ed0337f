"""The package stim, by the calls that its users make.

`file` has it write the samples to a file in its format b8, which are our bytes, and reads them
back: the fastest way to all the bits. `memory` asks for a packed array, for which it transposes bit
by bit. Detectors are sampled without a reference sample; measurements need one. Only its seed is
ours. The wheel runs its SSE2 build also where the processor has more.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class Stim(Solver):
    """stim's compiled samplers."""

    problem = "stabilizer_sampling"
    papers = ("stim",)
    role = "peer"
    requires = ("stim",)
    growth: ClassVar = {"time": {"shots": 1, "steps": 1}}

    path: str = "file"  # or memory

    def __post_init__(self):
        if self.path not in ("file", "memory"):
            raise ValueError(f"there is no path {self.path!r}; choose file or memory")

    def solve(self, data, rng):
        import stim

        circuit = stim.Circuit(data.circuit)
        seed = int(rng.integers(2**63))
        options = {}
        if data.what == "detectors":
            sampler = circuit.compile_detector_sampler(seed=seed)
            options["append_observables"] = True
        else:
            sampler = circuit.compile_sampler(seed=seed)
        shape = (data.shots, (data.bits + 7) // 8)
        if not data.bits:  # its file would be empty
            yield np.zeros(shape, np.uint8)
        elif self.path == "memory":
            yield sampler.sample(data.shots, bit_packed=True, **options)
        else:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "samples.b8"
                sampler.sample_write(data.shots, filepath=str(path), format="b8", **options)
                yield np.fromfile(path, np.uint8).reshape(shape)
