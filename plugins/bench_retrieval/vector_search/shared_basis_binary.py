"""Recurrent binary codes without training: each plane refines the one before, in one basis.

The code of the paper is b = sum_u 2^-u b_u: planes of signs, each of what the planes before leave
over. Here all planes share one rotation V, that of iterative quantisation: z = V'(x - mean), the
reconstruction starts as a_0 sign(z) with a_0 the mean of |z| in each coordinate, plane u is the
sign of the rest, and a_u = mean of |rest| is added with that sign. Codes are compared by the cosine
of b, the query's too, through tables of 16 entries (symmetric distances); the best `candidates` are
ranked by exact distances. Memory n bits and 4 n bytes of lengths, a query O(bits d + n bits / 4).

Departs from the paper: its planes are made by networks, trained on pairs; see recurrent_binary.py.
With a rotation of its own for each plane the sum of planes would make no sense.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.vector_search._binary import (
    LevelCodes,
    principal_axes,
    rotation,
    sample_of,
    signs,
)
from bench_retrieval.vector_search._index import centred_rows, check_counts, two_stages, unit_rows
from harness.api import Solver


@dataclass(frozen=True)
class SharedBasisBinary(Solver):
    """Several bits a coordinate along the axes of ITQ, symmetric distances by look-up."""

    problem = "vector_search"
    role = "paper"
    papers = ("binary-embedding-based-retrieval-tencent",)
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}
    space: ClassVar = {
        "coordinates": ("choice", 16, 32, 64, 128, 256),
        "planes": ("choice", 1, 2, 4),
        "candidates": ("log integer", 10, 5000),
    }

    coordinates: int = 64  # of the code, a multiple of 4
    planes: int = 2  # bits a coordinate
    candidates: int = 100
    rounds: int = 30  # of iterative quantisation

    def __post_init__(self):
        check_counts(coordinates=self.coordinates, candidates=self.candidates, rounds=self.rounds)
        if self.planes not in (1, 2, 4):
            raise ValueError(f"planes = {self.planes}; expected 1, 2 or 4")
        if self.coordinates % 4:
            raise ValueError(f"coordinates = {self.coordinates}; expected a multiple of 4")

    def solve(self, events, rng):
        metric = events.metric
        rows, mean = centred_rows(events.corpus, metric)
        axes = principal_axes(rows, self.coordinates, rng)
        turn = axes @ rotation(rows @ axes, self.rounds, rng)
        steps = plane_steps(sample_of(rows, rng) @ turn, self.planes)
        kept = min(len(rows), max(events.k, self.candidates))
        codes = LevelCodes(levels(rows @ turn, steps), self.planes, kept)

        def coarse(query):
            query = unit_rows(query[None])[0] if metric == "cosine" else query
            return codes.nearest(levels(((query - mean) @ turn)[None], steps)[0])

        yield from two_stages(events, coarse, events.k)


def plane_steps(z: np.ndarray, planes: int) -> np.ndarray:
    """a_u for each plane and coordinate, float32[planes, m]: the mean of |rest|."""
    rest, steps = z.copy(), []
    for _ in range(planes):
        steps.append(np.abs(rest).mean(axis=0))
        rest -= steps[-1] * signs(rest)
    return np.stack(steps)


def levels(z: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """The signs of all planes read as a binary number, the first one highest: uint8[n, m]."""
    rest, code = z.copy(), np.zeros(z.shape, np.uint8)
    for step in steps:
        above = rest > 0
        code = 2 * code + above
        rest -= np.where(above, step, -step)
    return code
