"""Greedy: always the most frequent pair.

`counting = "overlaps"` counts every position, as packages do: aaa has two aa. `counting = "saving"`
counts what merging would save, which is what the paper's greedy step maximises: aaa has one. They
differ on runs of one symbol only. Ties go to the smallest ids.

Where sigma measures how far the utility is from submodular, greedy reaches at least
(1 - exp(-sigma)) / sigma of the optimum's utility. O(N log M).

Departs from the paper: its own program counts overlaps unless told otherwise.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.bpe_training._words import trained
from harness.api import Solver


@dataclass(frozen=True)
class Greedy(Solver):
    """The most frequent pair, again and again."""

    problem = "bpe_compression"
    papers = ("formal-perspective-byte-pair-encoding",)
    role = "paper"
    growth: ClassVar = {"time": {"n": 1, "merges": 0}, "memory": {"n": 1}}
    space: ClassVar = {"counting": ("choice", "overlaps", "saving")}

    counting: str = "overlaps"  # as packages do

    def __post_init__(self) -> None:
        if self.counting not in ("overlaps", "saving"):
            raise ValueError(f"counting = {self.counting!r}; expected overlaps or saving")

    def solve(self, data, rng):
        runs = self.counting == "saving"
        yield trained(data.symbols, data.alphabet, data.weight, data.merges, runs)
