"""The optimum of a case by direct methods, none of which is a solver of the board.

Least squares: a QR factorisation, or a sparse LU of the normal equations with refinement. With
penalties and constraints: an active-set method, which ends at a point that meets the conditions of
optimality. Logistic and softmax losses: Newton's method, with the active set inside where there is
a penalty l1.
"""

import contextlib
from collections.abc import Callable

import numpy as np

from bench_optimization.block_coordinate._model import Model, sigmoid
from bench_optimization.block_coordinate._program import program

Array = np.ndarray
_DENSE = 700  # coordinates up to which a Hessian is factored as an array
_AT_HAND = 3000  # coordinates up to which A'A is kept as an array
_DIRECT = 40_000_000  # entries of A up to which it is factored as an array


def optimum(model: Model) -> Array:
    """The minimiser (one of them, where there are several)."""
    if not model.quadratic:
        return _newton(model)
    if model.smooth:
        return _least_squares(model)
    gram = model.gram()
    if model.n <= _AT_HAND:
        gram = _dense(gram)
    return program(
        lambda x: gram @ x + model.l2 * x,
        lambda free: _dense(gram[np.ix_(free, free)]) + model.l2 * np.eye(len(free)),
        model.transposed(model.target),
        gram.diagonal(),
        model.l1,
        model.nonnegative,
        model.simplex,
    )


def _least_squares(model: Model) -> Array:
    import scipy.linalg

    if model.columns is None and (model.m > model.n or model.m * model.n > _DIRECT):
        from scipy.sparse import csc_array, eye_array
        from scipy.sparse.linalg import splu

        with contextlib.suppress(RuntimeError):  # exactly singular
            factors = splu(csc_array(model.gram() + model.l2 * eye_array(model.n)))
            x = np.zeros(model.n)
            for _ in range(4):
                x -= factors.solve(model.gradient(x, model.predict(x)))
            return x
    matrix = model.columns_of(np.arange(model.n)).T
    target = model.target
    if model.l2:
        matrix = np.vstack([matrix, np.sqrt(model.l2) * np.eye(model.n)])
        target = np.concatenate([target, np.zeros(model.n)])
    # Columns of unit length: what is small in rank must not depend on their lengths.
    lengths = np.sqrt(np.einsum("ij,ij->j", matrix, matrix))
    lengths[lengths == 0] = 1
    matrix = matrix / lengths
    solve = scipy.linalg.lstsq
    x = solve(matrix, target, lapack_driver="gelsy")[0]
    x += solve(matrix, target - matrix @ x, lapack_driver="gelsy")[0]
    return x / lengths


def _newton(model: Model) -> Array:
    """Newton's method with Armijo's rule, until the rounding is reached."""
    x = np.zeros(model.n)
    last = np.inf
    for _ in range(200):
        z = model.predict(x)
        gradient = model.gradient(x, z)
        d = _model_step(model, x, z, gradient)
        gain = -float(gradient @ d)
        if model.l1:
            gain -= model.l1 * float(np.abs(x + d).sum() - np.abs(x).sum())
        value = model.value(x, z)
        if gain <= 1e-13 * abs(value) and gain >= last / 16:
            return x + d if gain > 0 else x
        last = gain
        step = 1.0
        while gain > 1e-10 * abs(value) and model.value(x + step * d) > value - 1e-4 * step * gain:
            step /= 2
        x = x + step * d
    raise ArithmeticError("Newton's method did not find the optimum")


def _model_step(model: Model, x: Array, z: Array, gradient: Array) -> Array:
    if model.n <= _DENSE:
        hessian = model.block_hessian(np.arange(model.n), z)
        if not model.l1:
            return np.linalg.solve(hessian, -gradient)
        product, diagonal = (lambda v: hessian @ v), hessian.diagonal()
        block = lambda free: hessian[np.ix_(free, free)]  # noqa: E731
    else:
        shares = sigmoid(z)
        rows = model.rows_scaled(np.sqrt(shares * (1 - shares)))
        product = lambda v: rows.T @ (rows @ v) + model.l2 * v  # noqa: E731
        if not model.l1:
            return _conjugate(product, -gradient)
        diagonal = np.ones(model.n)  # needed on the simplex alone
        block = lambda free: _dense(rows[:, free].T @ rows[:, free]) + model.l2 * np.eye(len(free))  # noqa: E731
    goal = program(product, block, product(x) - gradient, diagonal, model.l1, start=x)
    return goal - x


def _conjugate(product: Callable[[Array], Array], right: Array) -> Array:
    """Conjugate gradients, to a relative residual of 1e-10: the error of a Newton step squares."""
    x, residual = np.zeros_like(right), right.copy()
    direction, square = residual.copy(), float(residual @ residual)
    goal = 1e-20 * square
    while square > goal and square > 0:
        image = product(direction)
        step = square / float(direction @ image)
        x += step * direction
        residual -= step * image
        square, before = float(residual @ residual), square
        direction = residual + (square / before) * direction
    return x


def _dense(matrix: object) -> Array:
    return matrix if isinstance(matrix, np.ndarray) else matrix.toarray()
