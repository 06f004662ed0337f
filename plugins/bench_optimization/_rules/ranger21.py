"""Ranger21 (Wright and Demeure): AdamW with eight additions, each a switch here.

Of an array p with gradient g, at step t = 1, 2, ... of `steps`; a row is what feeds one output, and
a vector is one row:
1. clipping: rows of g are shortened to tau max(||p_r||, 1e-3).
2. centralising (matrices only): each row of g loses its mean.
3. positive_negative: m_t = beta1^2 m_{t-2} + (1 - beta1^2) g, two interleaved means, and
   h = ((1 + b0) m_t - b0 m_{t-1}) / (1 - beta1^t), divided by sqrt((1 + b0)^2 + b0^2) in step 5.
4. v = beta2 v + (1 - beta2) g^2 as in Adam, and with `largest` its maximum so far:
   w = max v / (1 - beta2^t).
5. u = h / (sqrt(w) + eps).
6. warm_up: the rate times min(1, max(t (1 - beta2) / 2, t / (0.22 steps))); warm_down: times
   min(1, (steps - t) / (0.28 steps)); of both the smaller. The last step only looks ahead.
7. d = weight_decay p, with stable_decay divided by sqrt(mean(w)), and with norm_loss times
   1 - 1 / ||p_r||, which draws the norms of rows to 1. Small gradients make the two of them strong.
8. p = p - rate (u + d).
9. lookahead: after every k-th step p = l = b l + (1 - b) p, l being where the last such step ended.

O(d) a step; five buffers, AdamW having two. Without any of the switches it is AdamW.

Departs from the paper: mean(w) is that of the array (`over_all`: of all arrays, as the authors'
program has it), and no less than eps^2. Departs from that program, as the paper does: there decay
and norm loss reach the last array only, the maximum of step 4 is never kept, and the warm-down ends
above 0. Biases and scalars are rows like all others, and are drawn to norm 1 too; `vectors=False`
leaves them without step 7.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench_optimization._checks import above_zero
from bench_optimization._rules.base import Arrays, Rule, checked, matched, not_negative, shares

LEAST_NORM = 1e-3  # of a row, for clipping
WARM_UP, WARM_DOWN = 0.22, 0.28  # shares of the run


@dataclass
class Ranger21(Rule):
    """AdamW with eight additions."""

    steps: int  # of the whole run
    beta0: float = 0.9  # b0, how much of the other mean is taken away
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    weight_decay: float = 1e-4
    tau: float = 1e-2  # norm of a row of the gradient over that of the parameters
    k: int = 5  # steps between two looks ahead
    beta_lookahead: float = 0.5  # b
    clipping: bool = True
    centralising: bool = True
    positive_negative: bool = True
    largest: bool = True
    warm_up: bool = True
    warm_down: bool = True
    stable_decay: bool = True
    norm_loss: bool = True
    lookahead: bool = True
    over_all: bool = False
    vectors: bool = True

    def __post_init__(self) -> None:
        above_zero({"steps": self.steps, "eps": self.eps, "tau": self.tau, "k": self.k})
        shares({"beta1": self.beta1, "beta2": self.beta2, "beta_lookahead": self.beta_lookahead})
        not_negative({"beta0": self.beta0, "weight_decay": self.weight_decay})

    def start(self, parameters: Arrays) -> None:
        self._step = 0
        self._arrays = [_Array(checked(array), self) for array in parameters]

    @np.errstate(over="ignore", invalid="ignore")  # a run may diverge
    def step(self, parameters: Arrays, gradients: Arrays, rate: float) -> None:
        self._step += 1
        t = self._step
        arrays = zip(self._arrays, parameters, gradients, strict=True)
        updates = [
            own.update(self, array, matched(gradient, array), t) for own, array, gradient in arrays
        ]
        roots = [math.sqrt(own.mean_square(self, t)) for own in self._arrays]
        if self.over_all:
            roots = [_over_all(roots, [own.size for own in self._arrays])] * len(roots)
        rate *= self.factor(t)
        for own, array, update, root in zip(self._arrays, parameters, updates, roots, strict=True):
            update += own.decay(self, array, max(root, self.eps))
            update *= rate
            array -= update
            if self.lookahead and t % self.k == 0:
                own.look_ahead(self, array)

    @property
    def state(self) -> list[np.ndarray]:
        return [buffer for own in self._arrays for buffer in own.buffers]

    def factor(self, t: int) -> float:
        """What the rate is multiplied by at step t, counted from 1."""
        up = max(t * (1 - self.beta2) / 2, t / (WARM_UP * self.steps)) if self.warm_up else 1.0
        down = (self.steps - t) / (WARM_DOWN * self.steps) if self.warm_down else 1.0
        return max(0.0, min(1.0, up, down))


class _Array:
    """The buffers of one array, and what is done with it alone."""

    def __init__(self, array: np.ndarray, rule: Ranger21) -> None:
        def zeros() -> np.ndarray:
            return np.zeros(array.shape, array.dtype)

        self.size = array.size
        self._means = [zeros() for _ in range(2 if rule.positive_negative else 1)]
        self._v = zeros()
        self._most = zeros() if rule.largest else self._v
        self._ahead = array.copy() if rule.lookahead else None
        self.buffers = [*self._means, self._v]
        if rule.largest:
            self.buffers.append(self._most)
        if self._ahead is not None:
            self.buffers.append(self._ahead)

    def update(self, rule: Ranger21, array: np.ndarray, g: np.ndarray, t: int) -> np.ndarray:
        """u, a new array."""
        g = self._gradient(rule, array, g)
        self._v *= rule.beta2
        self._v += (1 - rule.beta2) * np.square(g)
        if rule.largest:
            np.maximum(self._most, self._v, out=self._most)
        root = np.sqrt(self._most)
        root *= (1 - rule.beta2**t) ** -0.5
        root += rule.eps
        update = self._momentum(rule, g)
        update /= root
        update /= 1 - rule.beta1**t
        return update

    def mean_square(self, rule: Ranger21, t: int) -> float:
        """The mean of w."""
        if not self.size:
            return 0.0
        return float(self._most.mean(dtype=np.float64)) / (1 - rule.beta2**t)

    def decay(self, rule: Ranger21, array: np.ndarray, root: float) -> np.ndarray | float:
        """d, or 0 where there is none."""
        if not rule.vectors and array.ndim < 2:
            return 0.0
        decay = rule.weight_decay / (root if rule.stable_decay else 1.0) * array
        if rule.norm_loss:
            decay *= 1 - 1 / np.maximum(_row_norms(array), rule.eps)
        return decay

    def look_ahead(self, rule: Ranger21, array: np.ndarray) -> None:
        self._ahead *= rule.beta_lookahead
        self._ahead += (1 - rule.beta_lookahead) * array
        array[...] = self._ahead

    def _gradient(self, rule: Ranger21, array: np.ndarray, g: np.ndarray) -> np.ndarray:
        """The gradient, clipped and centralised; the caller's is left as it is."""
        if rule.clipping:
            allowed = rule.tau * np.maximum(_row_norms(array), LEAST_NORM)
            norms = _row_norms(g)
            g = g * np.divide(allowed, norms, out=np.ones_like(norms), where=~(norms <= allowed))
        if rule.centralising and g.ndim > 1 and g.size:
            g = g - g.mean(axis=tuple(range(1, g.ndim)), keepdims=True)
        return g

    def _momentum(self, rule: Ranger21, g: np.ndarray) -> np.ndarray:
        """h (1 - beta1^t), with what step 5 divides it by; a new array."""
        keep = rule.beta1**2 if rule.positive_negative else rule.beta1
        self._means.reverse()  # the older one is brought up to date
        newer = self._means[0]
        newer *= keep
        newer += (1 - keep) * g
        if not rule.positive_negative:
            return newer.copy()
        mixed = (1 + rule.beta0) * newer
        mixed -= rule.beta0 * self._means[1]
        mixed /= math.hypot(1 + rule.beta0, rule.beta0)
        return mixed


def _row_norms(array: np.ndarray) -> np.ndarray:
    """The norm of each row, in a shape that goes with the array; of a vector its own."""
    axes = tuple(range(1, array.ndim)) if array.ndim > 1 else None
    return np.sqrt(np.square(array).sum(axis=axes, keepdims=True))


def _over_all(roots: Sequence[float], sizes: Sequence[int]) -> float:
    """The root of the mean over all arrays."""
    total = sum(root**2 * size for root, size in zip(roots, sizes, strict=True))
    return math.sqrt(total / max(1, sum(sizes)))
