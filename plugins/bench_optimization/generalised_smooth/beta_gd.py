"""beta-GD: gradient descent whose step is divided by a power of the gradient's length.

    x <- x - gamma g / |g|^beta,  alpha <= beta <= 1,

where alpha is the power of the gradient's length with which the curvature grows. beta = 0 is
gradient descent, beta = 1 normalised gradient descent. With gamma = c eps^beta it finds a point
with |g| <= eps in O(eps^-2) steps, as many as in the smooth case. With a fixed gamma it comes to a
halt, back and forth, where |g| is about (gamma L / 2)^(1 / beta), L being the curvature there.

A step takes one full gradient and O(dim); memory is two vectors.

Departs from the paper: where gamma is 0, it is chosen such that the first step has the length
`first` |g| / L, with the scale of the problem measured at the start by four gradients. It ends
where the gradient is 0 or within `tolerance`. The paper's own experiments take half of the
gradient: a step gamma there is 2^(beta - 1) gamma here.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.generalised_smooth._steps import check, norm, scale_of
from harness.api import Solver


@dataclass(frozen=True)
class BetaGD(Solver):
    """Gradient descent with steps divided by |g|^beta."""

    problem = "generalised_smooth"
    papers = ("generalized-smooth-nonconvex-optimization-efficient",)
    role = "paper"
    space: ClassVar = {"first": ("log", 1e-3, 3.0), "beta": ("linear", 0.2, 1.0)}

    beta: float = 2 / 3  # alpha of quartics, and so of phase retrieval
    gamma: float = 0.0  # 0: by `first`
    first: float = 0.1  # of the first step, in units of gradient descent's
    tolerance: float = 0.0  # |g| at which it ends

    def __post_init__(self):
        check({"first": self.first}, {"gamma": self.gamma, "tolerance": self.tolerance})
        if not 0.0 <= self.beta <= 1.0:
            raise ValueError(f"beta = {self.beta}; expected a power from 0 to 1")

    def solve(self, oracle, rng):
        x = oracle.start.copy()
        yield x
        gamma = self.gamma
        if not gamma:
            scale = scale_of(oracle)
            gamma = self.first * scale.length * scale.gradient ** (self.beta - 1)
        while True:
            gradient = oracle.gradient(x)
            size = norm(gradient)
            if size <= self.tolerance:
                return
            x -= (gamma * size**-self.beta) * gradient
            yield x
