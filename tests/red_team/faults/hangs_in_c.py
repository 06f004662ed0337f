"""Sleeps in C and holds the interpreter lock, after one answer."""

import ctypes
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class HangsInC(Solver):
    """Sleeps in C and holds the interpreter lock, after one answer."""

    problem = "vault"

    def solve(self, data, rng):
        yield data["noisy"].copy()
        ctypes.PyDLL(None).sleep(600)
        yield data["noisy"].copy()
