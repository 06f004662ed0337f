"""The loop that all solvers of this board share: slopes in, points out, in a kernel."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._checks import above_zero
from bench_optimization._rules.base import shares
from harness.api import Solver, kernel

SGD, ADAPTIVE, LARGEST, MEAN = range(4)  # the kernel's kinds


@dataclass(frozen=True)
class _Player(Solver):
    """A rule, played on [-1, 1] with steps that are clipped to it."""

    problem = "adam_counterexample"
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}

    learning_rate: float = 0.5  # of the first step, for a domain of length 2
    decay: bool = True  # whether the rate falls as 1 / sqrt(t), as in the paper's bounds

    def __post_init__(self) -> None:
        above_zero({"learning_rate": self.learning_rate})
        betas = {name: getattr(self, name, None) for name in ("beta1", "beta2")}
        shares({name: value for name, value in betas.items() if value is not None})

    def play(
        self,
        oracle,
        kind: int,
        beta1: float,
        beta2: float,
        correct: bool = False,
        unit: float = 1.0,
    ) -> Iterator[np.ndarray]:
        """Yield the points of all rounds, once: half a play is no answer.

        Args:
            unit: of the slopes, by which the rate is divided where a rule has no scale of its own.
        """
        slopes = np.ascontiguousarray(oracle.slopes(oracle.rounds))
        points = np.empty(len(slopes) + 1)
        state = np.array([oracle.start, 0.0, 0.0, 0.0, 1.0, 1.0])
        betas = (beta1, beta2, correct)
        rate = (self.learning_rate / unit, self.decay)
        kernel("optimisers").opt_play(len(slopes), 1, slopes, points, kind, *rate, *betas, state)
        points[-1] = state[0]
        yield points


def aimed(own: float | None, beta: float) -> float:
    """A solver's own decay, or the one at which the stream is aimed."""
    return beta if own is None else own
