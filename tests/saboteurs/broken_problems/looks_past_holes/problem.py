"""It takes a guess that is no number for one that is not far off.

Caught by: `holes`, which says "with a NaN in place of one number".
"""

import numpy as np
from broken_problems._healthy import LeastNumber

from harness.api import InvalidAnswer


class LooksPastHoles(LeastNumber):
    """The least of n numbers itself, in an array; what is farthest off of it costs most."""

    def score(self, instance, answer):
        if not isinstance(answer, np.ndarray) or answer.shape != (1,) or answer.dtype.kind != "f":
            raise InvalidAnswer("expected an array of one float")
        if np.any(np.abs(answer) > 2.0):  # no comparison with a NaN is true
            raise InvalidAnswer("expected a number of the instance")
        return float(np.nanmax(np.abs(answer - instance.data["values"].min()), initial=0.0)), {}

    def exact(self, instance):
        return 0.0

    def symmetries(self, instance, rng):
        return ()
