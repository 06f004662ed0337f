"""Reads the memory of the harness."""

import os
from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class ReadsTheParentsMemory(Solver):
    """Reads the memory of the harness."""

    problem = "vault"

    def solve(self, data, rng):
        parent = os.getppid()
        with open(f"/proc/{parent}/mem", "rb") as file:
            yield np.frombuffer(file.read(1600), float)
