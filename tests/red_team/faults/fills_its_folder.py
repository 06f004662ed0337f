"""Writes files into its temporary folder without end."""

import itertools
import tempfile
import time
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class FillsItsFolder(Solver):
    """Writes files into its temporary folder without end."""

    problem = "vault"

    def solve(self, data, rng):
        for number in itertools.count():
            with tempfile.NamedTemporaryFile(delete=False) as file:
                file.write(bytes(1 << 20) + bytes([number % 256]))
            time.sleep(0.001)
        yield data["noisy"].copy()
