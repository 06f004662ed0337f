"""The second part of block descent: which block is next.

With fixed blocks, g the gradient, L_b the largest eigenvalue of a block's bound H_bb:

- random, cyclic, lipschitz (at random, in proportion to L_b): without looking at the gradient.
- gs: the largest |g_b|^2. gsl: |g_b|^2 / L_b, twice the progress that a gradient step promises.
- gsd: sum of g_i^2 / L_i. gsq: g_b' H_bb^-1 g_b, twice the progress of a matrix step.

With variable blocks, any coordinates: those of the largest g_i^2 / D_i with D = 1 (gs), L_i (gsl)
or sum_j |H_ij| (gsd), which bounds H by a diagonal; where H is not kept, L_i takes its place. For
gsq, which is NP-hard then, ten steps of iterative hard thresholding on the quadratic model, as in
the authors' program; of losses other than squares it is gsd. With a penalty or x >= 0, g_i^2 / D_i
gives way to twice the progress of the coordinate's own step under D_i (of gs under the largest
L_i), and gsq to gsd; of coordinates at rest those that are not 0 go first, so that a block which is
large enough holds them all. On the simplex blocks are variable: one half are the coordinates of the
least derivatives, the other the positive ones of the largest.
"""

from collections.abc import Callable

import numpy as np

from bench_optimization.block_coordinate._model import Array, Model
from bench_optimization.block_coordinate._partitions import partition
from bench_optimization.block_coordinate._state import State
from bench_optimization.block_coordinate._updates import by_factors, largest_eigenvalue

SELECTIONS = ("random", "cyclic", "lipschitz", "gs", "gsl", "gsd", "gsq")
GREEDY = ("gs", "gsl", "gsd", "gsq")
_THRESHOLDINGS = 10
_LEAST = np.finfo(float).tiny  # of a coordinate that is not 0: at rest, it still goes before zeros

Choose = Callable[[], Array]


def selection(
    state: State, kind: str, parts: str, size: int, rng: np.random.Generator
) -> tuple[Choose, int]:
    """What gives the next block (ascending or in the partition's order), and blocks per round."""
    model = state.model
    size = min(size, model.n)
    if model.simplex:
        size = min(max(size, 2), model.n)
        if kind in GREEDY:
            return (lambda: _extremes(state, size)), -(-model.n // size)
        return _shuffled(model, size, rng), -(-model.n // size)
    if parts == "variable":
        used = np.flatnonzero(model.curvature > 0)
        size = min(size, max(len(used), 1))
        rounds = -(-len(used) // size) if len(used) else 1
        if not len(used):
            return (lambda: np.zeros(1, np.int64)), 1
        if kind in GREEDY:
            return _variable(state, kind, size), rounds
        if kind == "cyclic":
            return in_turn(partition("order", model.curvature, size)), rounds
        chances = model.curvature[used] if kind == "lipschitz" else np.ones(len(used))
        chances = chances / chances.sum()
        return (lambda: np.sort(rng.choice(used, size, replace=False, p=chances))), rounds
    blocks = partition(parts, model.curvature, size) or [np.zeros(1, np.int64)]
    if kind == "cyclic":
        return in_turn(blocks), len(blocks)
    if kind == "random":
        return (lambda: blocks[rng.integers(len(blocks))]), len(blocks)
    if kind == "lipschitz":
        ends = np.cumsum([largest_eigenvalue(state.bound_of(block)) for block in blocks])
        return (
            lambda: blocks[min(int(np.searchsorted(ends, rng.random() * ends[-1])), len(ends) - 1)]
        ), len(blocks)
    return _fixed(state, kind, blocks), len(blocks)


def scores(state: State, scale: Array | float) -> Array:
    """Twice the progress of each coordinate's own step under the curvatures `scale`."""
    model, gradient = state.model, state.gradient()
    if model.smooth:
        return gradient**2 / scale
    scale = np.broadcast_to(scale, model.n)
    d = model.steps(state.x, gradient, scale)
    gain = gradient * d + 0.5 * scale * d**2
    if model.l1:
        gain += model.l1 * (np.abs(state.x + d) - np.abs(state.x))
    return np.maximum(-2 * gain, np.where(state.x != 0, _LEAST, 0.0))


def bounding_diagonal(state: State) -> Array:
    """D with D >= H: the sums of |H_ij| over j; the curvatures where H is not kept."""
    if state.hessian is not None:
        return np.abs(state.hessian).sum(axis=1)
    if state.sparse is not None:
        return np.asarray(abs(state.sparse.matrix).sum(axis=1)).ravel()
    return state.model.curvature


def in_turn(blocks: list[Array]) -> Choose:
    """The blocks one after the other, for ever."""
    place = -1

    def choose() -> Array:
        nonlocal place
        place = (place + 1) % len(blocks)
        return blocks[place]

    return choose


def _shuffled(model: Model, size: int, rng: np.random.Generator) -> Choose:
    """Blocks of a new permutation each round: fixed ones could never exchange their shares."""
    pending: list[Array] = []

    def choose() -> Array:
        if not pending:
            order = rng.permutation(model.n)
            pending.extend(order[at : at + size] for at in range(0, model.n, size))
        return pending.pop()

    return choose


def _fixed(state: State, kind: str, blocks: list[Array]) -> Choose:
    model = state.model
    joined = np.concatenate(blocks)
    starts = np.cumsum([0] + [len(block) for block in blocks[:-1]])
    if kind == "gsq" and model.smooth:
        return _by_inverses(state, blocks)
    scale: Array | float = 1.0
    if kind == "gsl":
        of_blocks = [largest_eigenvalue(state.bound_of(block)) for block in blocks]
        scale = np.ones(model.n)
        scale[joined] = np.repeat(of_blocks, [len(block) for block in blocks])
    elif kind in ("gsd", "gsq"):
        scale = _positive(model.curvature)
    elif not model.smooth:
        scale = float(model.curvature.max())

    return lambda: blocks[int(np.add.reduceat(scores(state, scale)[joined], starts).argmax())]


def _by_inverses(state: State, blocks: list[Array]) -> Choose:
    """The rule gsq: a product of stacked inverses, the last block apart as it may be smaller."""
    *whole, last = blocks
    at = np.stack(whole) if whole else np.empty((0, 1), np.int64)
    inverses = [_inverse(state.bound_of(block)) for block in blocks]
    stacked = np.stack(inverses[:-1]) if whole else np.empty((0, 1, 1))

    def choose() -> Array:
        gradient = state.gradient()
        part, rest = gradient[at], gradient[last]
        products = (stacked @ part[:, :, None])[:, :, 0]
        values = np.append((part * products).sum(axis=1), rest @ inverses[-1] @ rest)
        return blocks[int(values.argmax())]

    return choose


def _inverse(part: Array) -> Array:
    """The inverse of a block's bound; by columns of least squares where it is singular."""
    return np.stack([by_factors(part, unit) for unit in np.eye(len(part))], axis=1)


def _variable(state: State, kind: str, size: int) -> Choose:
    model = state.model
    if kind == "gsq" and model.smooth and model.quadratic:
        return _thresholding(state, size)
    scale: Array | float = _positive(model.curvature)
    if kind in ("gsd", "gsq"):
        scale = _positive(bounding_diagonal(state))
    elif kind == "gs":
        scale = 1.0 if model.smooth else float(model.curvature.max())

    return lambda: largest(np.where(model.curvature > 0, scores(state, scale), -1.0), size)


def _thresholding(state: State, size: int) -> Choose:
    """Ten gradient steps on the model, of which only the largest entries are kept each time."""
    model = state.model
    curvature = model.total_curvature() + model.l2

    def choose() -> Array:
        gradient = state.gradient()
        slope = gradient.copy()
        d = np.zeros(model.n)
        block = largest(np.abs(gradient), size)
        for _ in range(_THRESHOLDINGS):
            to = d - slope / curvature
            block = largest(np.abs(to), size)
            d = np.zeros(model.n)
            d[block] = to[block]
            slope = gradient + state.product(block, d[block])
        return block

    return choose


def _extremes(state: State, size: int) -> Array:
    """On the simplex: those that should grow, and of the positive ones those that should shrink."""
    gradient = state.gradient()
    grow = largest(-gradient, size - size // 2)
    fits = np.where(state.x > 0, gradient, -np.inf)
    fits[grow] = -np.inf
    shrink = largest(fits, size // 2)
    return np.concatenate([grow, shrink[np.isfinite(fits[shrink])]])


def largest(values: Array, size: int) -> Array:
    """The places of the largest values, ascending."""
    if size >= len(values):
        return np.arange(len(values))
    return np.sort(np.argpartition(-values, size - 1)[:size])


def _positive(curvature: Array) -> Array:
    """With 1 for empty columns, whose derivatives are 0."""
    return np.where(curvature > 0, curvature, 1.0)
