"""Split and search: the nearest neighbour in each of M random groups, then a vote of the near ones.

Points are dealt at random into M groups whose sizes differ by 1 at most. A query finds its nearest
point in each group, M searches that know nothing of each other, and the L = ceil(ratio M) nearest
of these M points vote, or their labels are averaged. The j-th of them has an expected rank of
M (H_M - H_{M-j}) ~ M ln(M / (M - j)) among all points, so that the rule acts as k-NN with
k = M ln(1 / (1 - ratio)): M / 4 at the default. With ratio = 1 all M count, and the farthest of
them has the rank M ln M, which costs the plain rule a logarithmic factor.

Time O(n d) a query without any selection among the n points, or M searches on M machines; memory
O(n d).

Departs from the paper: groups are searched by brute force; the vote, where no majority decides,
goes to the first class.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.neighbour_prediction._rules import blocks, check_rule, groups_for, vote
from harness.api import Solver


@dataclass(frozen=True)
class SplitNearest(Solver):
    """1-NN in each group, aggregated."""

    problem = "neighbour_prediction"
    role = "paper"
    papers = ("one-nearest-neighbor-search-minimax",)
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}
    space: ClassVar = {"scale": ("log", 0.1, 30.0), "ratio": ("linear", 0.05, 1.0)}

    scale: float = 10.0  # M = scale n^(2a / (2a + d))
    smoothness: float = 1.0  # a, of what is to be learnt
    ratio: float = 0.2212  # L / M; 1 - exp(-1/4), with which it acts as M/4-NN

    def __post_init__(self):
        check_rule(self.scale, self.smoothness)
        if not 0 < self.ratio <= 1:
            raise ValueError(f"ratio = {self.ratio}; expected a number above 0, at most 1")

    def solve(self, data, rng):
        n, d = data.points.shape
        groups = groups_for(n, d, self.scale, self.smoothness)
        said = np.empty(len(data.queries), data.labels.dtype)
        order = rng.permutation(n)
        for part, near in group_minima(data.points[order], data.queries, groups):
            chosen = order[near[:, : kept_of(groups, self.ratio)]]
            said[part] = vote(data.labels[chosen], data.classes)
        yield said


def kept_of(groups: int, ratio: float) -> int:
    """L, from 1 to M - 1, or M where the ratio is 1."""
    if ratio == 1 or groups == 1:
        return groups
    return min(max(int(np.ceil(ratio * groups)), 1), groups - 1)


def group_minima(points, queries, groups):
    """Some queries at a time, and the nearest point of each group, nearest first.

    The groups are stretches of the points, the longer ones first. Of points at the same distance
    the first one counts. Distances that are compared between groups are computed by differences.
    """
    n, d = points.shape
    size, longer = -(-n // groups), n % groups
    shorter = groups - longer if longer else 0
    split = n - shorter * (size - 1)  # where the shorter groups begin
    for part, gaps in blocks(points, queries):
        count = len(gaps)
        near = gaps[:, :split].reshape(count, -1, size).argmin(axis=2)
        near += size * np.arange(near.shape[1])
        if shorter:
            rest = gaps[:, split:].reshape(count, shorter, size - 1).argmin(axis=2)
            rest += split + (size - 1) * np.arange(shorter)
            near = np.concatenate([near, rest], axis=1)
        exact = np.zeros(near.shape)
        for axis in range(d):
            exact += (points[near, axis] - queries[part, axis, None]) ** 2
        yield part, np.take_along_axis(near, np.argsort(exact, axis=1, kind="stable"), 1)
