"""Muon (Jordan and others; Liu and others, "Muon is Scalable for LLM Training"): orthogonal steps.

For a hidden matrix W (A x B, a row for each output): M = mu M + G, D = G + mu M (Nesterov) or M;
O = five quintic steps of Newton-Schulz on D, nearly its polar factor U V^T, so that all directions
of D count alike; W = W - rate (0.2 sqrt(max(A, B)) O + weight_decay W). The root of the mean square
of an orthogonal O is 1 / sqrt(max(A, B)), so that updates are as long as AdamW's usually are and
its rate and decay fit. All other arrays are AdamW's, with the same rate and decay.

`hidden` says which arrays count: "middle" all with two dimensions or more but the first (an
embedding) and the last (the head), "all_but_last", "all", or their places in the list. Kernels of
convolutions are taken as matrices, outputs x rest. `scale="original"` is the first version,
sqrt(max(1, A / B)) O. `polar="svd"` takes the exact polar factor.

A step takes 20 s^2 l + 10 s^3 operations, s and l the shorter and the longer side; one buffer, half
of AdamW's, and a workspace of some matrices for each shape.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from bench_optimization._rules.adamw import AdamW
from bench_optimization._rules.base import Arrays, Rule, checked, matched, not_negative, shares
from bench_optimization._rules.newton_schulz import QUINTIC, iteration

RMS = 0.2  # of an update, in units of the rate; about what AdamW's is
MEANT = {"middle": slice(1, -1), "all_but_last": slice(None, -1), "all": slice(None)}


@dataclass
class Muon(Rule):
    """Momentum, orthogonalised."""

    momentum: float = 0.95
    nesterov: bool = True
    weight_decay: float = 0.1
    scale: str = "match_rms"  # or original
    polar: str = "newton_schulz"  # or svd
    steps: int = 5  # of Newton-Schulz
    hidden: str | tuple[int, ...] = "middle"
    beta1: float = 0.9  # of AdamW
    beta2: float = 0.95
    eps: float = 1e-8
    rest: AdamW = field(init=False, repr=False)

    def __post_init__(self) -> None:
        shares({"momentum": self.momentum})
        not_negative({"weight_decay": self.weight_decay, "steps": self.steps})
        for name, known in (("scale", _SCALES), ("polar", ("newton_schulz", "svd"))):
            if getattr(self, name) not in known:
                given = getattr(self, name)
                raise ValueError(f"{name} is {given!r}; expected {' or '.join(known)}")
        if isinstance(self.hidden, str) and self.hidden not in MEANT:
            wanted = f"{', '.join(MEANT)}, or the places of arrays"
            raise ValueError(f"hidden is {self.hidden!r}; expected {wanted}")
        self.rest = AdamW(self.beta1, self.beta2, self.eps, self.weight_decay)

    def start(self, parameters: Arrays) -> None:
        places = _places(self.hidden, parameters)
        self._matrices = [
            _Matrix(place, checked(parameters[place]), self) for place in sorted(places)
        ]
        self._others = [place for place in range(len(parameters)) if place not in places]
        self.rest.start([parameters[place] for place in self._others])

    @np.errstate(over="ignore", invalid="ignore")  # a run may diverge
    def step(self, parameters: Arrays, gradients: Arrays, rate: float) -> None:
        if len(gradients) != len(parameters):
            raise ValueError(f"{len(gradients)} gradients for {len(parameters)} parameters")
        for matrix in self._matrices:
            array = parameters[matrix.place]
            matrix.step(array, matched(gradients[matrix.place], array), rate)
        others = self._others
        self.rest.step([parameters[i] for i in others], [gradients[i] for i in others], rate)

    @property
    def state(self) -> list[np.ndarray]:
        return [matrix.momentum for matrix in self._matrices] + self.rest.state


class _Matrix:
    """One hidden array with its momentum."""

    def __init__(self, place: int, array: np.ndarray, rule: Muon) -> None:
        rows = array.shape[0]
        self.place, self._rule = place, rule
        self._shape = (rows, array.size // rows if rows else 0)
        self._length = _SCALES[rule.scale](*self._shape) if array.size else 0.0
        self.momentum = np.zeros(array.shape, array.dtype)
        self._direction = np.empty(self._shape, array.dtype)
        self._polar = _polar(rule, self._shape, array.dtype)

    def step(self, array: np.ndarray, gradient: np.ndarray, rate: float) -> None:
        rule, momentum = self._rule, self.momentum.reshape(self._shape)
        flat = gradient.reshape(self._shape)
        momentum *= rule.momentum
        momentum += flat
        direction = momentum
        if rule.nesterov:
            direction = self._direction
            np.multiply(momentum, rule.momentum, out=direction)
            direction += flat
        update = self._direction
        self._polar(direction, update)
        update *= rate * self._length
        array *= 1 - rate * rule.weight_decay
        array -= update.reshape(array.shape)


def _match_rms(rows: int, cols: int) -> float:
    return RMS * max(rows, cols) ** 0.5


def _original(rows: int, cols: int) -> float:
    return max(1.0, rows / cols) ** 0.5


_SCALES = {"match_rms": _match_rms, "original": _original}


def _polar(
    rule: Muon, shape: tuple[int, int], dtype: np.dtype
) -> Callable[[np.ndarray, np.ndarray], None]:
    if rule.polar == "newton_schulz":
        return iteration(shape, dtype, [QUINTIC] * rule.steps)
    return exact_polar


def exact_polar(g: np.ndarray, out: np.ndarray) -> None:
    """out = U V^T of g; directions whose singular value is 0 up to rounding are left out."""
    if not np.isfinite(g).all():
        out.fill(np.nan)
        return
    u, values, vt = np.linalg.svd(g, full_matrices=False)
    if values.size:
        rank = int((values > values[0] * max(g.shape) * np.finfo(g.dtype).eps).sum())
        np.matmul(u[:, :rank], vt[:rank], out=out)


def _places(hidden: str | tuple[int, ...], parameters: Arrays) -> set[int]:
    """Which arrays are hidden matrices."""
    matrices = [place for place, array in enumerate(parameters) if array.ndim >= 2]
    if isinstance(hidden, str):
        return set(matrices[MEANT[hidden]])
    for place in hidden:
        if place not in range(len(parameters)):
            raise ValueError(
                f"hidden names array {place}; expected places 0 to {len(parameters) - 1}"
            )
        if place not in matrices:
            raise ValueError(
                f"hidden names array {place}, whose shape is {parameters[place].shape}; Muon takes "
                "arrays of two dimensions or more, leave it to AdamW"
            )
    return set(hidden)
