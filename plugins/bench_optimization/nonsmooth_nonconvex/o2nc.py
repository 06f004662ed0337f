"""Online-to-non-convex conversion: an online learner chooses the steps, block by block.

A step Delta is chosen, then a point w = x + s Delta with s ~ U[0, 1] is drawn on it, and x moves to
x + Delta. As E <grad f(w), Delta> = f(x + Delta) - f(x) exactly, even at kinks, a learner with
little regret against the best fixed step must go down as long as the gradients of a block agree.
The learner is online gradient descent on the ball of radius D:

    Delta <- Pi_D(Delta - eta g),  D = delta / T,  eta = D / (G sqrt T),

reset after each block of T steps; so all w of a block lie within delta of their mean, and the mean
gradient of the block bounds the Goldstein stationarity there. With N steps and f(x0) - inf f <= F,

    T = min(ceil((G N delta / F)^(2/3)), floor(N / 2)),

for which the mean over blocks of the length of the mean gradient is, in expectation, at most
2 F / (delta N) + max(5 G^(2/3) F^(1/3) / (N delta)^(1/3), 6 G / sqrt N).

A step takes one mini-batch and O(dim); memory is five vectors.

Departs from the paper: G is measured at the start (up to 50 mini-batches, at most a twentieth of
the calls) and F is f(x0), which one full pass tells, as these objectives are at least 0 or nearly;
both may be given. A T of 1, where nothing is averaged, is run all the same. The paper gives the
mean point of a random block; `output` may be last or best (least mean gradient) instead. The hints
of the paper's faster rates, and its deterministic version, are left out.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._checks import above_zero
from bench_optimization.nonsmooth_nonconvex._steps import Chosen, check, draws, gradient_size
from harness.api import Solver

_YIELD_EVERY = 64  # steps


@dataclass(frozen=True)
class O2NC(Solver):
    """Ball-constrained online gradient descent, reset after each block."""

    problem = "nonsmooth_nonconvex"
    papers = ("optimal-stochastic-non-smooth-non",)
    role = "paper"
    space: ClassVar = {"radius": ("log", 0.1, 10.0), "batch": ("log integer", 1, 64)}

    batch: int = 8  # components
    radius: float = 1.0  # delta of the method, in units of the problem's
    lipschitz: float = 0.0  # G, root mean square of stochastic gradients; 0: measured at the start
    drop: float = 0.0  # F, how far the objective can fall; 0: its value at the start
    output: str = "random"  # block whose mean point counts; or last, best

    def __post_init__(self):
        check({"radius": self.radius}, self.batch, self.output)
        for name in ("lipschitz", "drop"):
            if getattr(self, name):
                above_zero({name: getattr(self, name)})

    def solve(self, oracle, rng):
        batch = min(self.batch, oracle.n)
        batches = draws(rng, oracle.n, batch)
        chosen = Chosen(self.output, rng, oracle.start)
        yield chosen.point
        calls, size, drop = oracle.calls, self.lipschitz, self.drop
        if not size:
            size, spent = gradient_size(oracle, batches, batch)
            calls -= spent
        if not drop:
            drop = abs(oracle.value(oracle.start)) or 1.0
            calls -= oracle.n
        delta, steps = self.radius * oracle.delta, calls // batch
        length = block_length(steps, delta, size, drop)
        for _, point, gradient in blocks(oracle, rng, batches, steps, length, delta, size):
            if point is not None:
                chosen.offer(point, float(np.linalg.norm(gradient)))
            yield chosen.point


def block_length(steps, delta, size, drop):
    """T, the number of steps in a block, at least 1."""
    return max(1, min(math.ceil((size * steps * delta / drop) ** (2 / 3)), steps // 2))


def bound(steps, delta, size, drop):
    """What the mean over blocks of |mean gradient| is below, in expectation."""
    slow = 5 * size ** (2 / 3) * drop ** (1 / 3) / (steps * delta) ** (1 / 3)
    return 2 * drop / (delta * steps) + max(slow, 6 * size / math.sqrt(steps))


def blocks(oracle, rng, batches, steps, length, delta, size):
    """Run floor(steps / length) blocks.

    Yields x with the mean point and the mean gradient of a block that ended, and with None and
    None every 64 steps within one.
    """
    most = delta / length
    rate = most / (size * math.sqrt(length))
    x = oracle.start.copy()
    for _ in range(steps // length):
        move = np.zeros_like(x)
        points, gradients = np.zeros_like(x), np.zeros_like(x)
        for step, share in enumerate(rng.random(length), 1):
            w = x + share * move
            x += move
            gradient = oracle.stochastic_gradient(w, next(batches))
            points += w
            gradients += gradient
            move -= rate * gradient
            far = math.sqrt(move @ move)
            if far > most:
                move *= most / far
            if step % _YIELD_EVERY == 0:
                yield x, None, None
        yield x, points / length, gradients / length
