"""scipy.linalg.polar: the same SVD, with the symmetric factor computed along with it.

It keeps directions whose singular value is a rounding error.
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class PeerScipyPolar(Solver):
    """scipy.linalg.polar."""

    problem = "polar_factor"
    role = "peer"
    requires = ("scipy",)

    def solve(self, data, rng):
        from scipy.linalg import polar

        yield polar(data.matrix)[0]
