"""Alternating: assign every object to the nearest medoid, move each medoid to its cluster's middle.

The middle of a cluster is the member with the least sum of dissimilarities from all members.
Assigning takes O(n k), moving O(m^2) for a cluster of m objects; usually there are few rounds. As
a medoid moves only within its cluster, the result is often much worse than PAM's. Memory O(n).

Departs from the paper (Park and Jun 2009): starts from random medoids, for theirs, the most
central objects, lie close together; a medoid always belongs to its own cluster.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_clustering.k_medoids._matrix import ENTRIES_PER_SLICE
from bench_clustering.k_medoids._starts import begin
from harness.api import Solver


@dataclass(frozen=True)
class Alternating(Solver):
    """k-means with medoids in the place of means."""

    problem = "k_medoids"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 2}, "memory": {"n": 1}}  # one cluster may hold all

    init: str = "random"  # or build, lab

    def solve(self, data, rng):
        caches = yield from begin(self.init, data, rng)
        if caches is None:
            return
        while caches.fell():
            best = caches.medoids.copy()
            yield from _move(caches)
            caches.assign()
        yield best


def _move(caches):
    """Move every medoid to the middle of its cluster, yielding after some clusters."""
    matrix, medoids = caches.matrix, caches.medoids
    find = matrix.function("km_cluster_medoid")
    near = caches.near.copy()
    near[medoids] = np.arange(caches.k)
    order = near.argsort(kind="stable").astype(np.int32)
    clusters = np.split(order, np.bincount(near).cumsum()[:-1])
    work = 0
    for number, members in enumerate(clusters):
        sums = np.empty(len(members))
        medoids[number] = members[find(matrix.entries, matrix.n, members, len(members), sums)]
        work += len(members) ** 2
        if work >= ENTRIES_PER_SLICE:
            yield medoids
            work = 0
    yield medoids
