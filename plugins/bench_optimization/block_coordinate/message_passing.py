"""Message passing: blocks as large as a forest, solved exactly in linear time.

Where the graph of H_bb has no cycle, H_bb d = -g_b takes O(|b|) by eliminating leaves, so that a
block may hold a large share of all coordinates. Blocks are

- greedy_tree: all coordinates by descending |g_i|, each kept that closes no cycle with those kept.
- random_tree: the same in random order.
- tree_partition: a few fixed forests by turns, found in the same way (on a lattice two: a comb, and
  the columns between its teeth).
- red_black: sets without an edge by turns, by greedy colouring; the rival.

Cost of an update: O(n log n) for the greedy order, O(entries of H) for the forest and the gradient.
Where H is dense a forest has two nodes; where it is too large to be formed, blocks have one.

Departs from the paper: of losses that are not quadratic the bound of the Hessian is solved for.
With a penalty or x >= 0 by two-metric projection: the forest of coordinates that are free to move.
On the simplex a block is the pair that promises most by its derivatives.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench_optimization.block_coordinate._descent import checked, descend, one_of
from bench_optimization.block_coordinate._forest import Graph, graph_of
from bench_optimization.block_coordinate._model import Array, Model
from bench_optimization.block_coordinate._selections import in_turn, selection
from bench_optimization.block_coordinate._state import State
from bench_optimization.block_coordinate._updates import two_metric, update
from harness.api import Solver

BLOCKS = ("greedy_tree", "random_tree", "tree_partition", "red_black")


@dataclass(frozen=True)
class MessagePassing(Solver):
    """Forests as blocks, solved by elimination of leaves."""

    problem = "block_coordinate"
    papers = ("let-s-make-block-coordinate",)
    role = "paper"

    blocks: str = "greedy_tree"  # or random_tree, tree_partition, red_black
    updates: int = 6000  # blocks at most
    tolerance: float = 1e-10  # of the conditions of optimality, relative to the start

    def __post_init__(self):
        one_of("blocks", self.blocks, BLOCKS)
        checked(self.tolerance, updates=self.updates)

    def solve(self, data, rng):
        model = Model(data)
        state = State(model)
        graph = None if model.simplex else graph_of(model, state)
        if graph is None:
            choose, rounds = selection(state, "gsl", "variable", 1, rng)
            yield from descend(
                state,
                choose,
                lambda block: update(state, block, "newton"),
                rounds,
                self.updates,
                self.tolerance,
            )
            return

        def move(block: Array) -> None:
            gradient = state.gradient_of(block)
            if model.smooth:
                state.move(block, graph.solve(block, -gradient))
            else:
                state.move(block, two_metric(state, block, gradient, graph.solve))

        choose, rounds = self._choice(graph, state, rng)
        drawn = self.blocks == "random_tree"
        yield from descend(state, choose, move, rounds, self.updates, self.tolerance, drawn)

    def _choice(
        self, graph: Graph, state: State, rng: np.random.Generator
    ) -> tuple[Callable[[], Array], int]:
        if self.blocks == "red_black":
            sets = graph.colours()
            return in_turn(sets), len(sets)
        if self.blocks == "tree_partition":
            sets = graph.forests()
            return in_turn(sets), len(sets)
        if self.blocks == "random_tree":
            return (lambda: graph.forest(rng.permutation(state.model.n))), state.model.n

        def greedy() -> Array:
            return graph.forest(np.argsort(-_pull(state), kind="stable"))

        return greedy, 1


def _pull(state: State) -> Array:
    """How hard each coordinate is pulled: |g_i|, or what a penalty or constraint leaves of it."""
    model, gradient = state.model, state.gradient()
    if model.smooth:
        return np.abs(gradient)
    return np.abs(model.steps(state.x, gradient, model.curvature)) * model.curvature
