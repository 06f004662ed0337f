"""Personalised PageRank on many undirected graphs at once, as one matrix of blocks.

The ranks r of a graph satisfy r = a P^T r + (1 - a) v, where P goes to a neighbour with probability
proportional to the weight of the edge, and v is where it starts again. Iterated from equal ranks
until they change by less than nodes * tolerance in all; a graph that is there stays as it is, so
that its ranks don't depend on what other graphs are computed beside it.
"""

from typing import Any

import numpy as np

DAMPING = 0.85
TOLERANCE = 1e-6
MOST_ITERATIONS = 5000


def pagerank(
    weights: Any,
    sizes: np.ndarray,
    seeds: np.ndarray,
    damping: float = DAMPING,
    tolerance: float = TOLERANCE,
) -> np.ndarray:
    """The ranks of all nodes, float64[nodes]; those of each graph sum to 1.

    Args:
        weights: symmetric CSR array [nodes, nodes], positive, no edge between two graphs; each
            node has a neighbour.
        sizes: int64[graphs], the nodes of each graph, one graph after the other; none is empty.
        seeds: bool[nodes]; the walk starts again in one of its graph's, each alike; where a graph
            has none, in any node.
        damping: the probability to go on. tolerance: of the change, for each node.
    """
    if not len(sizes):
        return np.zeros(0)
    starts = np.cumsum(sizes) - sizes
    graph = np.repeat(np.arange(len(sizes)), sizes)
    seeded = np.add.reduceat(seeds.astype(np.float64), starts)
    restart = np.where((seeded == 0)[graph], (1.0 / sizes)[graph], 0.0)
    restart[seeds] = (1.0 / np.maximum(seeded, 1.0))[graph[seeds]]
    restart *= 1.0 - damping
    strength = damping / weights.sum(axis=1)
    ranks = (1.0 / sizes)[graph]
    moving = np.ones(len(sizes), bool)
    for _ in range(MOST_ITERATIONS):
        after = weights @ (ranks * strength) + restart
        change = np.add.reduceat(np.abs(after - ranks), starts)
        ranks = after if moving.all() else np.where(moving[graph], after, ranks)
        moving &= change >= sizes * tolerance
        if not moving.any():
            break
    return ranks
