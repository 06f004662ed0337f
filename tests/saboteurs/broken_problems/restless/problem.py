"""It draws from the global generator.

Caught by: `instances_repeat`, which says "two instances in two processes".
"""

import numpy as np
from broken_problems._healthy import LeastNumber

from harness.api import Instance


class Restless(LeastNumber):
    """It draws from the global generator."""

    def make(self, case, rng):
        return Instance({"values": 1.0 + np.random.random(case.n)}, sizes={"n": case.n})
