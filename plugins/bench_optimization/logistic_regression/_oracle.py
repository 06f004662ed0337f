"""The oracle: f and what methods need of it, each gradient of a component counted.

A component's gradient is a product with its row and the row added to a sum; what takes as much
work costs as much. So a product with the Hessian of m components costs m, as does the change of m
slopes by which SAG and SAGA keep one number per component instead of a gradient. f itself comes
with its gradient, for n. Whoever wants the samples, as solvers of other packages do, says for how
many passes over them, and pays for these at once; that they are not gone through more often, nobody
checks.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bench_optimization._checks import limit
from harness.api import Meter, kernel


class Oracle:
    """f on one instance.

    Attributes:
        n, dim: components, and entries of a point.
        calls: gradients of components that the case allows in all.
        l2: weight of |w|^2 / 2; also the strong convexity of f, `strong_convexity`.
        smoothness: Lipschitz constant of the gradient of every component.
        full_smoothness: that of f itself, which is never larger.
    """

    def __init__(self, data: Mapping[str, Any], meter: Meter) -> None:
        self._meter = meter
        self._labels = data["labels"]
        self.n, self.dim = len(self._labels), int(data["dim"])
        self.calls = int(data["passes"]) * self.n
        self.l2 = self.strong_convexity = float(data["l2"])
        self.smoothness = float(data["smoothness"])
        self.full_smoothness = float(data["full_smoothness"])
        limit(meter, self.calls)
        kind = "dense" if "features" in data else "sparse"
        names = ("features",) if kind == "dense" else ("values", "columns", "starts")
        self._samples = {name: data[name] for name in (*names, "labels")}
        self._rows = tuple(data[name] for name in names)
        self._shape = (self.dim,)
        compiled = kernel("finite_sum")
        self._gradient, self._change, self._curvature, self._all = (
            getattr(compiled, f"fs_{what}_{kind}")
            for what in ("gradient", "change", "curvature", "all")
        )

    @property
    def start(self) -> np.ndarray:
        """The point to begin at: 0."""
        return np.zeros(self.dim)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """The gradient of f at x; costs n."""
        return self._margins_and_gradient(x)[1]

    def value(self, x: np.ndarray) -> float:
        """f(x); costs n."""
        return self.value_and_gradient(x)[0]

    def value_and_gradient(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """f and its gradient at x, from one pass; costs n."""
        margins, gradient = self._margins_and_gradient(x)
        loss = float(np.logaddexp(0.0, -margins).mean())
        return loss + self.l2 / 2 * float(x @ x), gradient

    def stochastic_gradient(self, x: np.ndarray, indices: np.ndarray) -> np.ndarray:
        """The mean gradient of the components that int64[m] names, with l2; costs m."""
        count = self._checked(x, indices)
        gradient = np.empty(self.dim)
        outside = self._gradient(
            *self._rows,
            self._labels,
            self.n,
            self.dim,
            x,
            indices,
            count,
            1.0 / count,
            self.l2,
            gradient,
        )
        return gradient if outside < 0 else self._no_component(indices[outside])

    def curvature(
        self, x: np.ndarray, v: np.ndarray, indices: np.ndarray
    ) -> tuple[np.ndarray, float]:
        """The Hessian of some components' mean times v, and the third derivative along v.

        Costs m, the number of indices.
        """
        count = self._checked(x, indices)
        self._point(v)
        product, third = np.empty(self.dim), np.empty(1)
        outside = self._curvature(
            *self._rows,
            self.n,
            self.dim,
            x,
            v,
            indices,
            count,
            1.0 / count,
            self.l2,
            product,
            third,
        )
        return (product, float(third[0])) if outside < 0 else self._no_component(indices[outside])

    def hessian_vector(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        """The Hessian of f at x, times v; costs n."""
        return self.curvature(x, v, np.arange(self.n))[0]

    def slope_change(
        self, x: np.ndarray, indices: np.ndarray, slopes: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """What SAG and SAGA do with components whose gradients are multiples of their rows.

        A component's gradient, without l2, is its slope times its row. With older slopes given
        (0 where there are none), the answer is the sum over components of (new slope - older slope)
        times the row, float64[d], and the new slopes, float64[m]; costs m. A component that is
        named twice counts twice, each time from its older slope.
        """
        count = self._checked(x, indices)
        slopes = np.array(slopes, np.float64)
        if slopes.shape != (count,):
            raise ValueError(f"the slopes have the shape {slopes.shape}, expected ({count},)")
        change = np.empty(self.dim)
        outside = self._change(
            *self._rows, self._labels, self.n, self.dim, x, indices, count, slopes, change
        )
        return (change, slopes) if outside < 0 else self._no_component(indices[outside])

    def samples(self, passes: int) -> dict[str, np.ndarray]:
        """The data, for `passes` passes over them; costs n each, at once.

        `labels`, -1 or +1, and `features` of n x d; or, where they are sparse, the `values`,
        `columns` and `starts` of their rows (CSR).
        """
        if passes < 1 or passes != int(passes):
            raise ValueError(f"passes = {passes}; expected a whole number of at least 1")
        self._meter.count(int(passes) * self.n)
        return dict(self._samples)

    def _margins_and_gradient(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self._point(x)
        self._meter.count(self.n)
        margins, gradient = np.empty(self.n), np.empty(self.dim)
        arguments = (self._labels, self.n, self.dim, x, 1.0 / self.n, self.l2, margins, gradient)
        self._all(*self._rows, *arguments)
        return margins, gradient

    def _checked(self, x: np.ndarray, indices: np.ndarray) -> int:
        """How many components are named; they are counted."""
        self._point(x)
        if not isinstance(indices, np.ndarray) or indices.ndim != 1 or not len(indices):
            raise ValueError("indices: expected int64[m] of at least one component")
        count = len(indices)
        self._meter.count(count)
        return count

    def _point(self, x: np.ndarray) -> None:
        if not isinstance(x, np.ndarray) or x.shape != self._shape:
            got = f"the shape {x.shape}" if isinstance(x, np.ndarray) else type(x).__name__
            raise ValueError(f"the point: got {got}, expected float64 of shape {self._shape}")

    def _no_component(self, index: int) -> Any:
        raise IndexError(f"there is no component {index}; expected 0..{self.n - 1}")
