"""It depends on how Python orders sets of strings.

Caught by: `instances_repeat`, which says "order sets before".
"""

import numpy as np
from broken_problems._healthy import LeastNumber

from harness.api import Instance


class HashOrder(LeastNumber):
    """It depends on how Python orders sets of strings."""

    def make(self, case, rng):
        names = {str(number) for number in range(case.n)}
        values = np.array([float(name) for name in names])
        return Instance({"values": 1.0 + values}, sizes={"n": case.n})
