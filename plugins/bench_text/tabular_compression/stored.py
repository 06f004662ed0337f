"""No compression: each letter in 1, 2, 4, 8 or 16 bits, as few as hold all letters. A floor.

O(m n).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_compression._container import encode
from harness.api import Solver


@dataclass(frozen=True)
class Stored(Solver):
    """Letters as they are, side by side."""

    problem = "tabular_compression"
    role = "baseline"
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    def solve(self, data, rng):
        yield encode(data.table, "stored", packed=True)
