"""Reads the environment of the harness, where secrets often lie."""

import os
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class ReadsTheParentsEnvironment(Solver):
    """Reads the environment of the harness, where secrets often lie."""

    problem = "vault"

    def solve(self, data, rng):
        parent = os.getppid()
        with open(f"/proc/{parent}/environ", "rb") as file:
            print(file.read())
        yield data["noisy"].copy()
