"""The third part of block descent: what a chosen block does.

- gradient: a step of length 1 / L_b, L_b the largest eigenvalue of the block's bound; with a
  penalty or constraints followed by the proximal map, on the simplex by the projection that keeps
  the block's sum.
- matrix: the minimiser of the quadratic model with the bound; with a penalty or constraints the
  exact block program (a projected Newton step with exact solution).
- newton: the block's Hessian, with backtracking; with a penalty or x >= 0 by two-metric projection:
  coordinates that are 0 and pushed there stay, the others take a Newton step in the orthant of
  their signs, and it is backtracked along the projected arc. On the simplex the block program.
"""

from collections.abc import Callable

import numpy as np

from bench_optimization.block_coordinate._model import Array, onto_simplex
from bench_optimization.block_coordinate._program import program
from bench_optimization.block_coordinate._state import State

UPDATES = ("gradient", "matrix", "newton")
_ARMIJO = 1e-10  # share of the promised decrease that a step must bring, as the authors' program
_ACTIVE = 1e-10  # what is as small as this, relative to the largest entry, counts as 0
_HALVINGS = 40

Solve = Callable[[Array, Array], Array]  # block, right-hand side -> solution of its equations


def update(state: State, block: Array, kind: str) -> None:
    """Move the block's coordinates."""
    model = state.model
    gradient = state.gradient_of(block)
    if kind == "gradient":
        d = _gradient_step(state, block, gradient)
    elif model.simplex:
        d = _program_step(state, block, gradient, state.hessian_of(block))
    elif kind == "matrix" and not model.smooth:
        d = _program_step(state, block, gradient, state.bound_of(block))
    elif kind == "matrix":
        d = by_factors(state.bound_of(block), -gradient)
    else:
        d = two_metric(
            state, block, gradient, lambda part, right: by_factors(state.hessian_of(part), right)
        )
    state.move(block, d)


def by_factors(part: Array, right: Array) -> Array:
    """The solution of part x = right; by least squares where it has several, or none."""
    if len(right) == 1:
        return right / part[0] if part[0, 0] > 0 else np.zeros(1)
    try:
        found = np.linalg.solve(part, right)
    except np.linalg.LinAlgError:
        return _least_squares(part, right)
    trusted = np.abs(part @ found - right).max() <= 1e-6 * np.abs(right).max()
    return found if trusted else _least_squares(part, right)


def _least_squares(part: Array, right: Array) -> Array:
    scale = np.sqrt(np.diagonal(part))
    scale = np.divide(1.0, scale, out=np.zeros_like(scale), where=scale > 0)
    scaled = part * scale * scale[:, None]
    return scale * np.linalg.lstsq(scaled, scale * right, rcond=1e-12)[0]


def largest_eigenvalue(part: Array) -> float:
    return float(part[0, 0]) if len(part) == 1 else float(np.linalg.eigvalsh(part)[-1])


def _gradient_step(state: State, block: Array, gradient: Array) -> Array:
    model, at = state.model, state.x[block]
    curvature = largest_eigenvalue(state.bound_of(block))
    if not curvature > 0:
        return np.zeros(len(block))
    to = at - gradient / curvature
    if model.simplex:
        return onto_simplex(to, float(at.sum())) - at
    return model.proximal(to, curvature) - at


def _program_step(state: State, block: Array, gradient: Array, part: Array) -> Array:
    """The exact minimiser of the block's quadratic model, under the penalty and constraints."""
    model, at = state.model, state.x[block]
    total = float(at.sum()) if model.simplex else 1.0
    if not total > 0:
        return np.zeros(len(block))
    scaled = total**2 * part
    goal = program(
        lambda u: scaled @ u,
        lambda free: scaled[free[:, None], free],
        total * (part @ at - gradient),
        np.diagonal(scaled),
        total * model.l1,
        model.nonnegative,
        model.simplex,
        at / total,
    )
    d = total * goal - at
    return np.maximum(d, -at) if model.nonnegative or model.simplex else d


def two_metric(state: State, block: Array, gradient: Array, solve: Solve) -> Array:
    """A Newton step in the orthant of the block's signs, backtracked along the projected arc."""
    model, at = state.model, state.x[block]
    sign, slope, free = _orthant(state, at, gradient)
    d = np.zeros(len(block))
    if free.all():
        d = solve(block, -slope)
    elif free.any():
        d[free] = solve(block[free], -slope[free])
    held = ~free
    if held.any():
        steepness = float(model.curvature[block[held]].sum())
        d[held] = -slope[held] / steepness if steepness > 0 else 0.0
    share, noise = 1.0, state.rounding()
    for _ in range(_HALVINGS):
        to = at + share * d
        if not model.smooth:
            to = np.where(to * sign > 0, to, 0.0)
        step = to - at
        promised = float(slope @ step)
        change = state.change(block, step, gradient)
        if change <= _ARMIJO * promised + noise:
            return step
        bend = 2 * (change - promised)  # of the parabola through both ends and the slope
        share *= min(max(-promised / bend, 0.1), 0.5) if bend > 0 else 0.5
    return np.zeros(len(block))


def _orthant(state: State, at: Array, gradient: Array) -> tuple[Array, Array, Array]:
    """Signs that the coordinates keep, slopes of F there, and which of them are free."""
    model = state.model
    if model.smooth:
        everywhere = np.ones(len(at))
        return everywhere, gradient, everywhere > 0
    small = np.abs(at) <= _ACTIVE * max(float(np.abs(at).max()), 1e-300)
    if model.nonnegative:
        sign = np.ones(len(at))
        slope = gradient + model.l1
        return sign, slope, ~(small & (slope >= 0))
    pushed = np.abs(gradient) > model.l1
    sign = np.where(small, np.where(pushed, -np.sign(gradient), np.sign(at)), np.sign(at))
    slope = np.where(sign != 0, gradient + model.l1 * sign, 0.0)
    return sign, slope, ~(small & (slope * sign >= 0))
