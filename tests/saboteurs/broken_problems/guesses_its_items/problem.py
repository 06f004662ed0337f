"""Which items are right is another guess each time.

Caught by: `items`, which says "tells twice of one answer, and differently".
"""

import numpy as np
from broken_problems._healthy import LeastNumber

_RNG = np.random.default_rng(0)


class GuessesItsItems(LeastNumber):
    """Which items are right is another guess each time."""

    def items(self, instance, answer):
        return _RNG.random(64) < 0.5
