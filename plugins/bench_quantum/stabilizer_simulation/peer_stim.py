"""stim: the package of the paper's author, in C++.

Its wheel runs the build for SSE2, 128 bits at a time, on all machines. One call runs to the end: a
budget is not heard meanwhile. `way` chooses what is called: the tableau simulator on the circuit,
or the sampler, which first makes a reference sample (folding loops), then a shot of Pauli frames.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class PeerStim(Solver):
    """stim.TableauSimulator, or its sampler."""

    problem = "stabilizer_simulation"
    role = "peer"
    requires = ("stim",)
    growth: ClassVar = {"time": {"n": 3}, "memory": {"n": 2}}  # where n results are random

    way: str = "simulator"  # simulator or sampler

    def __post_init__(self):
        if self.way not in ("simulator", "sampler"):
            raise ValueError(f"way is {self.way!r}, expected 'simulator' or 'sampler'")

    def solve(self, data, rng):
        import stim

        seed = int(rng.integers(2**62))
        circuit = stim.Circuit(data.circuit)
        if self.way == "sampler":
            yield circuit.compile_sampler(seed=seed).sample(1)[0].astype(np.uint8)
        else:
            simulator = stim.TableauSimulator(seed=seed)
            simulator.do_circuit(circuit)
            yield np.array(simulator.current_measurement_record(), np.uint8)
