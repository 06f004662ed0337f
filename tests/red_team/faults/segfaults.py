"""Reads address zero, after one answer."""

import ctypes
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Segfaults(Solver):
    """Reads address zero, after one answer."""

    problem = "vault"

    def solve(self, data, rng):
        yield data["noisy"].copy()
        ctypes.string_at(0)
