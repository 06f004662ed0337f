"""What solvers see of an operator: its values, counted, and the constants that steps depend on."""

import numpy as np

from bench_optimization._components import check_indices
from bench_optimization.monotone_inclusion._operators import operator


class Oracle:
    """A finite-sum operator whose calls are counted, one for each component read.

    Attributes:
        n, dim: components, and entries of a point. start: float64[dim]. calls: that a run may use.
        lipschitz: the constant of F.
        average_lipschitz: the least L with mean_i |F_i(u) - F_i(v)|^2 <= L^2 |u - v|^2.
        average_cocoercivity: an L with mean_i |F_i(u) - F_i(v)|^2 <= L <F(u) - F(v), u - v>;
            infinite where there is none.
        strong_monotonicity: a mu with <F(u) - F(v), u - v> >= mu |u - v|^2; often 0.
    """

    def __init__(self, data, meter):
        self._operator, self._meter = operator(data), meter
        self._start = data["start"]
        self.n, self.dim, self.calls = self._operator.n, self._operator.dim, data["calls"]
        self.lipschitz = data["lipschitz"]
        self.average_lipschitz = data["average_lipschitz"]
        self.average_cocoercivity = data["average_cocoercivity"]
        self.strong_monotonicity = data["strong_monotonicity"]

    @property
    def start(self):
        return self._start.copy()

    def operator(self, z):
        """F(z), float64[dim]; counts n."""
        self._check(z)
        self._meter.count(self.n)
        return self._operator.full(z)

    def components(self, z, indices):
        """The mean of F_i(z) over some components; counts one each."""
        self._check(z)
        check_indices(indices, self.n)
        self._meter.count(len(indices))
        return self._operator.mean(z, indices)

    def difference(self, u, v, indices):
        """The mean of F_i(u) - F_i(v) over some components; counts two each."""
        self._check(u)
        self._check(v)
        check_indices(indices, self.n)
        self._meter.count(2 * len(indices))
        return self._operator.change(u, v, indices)

    def resolvent(self, z):
        """The projection of z onto the constraint, which is free; a copy where there is none."""
        self._check(z)
        return self._operator.resolvent(z)

    def _check(self, z):
        if type(z) is not np.ndarray or z.shape != (self.dim,):
            shown = f"shape {z.shape}" if isinstance(z, np.ndarray) else type(z).__name__
            raise ValueError(f"the point is of {shown}; expected an array of shape ({self.dim},)")
